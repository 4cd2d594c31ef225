#include "crypto/digest.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/c_handle.h"

namespace assay {
namespace {

/// Fetched once and kept: to look an algorithm up costs more than to hash a node of a tree
/// (EVP_MD_fetch(3), "implicit fetching").
const EVP_MD* fetched(HashAlgorithm algorithm) {
  const auto fetch = [](const char* name) { return EVP_MD_fetch(nullptr, name, nullptr); };
  switch (algorithm) {
    case HashAlgorithm::sha256: {
      static const EVP_MD* const sha256 = fetch("SHA2-256");
      return sha256;
    }
    case HashAlgorithm::sha384: {
      static const EVP_MD* const sha384 = fetch("SHA2-384");
      return sha384;
    }
    case HashAlgorithm::sha512: {
      static const EVP_MD* const sha512 = fetch("SHA2-512");
      return sha512;
    }
    case HashAlgorithm::sha512_256: {
      static const EVP_MD* const sha512_256 = fetch("SHA2-512/256");
      return sha512_256;
    }
    case HashAlgorithm::blake2b_512: break;  // libsodium's
  }
  std::abort();
}

/// A digest that cannot be computed must never look like one that was.
void insist(int answer) {
  if (answer != 1) std::abort();
}

}  // namespace

struct Hasher::State {
  CHandle<EVP_MD_CTX, EVP_MD_CTX_free> context{};
  const EVP_MD* algorithm = nullptr;
  /// libsodium's takes 863 MB in the time in which OpenSSL's takes 633.
  std::unique_ptr<crypto_generichash_state> blake2b{};
  bool begun = false;

  void begin() {
    if (std::exchange(begun, true)) return;
    if (blake2b) return insist(crypto_generichash_init(blake2b.get(), nullptr, 0, 64) + 1);
    insist(EVP_DigestInit_ex(context.get(), algorithm, nullptr));
  }
};

Hasher::Hasher(HashAlgorithm algorithm) : state_(std::make_unique<State>()) {
  if (algorithm == HashAlgorithm::blake2b_512) {
    insist(sodium_init() >= 0 ? 1 : 0);  // chooses the code for this processor
    state_->blake2b = std::make_unique<crypto_generichash_state>();
  } else {
    state_->algorithm = fetched(algorithm);
    insist(state_->algorithm != nullptr ? 1 : 0);
    state_->context.reset(EVP_MD_CTX_new());
    insist(state_->context != nullptr ? 1 : 0);
  }
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(Bytes bytes) {
  state_->begin();
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (state_->blake2b) {
    return insist(crypto_generichash_update(state_->blake2b.get(), data, bytes.size()) + 1);
  }
  insist(EVP_DigestUpdate(state_->context.get(), data, bytes.size()));
}

std::vector<std::byte> Hasher::finish() {
  state_->begin();
  constexpr std::size_t kBlake2bSize = 64;
  std::vector<std::byte> value(
      state_->blake2b ? kBlake2bSize
                      : static_cast<std::size_t>(EVP_MD_get_size(state_->algorithm)));
  auto* const out = reinterpret_cast<unsigned char*>(value.data());
  if (state_->blake2b) {
    insist(crypto_generichash_final(state_->blake2b.get(), out, value.size()) + 1);
  } else {
    unsigned length = 0;
    insist(EVP_DigestFinal_ex(state_->context.get(), out, &length));
  }
  state_->begun = false;
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
