// What a CMS message says in front of its signatures, and nobody signs: it must be what
// follows from them (RFC 5652 sections 5.1 and 5.3), and all of it in DER, of which OpenSSL
// reads other spellings as well; so that no byte of it is free.

#include <algorithm>
#include <vector>

#include "crypto/cms.h"
#include "crypto/der.h"

namespace assay {
namespace {

/// Values in values, each with its shortest length; sequences and sets are constructed, and
/// nothing else of the universal class is.
bool is_plain_der(std::string_view bytes) {
  constexpr unsigned kConstructed = 0x20, kClass = 0xc0, kNumber = 0x1f;
  constexpr std::size_t kDeepest = 64;
  std::vector<std::string_view> open{bytes};
  while (!open.empty()) {
    if (open.back().empty()) {
      open.pop_back();
      continue;
    }
    const auto value = take_der(open.back());
    if (!value || open.size() > kDeepest) return false;
    const bool constructed = (value->tag & kConstructed) != 0;
    const unsigned number = value->tag & kNumber;
    if ((value->tag & kClass) == 0 && constructed != (number == 16 || number == 17)) {
      return false;
    }
    if (constructed) open.push_back(value->content);
  }
  return true;
}

/// A version; -1 if none of one octet stands there.
int take_version(std::string_view& rest) {
  const auto value = take_der(rest, der::kInteger);
  return value && value->content.size() == 1 ? value->content[0] : -1;
}

/// The object of an AlgorithmIdentifier whose parameters are NULL or absent; else empty.
std::string plain_digest(const DerValue& identifier) {
  std::string_view rest = identifier.content;
  const auto object = take_der(rest, der::kObject);
  const auto none = only_der(rest, der::kNull);
  const bool plain = rest.empty() || (none && none->content.empty());
  return object && plain ? std::string(object->whole) : std::string();
}

/// The digest's object of a SignerInfo, whose version must go with how it names its signer;
/// OpenSSL would read attributes under a primitive tag, too.
std::string signer_digest(const DerValue& signer, bool& by_key_id) {
  std::string_view rest = signer.content;
  const int version = take_version(rest);
  const auto name = take_der(rest);
  const auto digest = take_der(rest, der::kSequence);
  take_der(rest, der::kTagged0);
  const auto algorithm = take_der(rest, der::kSequence);
  const auto signature = take_der(rest, der::kOctets);
  if (!name || !digest || !algorithm || !signature) return {};
  if (!rest.empty() && !only_der(rest, der::kTagged1)) return {};
  const bool by_name = name->tag == der::kSequence;
  if (version != (by_name ? 1 : 3)) return {};
  by_key_id = by_key_id || !by_name;
  return plain_digest(*digest);
}

}  // namespace

bool has_plain_frame(const CmsMessage& message) {
  if (!is_plain_der(message.der)) return false;
  const auto info = only_der(message.der, der::kSequence);
  std::string_view rest = info ? info->content : std::string_view();
  const auto type = take_der(rest, der::kObject);
  const auto tagged = only_der(rest, der::kTagged0);
  const auto data = tagged ? only_der(tagged->content, der::kSequence) : std::nullopt;
  rest = data ? data->content : std::string_view();
  const int version = take_version(rest);
  const auto digests = take_der(rest, der::kSet);
  const auto content = take_der(rest, der::kSequence);
  while (take_der(rest, der::kTagged0) || take_der(rest, der::kTagged1)) {
  }
  const auto signers = only_der(rest, der::kSet);
  if (!type || !digests || !content || !signers) return false;

  bool by_key_id = false;
  std::vector<std::string> used;
  for (std::string_view left = signers->content; !left.empty();) {
    const auto signer = take_der(left, der::kSequence);
    used.push_back(signer ? signer_digest(*signer, by_key_id) : std::string());
    if (used.back().empty()) return false;
  }
  for (std::string_view left = digests->content; !left.empty();) {
    const auto digest = take_der(left, der::kSequence);
    const std::string object = digest ? plain_digest(*digest) : std::string();
    if (object.empty() || std::ranges::find(used, object) == used.end()) return false;
  }
  return version == (by_key_id || message.content_type != kCmsData ? 3 : 1);
}

}  // namespace assay
