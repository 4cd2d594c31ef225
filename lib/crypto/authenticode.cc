#include "crypto/authenticode.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "crypto/der.h"

namespace assay {
namespace {

constexpr std::string_view kSignedData = "1.2.840.113549.1.7.2";
constexpr std::string_view kIndirectData = "1.3.6.1.4.1.311.2.1.4";
constexpr std::string_view kPss = "1.2.840.113549.1.1.10";
constexpr std::size_t kMostCertificates = 32;
constexpr std::size_t kMostUnsignedValues = 32;

Error bad(std::string what) {
  return malformed("signature-malformed", std::move(what));
}
Error too_many(const std::string& what, std::size_t most) {
  return undecided("limit-signature-parts",
                   "it holds more than " + std::to_string(most) + " " + what);
}

struct Digest {
  std::string_view object;
  std::string_view name;
  std::optional<HashAlgorithm> algorithm;
  std::size_t size;
};
constexpr std::array<Digest, 5> kDigests{{
    {"2.16.840.1.101.3.4.2.1", "sha256", HashAlgorithm::sha256, 32},
    {"2.16.840.1.101.3.4.2.2", "sha384", HashAlgorithm::sha384, 48},
    {"2.16.840.1.101.3.4.2.3", "sha512", HashAlgorithm::sha512, 64},
    {"1.3.14.3.2.26", "sha1", std::nullopt, 20},
    {"1.2.840.113549.2.5", "md5", std::nullopt, 16},
}};

/// An AlgorithmIdentifier's object, dotted. Parameters may be NULL or absent; RSASSA-PSS has
/// some, which say what is signed. Empty if it is anything else.
std::string plain_algorithm(const DerValue& identifier) {
  std::string_view rest = identifier.content;
  const auto object = take_der(rest, der::kObject);
  if (identifier.tag != der::kSequence || !object) return {};
  std::string name = dotted_object(object->whole);
  if (name == kPss) return only_der(rest, der::kSequence) ? name : std::string();
  const auto none = only_der(rest, der::kNull);
  return rest.empty() || (none && none->content.empty()) ? name : std::string();
}

/// The version, an INTEGER of one byte.
bool take_version(std::string_view& rest, char version) {
  const auto value = take_der(rest, der::kInteger);
  return value && value->content == std::string_view(&version, 1);
}

/// SignedData, RFC 2315 section 9.1, as it lies in the message.
struct Parts {
  DerValue digest_algorithm{};
  DerValue content_type{};  ///< of ContentInfo
  DerValue content{};
  std::string_view certificates{};  ///< what stands in [0]
  DerValue signer{};
};

Result<Parts> parts_of(std::string_view message) {
  const auto info = only_der(message, der::kSequence);
  std::string_view rest = info ? info->content : std::string_view();
  const auto type = take_der(rest, der::kObject);
  const auto tagged = only_der(rest, der::kTagged0);
  const auto data = tagged ? only_der(tagged->content, der::kSequence) : std::nullopt;
  if (!type || dotted_object(type->whole) != kSignedData || !data) {
    return bad("it is no PKCS#7 message in DER that signs something, or bytes follow it");
  }
  rest = data->content;
  if (!take_version(rest, 1)) return bad("its SignedData is of an unknown version");
  const auto digests = take_der(rest, der::kSet);
  const auto digest = digests ? only_der(digests->content, der::kSequence) : std::nullopt;
  if (!digest) return bad("it does not name one digest");
  const auto signed_info = take_der(rest, der::kSequence);
  std::string_view inner = signed_info ? signed_info->content : std::string_view();
  const auto content_type = take_der(inner, der::kObject);
  const bool elsewhere = content_type && inner.empty();
  const auto wrapped = only_der(inner, der::kTagged0);
  const auto content = wrapped ? only_der(wrapped->content, der::kSequence) : std::nullopt;
  if (!content_type || (!content && !elsewhere)) return bad("it does not say what it signs");
  Parts parts{.digest_algorithm = *digest, .content_type = *content_type};
  if (content) parts.content = *content;
  if (const auto carried = take_der(rest, der::kTagged0)) parts.certificates = carried->content;
  const auto signers = only_der(rest, der::kSet);
  const auto signer = signers ? only_der(signers->content, der::kSequence) : std::nullopt;
  if (!signer) return bad("it has not exactly one signature, or something stands before it");
  parts.signer = *signer;
  return parts;
}

/// The message without its content: what CMS calls detached.
std::string detached(const Parts& parts) {
  std::string data = der_value(der::kInteger, std::string_view("\x01", 1));
  data += der_value(der::kSet, parts.digest_algorithm.whole);
  data += der_value(der::kSequence, parts.content_type.whole);
  if (!parts.certificates.empty()) data += der_value(der::kTagged0, parts.certificates);
  data += der_value(der::kSet, parts.signer.whole);
  constexpr std::string_view kObject("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 11);
  const std::string tagged = der_value(der::kTagged0, der_value(der::kSequence, data));
  return der_value(der::kSequence, std::string(kObject) + tagged);
}

/// Each must be one that can be read: what cannot is not there to certify anything.
Result<void> read_certificates(std::string_view whole, std::string_view carried,
                               AuthenticodeMessage& message) {
  message.message.certificates.clear();
  while (!carried.empty()) {
    const auto value = take_der(carried, der::kSequence);
    auto certificate = value ? parse_certificate(value->whole) : bad("");
    if (!certificate) return bad("something stands among its certificates that is none");
    if (message.certificates_at.size() == kMostCertificates) {
      return too_many("certificates", kMostCertificates);
    }
    message.message.certificates.push_back(std::move(*certificate));
    message.certificates_at.push_back(
        static_cast<std::size_t>(value->whole.data() - whole.data()));
  }
  return {};
}

/// SET OF Attribute, [1] of SignerInfo.
Result<void> read_unsigned(std::string_view whole, std::string_view attributes,
                           AuthenticodeMessage& message) {
  while (!attributes.empty()) {
    const auto attribute = take_der(attributes, der::kSequence);
    std::string_view rest = attribute ? attribute->content : std::string_view();
    const auto type = take_der(rest, der::kObject);
    const auto values = only_der(rest, der::kSet);
    if (!type || !values || values->content.empty()) {
      return bad("an unsigned attribute cannot be read");
    }
    for (std::string_view left = values->content; !left.empty();) {
      const auto value = take_der(left);
      if (!value) return bad("the value of an unsigned attribute cannot be read");
      if (message.unsigned_values.size() == kMostUnsignedValues) {
        return too_many("unsigned values", kMostUnsignedValues);
      }
      message.unsigned_values.push_back(
          {.type = dotted_object(type->whole),
           .offset = static_cast<std::size_t>(value->whole.data() - whole.data()),
           .der = std::string(value->whole)});
    }
  }
  return {};
}

/// Each a type and a set of values, spelled as DER has it. OpenSSL reads other spellings too,
/// and holds the signature against the one it would have written itself.
bool are_plain_attributes(std::string_view attributes) {
  while (!attributes.empty()) {
    const auto attribute = take_der(attributes, der::kSequence);
    if (!attribute) return false;
    std::string_view rest = attribute->content;
    if (!take_der(rest, der::kObject) || !only_der(rest, der::kSet)) return false;
  }
  return true;
}

/// SignerInfo, RFC 2315 section 9.2: its frame. What it says is read as CMS. Its unsigned
/// attributes, those in [1].
Result<std::string_view> read_signer(const Parts& parts) {
  std::string_view rest = parts.signer.content;
  const bool versioned = take_version(rest, 1);
  const auto name = take_der(rest, der::kSequence);
  const auto digest = take_der(rest, der::kSequence);
  const auto attributes = take_der(rest, der::kTagged0);
  const auto algorithm = take_der(rest, der::kSequence);
  const auto signature = take_der(rest, der::kOctets);
  const bool elsewhere = parts.content.whole.empty();
  if (!versioned || !name || !digest || (!attributes && !elsewhere) || !algorithm ||
      !signature) {
    return bad("its signer's part cannot be read, or signs nothing of its own");
  }
  if (attributes && !are_plain_attributes(attributes->content)) {
    return bad("its signed attributes are not spelled as DER has it");
  }
  if (plain_algorithm(*digest).empty() || plain_algorithm(*algorithm).empty()) {
    return bad("its algorithms have parameters that are not theirs");
  }
  if (digest->whole != parts.digest_algorithm.whole) {
    return bad("it names two digests of which one is not used");
  }
  if (rest.empty()) return rest;
  const auto unsigned_attributes = only_der(rest, der::kTagged1);
  if (!unsigned_attributes) return bad("bytes follow its signature");
  return unsigned_attributes->content;
}

/// The frame read, the message as CMS has it.
Result<CmsMessage> read_as_cms(const Parts& parts) {
  auto cms = parse_cms(detached(parts));
  if (cms || cms.error().kind != Error::Kind::malformed) return cms;
  return bad(cms.error().what);
}

}  // namespace

Result<IndirectData> parse_indirect_data(std::string_view bytes) {
  const auto content = only_der(bytes, der::kSequence);
  std::string_view rest = content ? content->content : std::string_view();
  const auto described = take_der(rest, der::kSequence);
  const auto digested = only_der(rest, der::kSequence);
  if (!described || !digested) return bad("what it signs is no SpcIndirectDataContent");
  std::string_view type_and_value = described->content;
  const auto type = take_der(type_and_value, der::kObject);
  const auto value = take_der(type_and_value);
  if (!type || !value || !type_and_value.empty()) {
    return bad("it does not say what kind of file it signs");
  }
  rest = digested->content;
  const auto algorithm = take_der(rest, der::kSequence);
  const auto digest = only_der(rest, der::kOctets);
  const std::string object = algorithm ? plain_algorithm(*algorithm) : std::string();
  if (object.empty() || !digest) return bad("it does not name the file's digest");
  IndirectData data{.type = dotted_object(type->whole), .digest_name = object};
  data.value.assign(as_bytes(digest->content).begin(), as_bytes(digest->content).end());
  data.octets = content->content;
  const auto* const known = std::ranges::find(kDigests, object, &Digest::object);
  if (known == kDigests.end()) return data;
  if (known->size != data.value.size()) return bad("the file's digest is of another length");
  data.digest = known->algorithm;
  data.digest_name = known->name;
  return data;
}

Result<AuthenticodeMessage> parse_authenticode(std::string_view der) {
  const Parts parts = TRY(parts_of(der));
  if (dotted_object(parts.content_type.whole) != kIndirectData || parts.content.whole.empty()) {
    return bad("it signs something else than a file of Windows");
  }
  AuthenticodeMessage message{.message = TRY(read_as_cms(parts))};
  message.data = TRY(parse_indirect_data(parts.content.whole));
  TRY(read_certificates(der, parts.certificates, message));
  TRY(read_unsigned(der, TRY(read_signer(parts)), message));
  return message;
}

Result<AuthenticodeMessage> parse_bare_signature(std::string_view der) {
  const Parts parts = TRY(parts_of(der));
  AuthenticodeMessage message;
  const std::string_view unsigned_attributes = TRY(read_signer(parts));
  if (dotted_object(parts.content_type.whole) != kCmsData || !parts.content.whole.empty() ||
      !parts.certificates.empty() || !unsigned_attributes.empty()) {
    return bad("it holds more than a signature");
  }
  message.message = TRY(read_as_cms(parts));
  return message;
}

}  // namespace assay
