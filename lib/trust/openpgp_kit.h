// What the tests of OpenPGP share: what each signature of a file is worth, packets taken
// apart, and signers by GnuPG.

#pragma once

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "trust/gpg_kit.h"
#include "trust/openpgp.h"
#include "trust/openpgp_armor.h"
#include "trust/signed_file.h"

namespace assay::test {

inline constexpr Time kNow{1'767'225'600};  // 2026-01-01; what is signed is a year old
inline constexpr std::string_view kText = "the bundle\n";

using Reasons = std::vector<std::string>;

/// Why each signature does not count, an empty text for one that does; one reason alone
/// where the file is no signature.
inline Reasons reasons_of(const SignatureFormat& format, const Sidecar& sidecar,
                          std::string_view text, std::span<const TrustedKey> keys,
                          Time now = kNow) {
  const TrustStore nobody;
  const Sidecar file{"app-1.tar.gz", std::string(text)};
  const MemoryFile signed_file(file);
  const auto answer = format.verify({sidecar, signed_file, keys, nobody, now});
  if (!answer) return {answer.error().code};
  Reasons reasons;
  for (const Signature& one : *answer) {
    CHECK(one.reason.empty() == one.detail.empty());
    if (one.key == nullptr || !one.reason.empty()) {
      reasons.push_back(one.reason);
      continue;
    }
    CHECK((one.content != nullptr) == format.carries);
    CHECK(one.covered.empty() == format.carries);
    const auto objection = objection_to(one, file.name, now);
    reasons.push_back(objection ? objection->reason : "");
  }
  return reasons;
}

inline Reasons detached(const std::string& signature, std::span<const TrustedKey> keys,
                        Time now = kNow, std::string_view text = kText) {
  return reasons_of(openpgp_format, {"app-1.tar.gz.asc", signature}, text, keys, now);
}

inline Reasons cleartext(const std::string& message, std::span<const TrustedKey> keys,
                         Time now = kNow) {
  return reasons_of(openpgp_cleartext_format, {"SHA256SUMS.asc", message}, "", keys, now);
}

inline const Reasons kGood{""};

/// One packet after the other.
inline std::vector<OpenPgpPacket> packets_of(std::string_view bytes) {
  std::vector<OpenPgpPacket> packets;
  while (!bytes.empty()) packets.push_back(take_openpgp_packet(bytes).value());
  return packets;
}

inline std::string joined(const std::vector<OpenPgpPacket>& packets) {
  std::string bytes;
  for (const OpenPgpPacket& one : packets) bytes += openpgp_packet(one);
  return bytes;
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// A key of each kind that counts, and what it signed.
struct PgpSigner {
  std::string fingerprint{};
  std::array<TrustedKey, 1> pin{};
};

inline PgpSigner new_signer(Gpg& gpg, const std::string& algorithm,
                            const std::string& more = {}, const std::string& expires = "0") {
  PgpSigner signer{.fingerprint = gpg.key(algorithm, more, expires)};
  signer.pin[0] = openpgp_pin(gpg.certificate(signer.fingerprint));
  return signer;
}

#define GPG_OR_SKIP(name)                     \
  if (!assay::test::Gpg::installed()) {       \
    MESSAGE("gpg is not installed: skipped"); \
    return;                                   \
  }                                           \
  assay::test::Gpg name

}  // namespace assay::test
