// Time-stamps: that some bytes existed at a time, by the word of an authority. Tokens as
// RFC 3161 has them, and countersignatures (PKCS #9), which signed the time before.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/certificate.h"
#include "crypto/cms.h"
#include "crypto/digest.h"

namespace assay {

/// A token as it stands: claims until `timestamp_fault` has nothing against them.
struct Timestamp {
  CmsMessage message{};                   ///< with one signer; a countersignature is detached
  Time time{};                            ///< genTime or signingTime, in whole seconds
  std::optional<HashAlgorithm> digest{};  ///< nothing: one that proves nothing
  std::vector<std::byte> imprint{};       ///< digest of what is stamped
  std::string authority{};                ///< printable: its certificate's subject
  std::string key_id{};                   ///< short_id of that certificate, or whom it names
};

/// Whether the bytes look like a token, or a response with one in it.
bool looks_like_timestamp(std::string_view bytes);

/// A token (TimeStampToken) or a response that grants one (TimeStampResp), in DER, or a token
/// in PEM; all of it. Fails as malformed (sidecar-malformed) or undecided
/// (limit-signature-parts).
Result<Timestamp> parse_timestamp(std::string_view bytes);

/// A countersignature: a SignerInfo in DER over the octets of a signature (RFC 5652 section
/// 11.4, RFC 2985 section 5.3.6). Its certificates stand where the signature's do. Fails as
/// malformed (sidecar-malformed).
Result<Timestamp> parse_countersignature(std::string_view signer_info,
                                         std::span<const Certificate> carried);

/// Who gives times that are believed.
struct TimeAuthorities {
  std::vector<Certificate> certificates{};
  std::vector<std::string> lists{};  ///< of revoked certificates, in DER
};

/// Why the token is not the word of one of `authorities`, whose certificates are believed;
/// timestamp-untrusted if it is none of theirs at all; certificate-revoked if one of its
/// certificates is, whenever and for whatever reason: the lists are asked as of `now`. What
/// it stamps is not asked here.
Fault timestamp_fault(const Timestamp& token, const TimeAuthorities& authorities, Time now);

}  // namespace assay
