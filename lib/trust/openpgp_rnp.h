// The door to librnp: one pinned certificate, what its keys are worth at a time,
// and which signatures fit them. What librnp returns for a whole file proves
// nothing and is not asked; every signature's own status is (signing.md 3.4).

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "trust/openpgp_packets.h"
#include "trust/signature.h"

namespace assay {

/// A primary key or subkey as it stands at the time the certificate was opened for.
struct OpenPgpKey {
  std::string fingerprint{};  ///< 40 hex digits, upper case
  std::string body{};         ///< of its packet
  std::string algorithm{};    ///< "RSA", "EDDSA", "ECDSA", "DSA", ...
  std::string curve{};        ///< "Ed25519", "NIST P-256"; empty if it has none
  std::uint32_t bits = 0;
  Time created{};
  std::optional<Time> expires{};
  bool may_sign = false;  ///< by its flags
  bool revoked = false;
  bool valid = false;  ///< bound to the primary key, and back if it may sign; in its time
};

/// Whether a signature fits.
enum class OpenPgpFit {
  no,
  yes,
  other,  ///< librnp read another signature than we did
};

/// A cleartext's answer.
struct OpenPgpCleartextFit {
  std::vector<OpenPgpFit> fits{};
  std::string text{};  ///< what librnp put out: all that is signed
};

/// One certificate, alone. Nothing but its own keys can make a signature fit.
class OpenPgpCertificate {
 public:
  /// `packets` are a certificate's. With `sha1_bindings` its self-signatures and bindings
  /// may be made over SHA-1; signatures over files never. Fails with config.
  static Result<OpenPgpCertificate> open(std::string_view packets, Time now,
                                         bool sha1_bindings);
  OpenPgpCertificate(OpenPgpCertificate&&) noexcept;
  OpenPgpCertificate& operator=(OpenPgpCertificate&&) noexcept;
  ~OpenPgpCertificate();

  const std::vector<OpenPgpKey>& keys() const { return keys_; }  ///< the primary key first
  const std::vector<std::string>& user_ids() const { return user_ids_; }  ///< raw

  /// One answer a signature, in their order; `file` is read once.
  Result<std::vector<OpenPgpFit>> verify(std::span<const OpenPgpSignature> signatures,
                                         const SignedFile& file) const;
  /// The same for a text in the cleartext frame; `lines` are as they stand in it.
  Result<OpenPgpCleartextFit> verify(std::span<const OpenPgpSignature> signatures,
                                     std::span<const std::string_view> lines) const;

 private:
  struct Library;
  explicit OpenPgpCertificate(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
  std::vector<OpenPgpKey> keys_{};
  std::vector<std::string> user_ids_{};
};

}  // namespace assay
