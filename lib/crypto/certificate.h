// X.509 certificates (RFC 5280): what one says, and whether it leads to one that is pinned.
// OpenSSL reads them and builds the chains; which of its answers count stands here.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace assay {

/// Why something does not count: a reason id and one printable line. Empty: it does.
struct Fault {
  std::string_view reason{};
  std::string detail{};
  explicit operator bool() const { return !reason.empty(); }
};

/// A certificate's own words. Whether anybody vouches for them is another question.
struct Certificate {
  std::string der{};
  std::string subject{};  ///< RFC 4514, ASCII: "CN=Acme Release,O=Acme"
  std::string sha256{};   ///< of `der`, lower-case hex
  /// Of its public key: "ed25519:<hex of the point>", "spki:<hex of SHA-256 over the DER>".
  std::string key_value{};
  std::string key_type{};       ///< "RSA", "EC", "Ed25519"; empty: another
  int key_bits = 0;             ///< size of the modulus or of the curve
  bool explicit_curve = false;  ///< spells out its curve instead of naming it (CVE-2020-0601)
  Time not_before{};
  Time not_after{};                   ///< the last second that counts
  bool is_ca = false;                 ///< may certify others
  bool may_sign = false;              ///< its key usage, if it has one, allows signatures
  std::vector<std::string> usages{};  ///< extended key usages, dotted; empty: not limited
  bool usages_critical = false;
};

/// The first 16 hexadecimal digits of a certificate's digest, upper case: for people.
std::string short_id(const Certificate& certificate);

/// One certificate in PEM or DER and not a byte more. Fails with config and a hint.
Result<Certificate> parse_certificate(std::string_view bytes);

/// One or more in PEM, or one in DER.
Result<std::vector<Certificate>> parse_certificates(std::string_view bytes);

/// A certificate revocation list in PEM or DER, as DER. Fails with config.
Result<std::string> parse_revocation_list(std::string_view bytes);

struct ChainQuestion {
  const Certificate& leaf;
  std::span<const Certificate> carried;  ///< found beside the leaf; nothing is believed of them
  std::span<const Certificate> anchors;  ///< believed, each a root or not
  Time at{};                             ///< when every certificate must have been valid
};

struct Chain {
  /// From the leaf to an anchor, or empty if none is reached. Their signatures are checked.
  std::vector<Certificate> certificates{};
  Fault fault{"not-judged", ""};
};

/// Refuses RSA under 2048 bits, SHA-1 and MD5, explicit curves, certificates outside their
/// time, authorities that are none and chains over ten certificates long.
Chain build_chain(const ChainQuestion& question);

/// What the lists, in DER, say of a chain: certificate-revoked, whenever it was; or
/// revocation-unknown if `required` and a certificate below the anchor has no current list.
Fault find_revocation(std::span<const Certificate> chain, std::span<const std::string> lists,
                      bool required, Time now);

}  // namespace assay
