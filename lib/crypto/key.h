// Ed25519 keys: the public ones that judge, the secret one that signs.

#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace assay {

using Ed25519Public = std::array<std::byte, 32>;
using Ed25519Signature = std::array<std::byte, 64>;

/// RFC 8032 pure Ed25519 through libsodium, which refuses non-canonical S and
/// small-order points.
[[nodiscard]] bool verify_ed25519(const Ed25519Public& key, Bytes message,
                                  const Ed25519Signature& signature);

/// SubjectPublicKeyInfo (RFC 8410) in PEM, both ways. Fails with config.
std::string public_key_pem(const Ed25519Public& key);
Result<Ed25519Public> parse_public_key_pem(std::string_view pem);

/// Lower-hex SHA-256 of the DER SubjectPublicKeyInfo: the id in every envelope.
std::string key_id(const Ed25519Public& key);

/// Something that signs; a token or a KMS is another one.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const Ed25519Public& public_key() const = 0;
  virtual Result<Ed25519Signature> sign(Bytes message) const = 0;
};

/// SigningKey: an Ed25519 secret key from a PKCS#8 PEM file (RFC 5958), plain
/// or encrypted. The secret lives in OpenSSL and is wiped with the object.
class SigningKey final : public Signer {
 public:
  static Result<SigningKey> generate();
  /// Refuses a file that others may read. `passphrase` is used if the file is
  /// encrypted; empty and encrypted is an error with a hint.
  static Result<SigningKey> load(const std::string& path, std::string_view passphrase);

  /// PKCS#8 PEM, encrypted (PBES2, scrypt, AES-256) unless `passphrase` is empty.
  Result<std::string> to_pem(std::string_view passphrase) const;

  const Ed25519Public& public_key() const override;
  Result<Ed25519Signature> sign(Bytes message) const override;

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey() override;

 private:
  struct State;
  explicit SigningKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
