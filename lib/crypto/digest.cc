#include "crypto/digest.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/c_handle.h"

namespace assay {
namespace {

const EVP_MD* evp(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha256: return EVP_sha256();
    case HashAlgorithm::sha384: return EVP_sha384();
    case HashAlgorithm::sha512: return EVP_sha512();
    case HashAlgorithm::sha512_256: return EVP_sha512_256();
    case HashAlgorithm::blake2b_512: return EVP_blake2b512();
  }
  std::abort();
}

/// A digest that cannot be computed must never look like one that was.
void insist(int answer) {
  if (answer != 1) std::abort();
}

}  // namespace

struct Hasher::State {
  CHandle<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
  const EVP_MD* algorithm = nullptr;
};

Hasher::Hasher(HashAlgorithm algorithm) : state_(std::make_unique<State>()) {
  state_->algorithm = evp(algorithm);
  insist(state_->context != nullptr ? 1 : 0);
  insist(EVP_DigestInit_ex(state_->context.get(), state_->algorithm, nullptr));
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(Bytes bytes) {
  insist(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::vector<std::byte> Hasher::finish() {
  std::vector<std::byte> value(static_cast<std::size_t>(EVP_MD_get_size(state_->algorithm)));
  unsigned length = 0;
  insist(EVP_DigestFinal_ex(state_->context.get(),
                            reinterpret_cast<unsigned char*>(value.data()), &length));
  insist(EVP_DigestInit_ex(state_->context.get(), state_->algorithm, nullptr));
  return value;
}

std::string Hasher::finish_hex() {
  return to_hex(finish());
}

Result<std::string> sha256_of(int fd) {
  constexpr std::size_t kPiece = std::size_t{64} << 10;  // stays near the processor
  Hasher hasher(HashAlgorithm::sha256);
  std::vector<std::byte> buffer(kPiece);
  while (true) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot read a file to its end", errno);
    if (n == 0) return hasher.finish_hex();
    hasher.update(Bytes(buffer).first(static_cast<std::size_t>(n)));
  }
}

std::string sha256_hex(Bytes bytes) {
  return to_hex(digest(HashAlgorithm::sha256, bytes));
}

std::vector<std::byte> digest(HashAlgorithm algorithm, Bytes bytes) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace assay
