// Authenticode: PKCS#7 SignedData (RFC 2315) over SpcIndirectDataContent, which names a file
// by the digest its format defines ("Windows Authenticode Portable Executable Signature
// Format", Microsoft 2008). Read strictly: each byte is signed, fixed, or told as unsigned.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/certificate.h"
#include "crypto/cms.h"
#include "crypto/digest.h"

namespace assay {

/// What kind of file is signed: the type in SpcAttributeTypeAndOptionalValue, dotted.
inline constexpr std::string_view kSpcImage = "1.3.6.1.4.1.311.2.1.15";    ///< PE
inline constexpr std::string_view kSpcCabinet = "1.3.6.1.4.1.311.2.1.25";  ///< CAB
inline constexpr std::string_view kSpcSip = "1.3.6.1.4.1.311.2.1.30";      ///< MSI

/// Unsigned attributes that are known.
inline constexpr std::string_view kSpcTimestamp = "1.3.6.1.4.1.311.3.3.1";  ///< RFC 3161
inline constexpr std::string_view kCountersignature = "1.2.840.113549.1.9.6";
inline constexpr std::string_view kSpcNested = "1.3.6.1.4.1.311.2.4.1";

/// SpcIndirectDataContent.
struct IndirectData {
  std::string type{};                     ///< dotted
  std::optional<HashAlgorithm> digest{};  ///< nothing: one that proves nothing
  std::string digest_name{};              ///< "sha1", or dotted: for people
  std::vector<std::byte> value{};         ///< of the file
  std::string octets{};                   ///< what the signer's message digest is over
};

/// One value of an unsigned attribute: anybody could have put it there.
struct UnsignedValue {
  std::string type{};      ///< dotted
  std::size_t offset = 0;  ///< of `der` in the message
  std::string der{};
};

struct AuthenticodeMessage {
  /// Detached, with one signer; its DER is not the file's, for PKCS#7 and CMS differ there.
  CmsMessage message{};
  std::vector<std::size_t> certificates_at{};  ///< offsets of message.certificates
  IndirectData data{};
  std::vector<UnsignedValue> unsigned_values{};
};

/// All of the content of a SignedData's contentInfo. Fails as malformed (signature-malformed).
Result<IndirectData> parse_indirect_data(std::string_view der);

/// A message of the same strict form over something that lies elsewhere, such as sign-file
/// puts behind a kernel module: one signer, no certificates, nothing unsigned, its content
/// type "data"; `data` stays empty. Fails as parse_authenticode does.
Result<AuthenticodeMessage> parse_bare_signature(std::string_view der);

/// One message in DER, all of the bytes, with exactly one signer. Fails as malformed
/// (signature-malformed) or undecided (limit-signature-parts).
Result<AuthenticodeMessage> parse_authenticode(std::string_view der);

}  // namespace assay
