#include "crypto/timestamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include <algorithm>
#include <ctime>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "crypto/der.h"
#include "crypto/pem.h"

namespace assay {
namespace {

constexpr std::string_view kUsage = "1.3.6.1.5.5.7.3.8";  // id-kp-timeStamping

using Response = CHandle<TS_RESP, TS_RESP_free>;
using Info = CHandle<TS_TST_INFO, TS_TST_INFO_free>;

void free_bytes(unsigned char* bytes) {
  OPENSSL_free(bytes);
}

Error bad(std::string what) {
  return malformed("sidecar-malformed", std::move(what));
}

/// The token of a response, section 2.4.2: status granted (0), or granted with changes (1).
Result<std::string> token_of(const Response& response) {
  const ASN1_INTEGER* status =
      TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response.get()));
  const long value = ASN1_INTEGER_get(status);
  PKCS7* token = TS_RESP_get_token(response.get());
  if (value < 0 || value > 1 || token == nullptr) {
    return bad("the authority refused to give a time");
  }
  unsigned char* der = nullptr;
  const int size = i2d_PKCS7(token, &der);
  const CHandle<unsigned char, free_bytes> owned(der);
  if (size <= 0) return bad("its token cannot be read");
  return std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
}

std::optional<HashAlgorithm> digest_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  switch (OBJ_obj2nid(object)) {
    case NID_sha256: return HashAlgorithm::sha256;
    case NID_sha384: return HashAlgorithm::sha384;
    case NID_sha512: return HashAlgorithm::sha512;
    default: return std::nullopt;
  }
}

/// TSTInfo, section 2.4.2, of a version and with extensions that are known.
Result<void> read_info(TS_TST_INFO* info, Timestamp& token) {
  std::tm parts{};
  if (TS_TST_INFO_get_version(info) != 1) return bad("the token is of an unknown version");
  if (TS_TST_INFO_get_ext_by_critical(info, 1, -1) >= 0) {
    return bad("the token has an extension that may not be passed over");
  }
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1) {
    return bad("the token has no time");
  }
  token.time = Time{::timegm(&parts)};
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  token.digest = digest_of(TS_MSG_IMPRINT_get_algo(imprint));
  const ASN1_OCTET_STRING* bytes = TS_MSG_IMPRINT_get_msg(imprint);
  const auto* begin = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(bytes));
  token.imprint.assign(begin, begin + ASN1_STRING_length(bytes));
  return {};
}

/// The certificate of the token's signer, among those carried and those believed.
const Certificate* signer_among(const CmsMessage& message,
                                std::span<const Certificate> certificates) {
  const auto found = std::ranges::find_if(
      certificates, [&](const Certificate& one) { return names(message, 0, one); });
  return found == certificates.end() ? nullptr : &*found;
}

/// RFC 3161 section 2.4.2: the token says what the authority signed, and with which of its
/// certificates. A countersignature says neither.
Fault token_fault(const CmsMessage& message, std::span<const Certificate> chain) {
  if (!message.content) return {};
  const CmsSigner& one = message.signers[0];
  if (digest(*one.digest, as_bytes(*message.content)) != one.message_digest) {
    return {"bad-signature", "the token does not say what the authority signed"};
  }
  // The chain may end at a pinned leaf.
  std::vector<Certificate> known(chain.begin(), chain.end());
  known.insert(known.end(), message.certificates.begin(), message.certificates.end());
  if (!binds_certificate(message, 0, known)) {
    return {"bad-signature", "the token was made with another certificate than it names"};
  }
  return {};
}

/// Who the time is by, for people.
void name_authority(Timestamp& token) {
  const CmsMessage& message = token.message;
  const Certificate* signer = signer_among(message, message.certificates);
  token.authority = signer == nullptr ? message.signers[0].names : printable(signer->subject);
  token.key_id = signer == nullptr ? message.signers[0].names : short_id(*signer);
}

/// Section 2.3: a certificate for time-stamping, critically, and for nothing else.
bool is_for_timestamps(const Certificate& certificate) {
  return certificate.usages.size() == 1 && certificate.usages[0] == kUsage &&
         certificate.usages_critical && certificate.may_sign && !certificate.is_ca;
}

}  // namespace

bool looks_like_timestamp(std::string_view bytes) {
  return looks_like_cms(bytes, kCmsTimestamp) ||
         decoded<Response>(d2i_TS_RESP, bytes) != nullptr;
}

Result<Timestamp> parse_timestamp(std::string_view bytes) {
  const Response response = decoded<Response>(d2i_TS_RESP, bytes);
  const std::string der = response ? TRY(token_of(response)) : std::string(bytes);
  Timestamp token{.message = TRY(parse_cms(der))};
  const CmsMessage& message = token.message;
  if (message.content_type != kCmsTimestamp || !message.content ||
      message.signers.size() != 1) {
    return bad("it is no time-stamp token with one signature");
  }
  const Info info = decoded<Info>(d2i_TS_TST_INFO, *message.content);
  if (info == nullptr) return bad("what the token says cannot be read, or bytes follow it");
  TRY(read_info(info.get(), token));
  name_authority(token);
  return token;
}

Result<Timestamp> parse_countersignature(std::string_view signer_info,
                                         std::span<const Certificate> carried) {
  constexpr std::string_view kSignedData("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 11);
  constexpr std::string_view kData("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 11);
  std::string certificates;
  for (const Certificate& one : carried) certificates += one.der;
  const std::string data = der_value(der::kInteger, std::string_view("\x01", 1)) +
                           der_value(der::kSet, "") + der_value(der::kSequence, kData) +
                           der_value(der::kTagged0, certificates) +
                           der_value(der::kSet, signer_info);
  const std::string tagged = der_value(der::kTagged0, der_value(der::kSequence, data));
  Timestamp token{
      .message = TRY(parse_cms(der_value(der::kSequence, std::string(kSignedData) + tagged)))};
  const CmsSigner& signer = token.message.signers[0];
  // PKCS #9 wants the content type, CMS forbids it.
  if (token.message.signers.size() != 1 || !signer.signing_time ||
      (!signer.content_type.empty() && signer.content_type != kCmsData)) {
    return bad("it is no countersignature with a time");
  }
  token.message.content_type = signer.content_type;
  token.time = *signer.signing_time;
  token.digest = signer.digest;
  token.imprint = signer.message_digest;
  name_authority(token);
  return token;
}

Fault timestamp_fault(const Timestamp& token, const TimeAuthorities& authorities, Time now) {
  const CmsMessage& message = token.message;
  const Certificate* signer = signer_among(message, message.certificates);
  if (signer == nullptr) signer = signer_among(message, authorities.certificates);
  const Fault stranger{"timestamp-untrusted",
                       "the authority '" + token.authority + "' is not pinned"};
  if (signer == nullptr) return stranger;
  const Chain chain = build_chain({.leaf = *signer,
                                   .carried = message.certificates,
                                   .anchors = authorities.certificates,
                                   .at = token.time});
  if (chain.certificates.empty()) return stranger;
  if (Fault fault = signer_fault(message, 0, *signer)) return fault;
  if (Fault fault = token_fault(message, chain.certificates)) return fault;
  if (!is_for_timestamps(*signer)) {
    return {"certificate-usage", "certificate '" + printable(signer->subject) +
                                     "' is not made for time-stamping alone"};
  }
  if (chain.fault) return chain.fault;
  return find_revocation(chain.certificates, authorities.lists, false, now);
}

}  // namespace assay
