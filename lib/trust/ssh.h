// SSH keys and SSHSIG as bytes: lines of public keys, and the armoured
// signatures of `ssh-keygen -Y sign`, read strictly.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/public_key.h"

namespace assay {

/// SshReader: takes values off the front of a blob, RFC 4251 section 5. What cannot be
/// taken is nothing.
class SshReader {
 public:
  explicit SshReader(std::string_view blob) : rest_(blob) {}
  std::optional<std::string_view> take(std::size_t size);
  std::optional<std::uint32_t> number();
  std::optional<std::string_view> string();
  /// An mpint that is positive and has no byte too many, without its leading zero.
  std::optional<std::string_view> positive();
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct SshKey {
  std::string type;  ///< "ssh-ed25519", "ssh-rsa", "sk-ecdsa-sha2-nistp256@openssh.com", ...
  PublicKey key;
  std::string application;  ///< of a key on a token, else empty
};

/// A public key blob (RFC 4253 section 6.6, RFC 5656, RFC 8709, openssh's PROTOCOL.u2f).
/// Fails as malformed, "sidecar-malformed" or "weak-algorithm" (DSA, short RSA), or as
/// undecided, "unsupported-signature" (certificates and what else there may be).
Result<SshKey> parse_ssh_key(std::string_view blob);

/// "SHA256:" and base64 without its padding, as ssh-keygen -l shows a key.
std::string ssh_fingerprint(std::string_view key_blob);

/// openssh's PROTOCOL.sshsig, taken apart.
struct SshSignature {
  std::string key_blob{};
  std::string namespace_name{};
  std::string hash{};       ///< "sha256" or "sha512": of the file
  std::string algorithm{};  ///< "ssh-ed25519", "rsa-sha2-512", ...
  std::string bytes{};      ///< as the algorithm spells them
  std::uint8_t flags = 0;   ///< of a token
  std::uint32_t counter = 0;
};

/// The flag of a token that somebody was there and touched it.
inline constexpr std::uint8_t kUserPresent = 1;

/// Armour, blob and signature, with nothing before, between or after. Fails as malformed,
/// "sidecar-malformed", or as undecided, "unsupported-signature".
Result<SshSignature> parse_ssh_signature(std::string_view text);

}  // namespace assay
