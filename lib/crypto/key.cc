#include "crypto/key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <algorithm>

#include "base/c_handle.h"
#include "base/file.h"
#include "crypto/digest.h"

namespace assay {
namespace {

using EvpKey = CHandle<EVP_PKEY, EVP_PKEY_free>;
using EvpContext = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using MdContext = CHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Bio = CHandle<BIO, BIO_free_all>;

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

/// `what`, with the newest of OpenSSL's own reasons; empties its queue.
Error openssl_error(Error::Kind kind, std::string what, std::string hint = {}) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  if (reason != nullptr) what += std::string(": ") + reason;
  return fail(kind, std::move(what), std::move(hint));
}

Bio reading(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string written(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(std::max(0L, size))};
}

EvpKey public_evp(const Ed25519Public& key) {
  return EvpKey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(key.data()), key.size()));
}

Result<Ed25519Public> raw_public(const EVP_PKEY* key, const char* what) {
  Ed25519Public value{};
  std::size_t size = value.size();
  if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key, raw(value.data()), &size) != 1 || size != value.size()) {
    return openssl_error(Error::Kind::config, std::string(what) + " is not an Ed25519 key",
                         "make one with `assay key new`");
  }
  return value;
}

/// Gives OpenSSL the passphrase it is asked for, never a prompt of its own.
int give_passphrase(char* buffer, int size, int /*writing*/, void* user) {
  const auto* passphrase = static_cast<const std::string_view*>(user);
  if (passphrase->empty() || passphrase->size() > static_cast<std::size_t>(size)) return -1;
  std::ranges::copy(*passphrase, buffer);
  return static_cast<int>(passphrase->size());
}

}  // namespace

bool verify_ed25519(const Ed25519Public& key, Bytes message,
                    const Ed25519Signature& signature) {
  return sodium_init() >= 0 &&
         crypto_sign_verify_detached(raw(signature.data()), raw(message.data()), message.size(),
                                     raw(key.data())) == 0;
}

std::string public_key_pem(const Ed25519Public& key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  const EvpKey evp = public_evp(key);
  if (bio == nullptr || evp == nullptr || PEM_write_bio_PUBKEY(bio.get(), evp.get()) != 1)
    return {};
  return written(bio.get());
}

Result<Ed25519Public> parse_public_key_pem(std::string_view pem) {
  const Bio bio = reading(pem);
  const EvpKey evp(PEM_read_bio_PUBKEY(bio.get(), nullptr, give_passphrase, nullptr));
  if (evp == nullptr) {
    return openssl_error(Error::Kind::config, "this is no public key in PEM form",
                         "`assay key show` prints one");
  }
  return raw_public(evp.get(), "this");
}

std::string key_id(const Ed25519Public& key) {
  // RFC 8410 section 4: the DER of an Ed25519 SubjectPublicKeyInfo is this and the key.
  constexpr std::array<unsigned char, 12> kPrefix = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                     0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
  Hasher hasher(HashAlgorithm::sha256);
  hasher.update(std::as_bytes(std::span(kPrefix)));
  hasher.update(key);
  return hasher.finish_hex();
}

struct SigningKey::State {
  EvpKey key;
  Ed25519Public public_key{};
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::generate() {
  const EvpContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr));
  EVP_PKEY* made = nullptr;
  if (context == nullptr || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_keygen(context.get(), &made) != 1) {
    return openssl_error(Error::Kind::internal, "cannot make a key");
  }
  auto state = std::make_unique<State>();
  state->key.reset(made);
  state->public_key = TRY(raw_public(made, "the new key"));
  return SigningKey(std::move(state));
}

Result<SigningKey> SigningKey::load(const std::string& path, std::string_view passphrase) {
  TRY(check_private(path).context("checking the key file"));
  std::string pem = TRY(read_file(path, 65536));
  const Bio bio = reading(pem);
  auto state = std::make_unique<State>();
  state->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &passphrase));
  const bool encrypted = pem.find("ENCRYPTED") != std::string::npos;
  OPENSSL_cleanse(pem.data(), pem.size());
  if (state->key == nullptr) {
    return openssl_error(Error::Kind::config, "cannot read the key '" + printable(path) + "'",
                         !encrypted           ? "it should be a PKCS#8 PEM file"
                         : passphrase.empty() ? "it is encrypted: set ASSAY_KEY_PASSPHRASE or "
                                                "use --passphrase-fd"
                                              : "is the passphrase right?");
  }
  state->public_key = TRY(raw_public(state->key.get(), "the key file"));
  return SigningKey(std::move(state));
}

Result<std::string> SigningKey::to_pem(std::string_view passphrase) const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (passphrase.empty()) {
    if (bio == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), state_->key.get(), nullptr,
                                                        nullptr, 0, nullptr, nullptr) != 1) {
      return openssl_error(Error::Kind::internal, "cannot write the key");
    }
    return written(bio.get());
  }
  // RFC 8018 PBES2 with scrypt (RFC 7914) and AES-256-CBC. N = 2^14 takes 16 MiB,
  // the most that OpenSSL 3.0 reads back.
  CHandle<X509_ALGOR, X509_ALGOR_free> pbe(
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, 1U << 14, 8, 1));
  const CHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(
      EVP_PKEY2PKCS8(state_->key.get()));
  if (bio == nullptr || pbe == nullptr || plain == nullptr) {
    return openssl_error(Error::Kind::internal, "cannot encrypt the key");
  }
  const CHandle<X509_SIG, X509_SIG_free> sealed(PKCS8_set0_pbe(
      passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), pbe.get()));
  if (sealed != nullptr) static_cast<void>(pbe.release());  // it is part of `sealed` now
  if (sealed == nullptr || PEM_write_bio_PKCS8(bio.get(), sealed.get()) != 1) {
    return openssl_error(Error::Kind::internal, "cannot encrypt the key");
  }
  return written(bio.get());
}

const Ed25519Public& SigningKey::public_key() const {
  return state_->public_key;
}

Result<Ed25519Signature> SigningKey::sign(Bytes message) const {
  const MdContext context(EVP_MD_CTX_new());
  Ed25519Signature signature{};
  std::size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), raw(signature.data()), &size, raw(message.data()),
                     message.size()) != 1 ||
      size != signature.size()) {
    return openssl_error(Error::Kind::internal, "cannot sign");
  }
  return signature;
}

}  // namespace assay
