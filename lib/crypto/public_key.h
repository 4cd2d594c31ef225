// Public keys of the kinds vendors sign with, and the schemes they sign by.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/digest.h"
#include "crypto/key.h"

namespace assay {

enum class KeyKind { ed25519, rsa, p256, p384, p521 };

/// SignatureScheme: one row. What is hashed, what is padded, how it is spelled.
struct SignatureScheme {
  enum class Kind {
    ed25519,      ///< RFC 8032 pure, 64 bytes, over the message itself
    rsa_pkcs1,    ///< RFC 8017 section 8.2, as long as the modulus
    rsa_pss,      ///< RFC 8017 section 8.1, MGF1 and salt as long as the digest
    ecdsa_der,    ///< FIPS 186-4, spelled as RFC 3279 section 2.2.3 has it
    ecdsa_fixed,  ///< FIPS 186-4, spelled r || s (IEEE P1363), each as long as the order
  };
  std::string_view name;  ///< "RSA-PSS-SHA256": as a pinned key's `algorithms` list it
  Kind kind;
  std::optional<HashAlgorithm> hash;  ///< of the message; none: the message is signed as it is
};

std::span<const SignatureScheme> signature_schemes();
/// Null if no row has that name.
const SignatureScheme* find_scheme(std::string_view name);

/// PublicKey: Ed25519, RSA from 2048 to 16384 bits, or a point of P-256, P-384 or P-521.
/// One key has one DER; whatever is spelled another way, or is of another kind, is refused.
class PublicKey {
 public:
  /// SubjectPublicKeyInfo (RFC 5280 section 4.1). All of these fail with config, code
  /// "weak-algorithm" for an RSA key that is too short.
  static Result<PublicKey> from_der(Bytes spki);
  /// One "PUBLIC KEY" block (RFC 7468) and nothing else; line feeds alone or after
  /// carriage returns.
  static Result<PublicKey> from_pem(std::string_view pem);
  /// Unsigned, most significant byte first; zero bytes in front count for nothing.
  static Result<PublicKey> from_rsa(Bytes exponent, Bytes modulus);
  /// A point in uncompressed form (SEC 1 section 2.3.3).
  static Result<PublicKey> from_ec_point(KeyKind curve, Bytes point);
  static Result<PublicKey> from_ed25519(const Ed25519Public& key);

  KeyKind kind() const;
  /// Of the modulus, or of the curve's field.
  unsigned bits() const;
  /// SubjectPublicKeyInfo.
  const std::string& der() const;
  /// The same for every form the key is published in, as TrustedKey::value has it:
  /// "ed25519:<hex of the point>" or "spki:<hex of SHA-256 over der()>".
  std::string value() const;
  /// The scheme its owner most likely uses; its signatures have the DER spelling.
  const SignatureScheme& natural_scheme() const;

  /// True if this key made `signature` over `message` by exactly that scheme.
  [[nodiscard]] bool verify(const SignatureScheme& scheme, Bytes message,
                            Bytes signature) const;
  /// The same where the scheme's digest is at hand already; false if it has none.
  [[nodiscard]] bool verify_digest(const SignatureScheme& scheme, Bytes digest,
                                   Bytes signature) const;

 private:
  struct State;
  explicit PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace assay
