// OpenPGP as bytes: packets, signature packets and the shape of a certificate,
// read strictly and without any cryptography (RFC 4880, sections 4 and 5.2).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace assay {

enum class OpenPgpTag : unsigned {
  signature = 2,
  secret_key = 5,
  public_key = 6,
  secret_subkey = 7,
  user_id = 13,
  public_subkey = 14,
  user_attribute = 17,
};

struct OpenPgpPacket {
  unsigned tag = 0;
  std::string_view body{};  ///< points into the bytes that were read
};

/// The first packet of `bytes`, which it is cut off from; nothing if there is no whole
/// packet of known length.
std::optional<OpenPgpPacket> take_openpgp_packet(std::string_view& bytes);

/// A packet as bytes, its header in one spelling.
std::string openpgp_packet(const OpenPgpPacket& packet);

/// The hash algorithms' names by number, as armour and pins spell them: "SHA256"; "hash 99"
/// for one that has none.
std::string openpgp_hash_name(unsigned number);
bool is_openpgp_hash_name(std::string_view name);

/// A signature packet. What only its hashed part may say is taken from there alone.
struct OpenPgpSignature {
  std::string body{};
  unsigned version = 0;
  /// What follows is read of version 4 alone, but for the key id, which version 3 has too.
  unsigned type = 0;
  std::string hash{};                ///< "SHA256"
  Time created{};                    ///< as its maker claims
  std::optional<Time> expires{};     ///< of the signature
  std::string issuer_fingerprint{};  ///< 40 hex digits, upper case; a hint
  std::string issuer_key_id{};       ///< 16 of them; a hint; empty if neither is given
  std::string unknown_critical{};    ///< what it demands to be understood, and is not
};

/// Fails as malformed, "sidecar-malformed".
Result<OpenPgpSignature> parse_openpgp_signature(std::string_view body);

/// All of `bytes` as signature packets, at least one. Fails as malformed
/// ("sidecar-malformed") or as undecided ("limit-signatures").
Result<std::vector<OpenPgpSignature>> parse_openpgp_signatures(std::string_view bytes);

/// One key of a certificate, and what stands behind it whether it holds or not.
struct OpenPgpKeyPackets {
  std::string body{};         ///< of its packet
  bool revoked = false;       ///< a revocation stands behind it
  bool weak_binding = false;  ///< something that binds it is signed over MD5 or SHA-1
};

/// A certificate: one primary key with its user ids and subkeys.
struct OpenPgpCertificatePackets {
  std::string bytes{};                    ///< the packets, each header in one spelling
  std::vector<OpenPgpKeyPackets> keys{};  ///< the primary key first
};

/// Fails with config and a hint: secret keys, several primary keys, versions other than
/// 4, and anything that is no certificate.
Result<OpenPgpCertificatePackets> parse_openpgp_certificate(std::string_view bytes);

}  // namespace assay
