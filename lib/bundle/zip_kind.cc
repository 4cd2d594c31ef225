// What a zip's directory says of a member besides its content: name, kind and extra
// fields, each of which some programs heed and others do not (APPNOTE 4.4.2, 4.5).

#include <algorithm>
#include <unordered_set>

#include "bundle/payload.h"
#include "bundle/zip_records.h"

namespace assay::zip {
namespace {

constexpr unsigned kUnix = 3;  ///< the host whose attributes have a mode for every program
constexpr unsigned kNoType = 0, kFile = 8, kFolder = 4, kLink = 10;  ///< S_IFMT, shifted
constexpr unsigned kDevices[] = {1, 2, 6, 12};
constexpr unsigned kDosFolder = 0x10;

enum Field : std::uint16_t {
  kZip64 = 1,
  kPkwareUnix = 0x000d,  ///< may hold a link's target behind twelve bytes
  kStrongEncryption = 0x0017,
  kUnicodeComment = 0x6375,
  kLibarchive = 0x6c78,  ///< a mode of its own
  kUnicodePath = 0x7075,
  kAsiUnix = 0x756e,  ///< a mode and a link's target
  kAes = 0x9901,
};
constexpr std::size_t kUnicodeHead = 5;  ///< version, checksum of the name

/// Signatures of the records that programs search for.
bool is_record(std::string_view text) {
  constexpr std::string_view kRecords[] = {"PK\x01\x02", "PK\x03\x04", "PK\x05\x06",
                                           "PK\x06\x06", "PK\x06\x07", "PK\x06\x08"};
  return std::ranges::any_of(kRecords, [&](auto record) { return text.starts_with(record); });
}

Error odd(const ZipMember& member, std::string_view what) {
  return ambiguous("'" + printable(member.name) + "' " + std::string(what));
}

Result<void> check_field(std::uint16_t id, Bytes data, const ZipMember& member) {
  switch (id) {
    case kUnicodePath:
      // Harmless if it is the same name.
      if (data.size() < kUnicodeHead || data[0] != std::byte{1} ||
          as_text(data.subspan(kUnicodeHead)) != member.name) {
        return odd(member, "has another name in Unicode");
      }
      return {};
    case kPkwareUnix:
      if (data.size() <= 12) return {};
      [[fallthrough]];
    case kAsiUnix:
    case kLibarchive: return odd(member, "has another kind in an extra field");
    case kStrongEncryption:
    case kAes:
      if (member.encrypted()) return {};
      return odd(member, "is encrypted by an extra field alone");
    case kUnicodeComment: return odd(member, "has a comment in Unicode alone");
    default: break;
  }
  if (hides_something(data)) return odd(member, "has an archive in an extra field");
  return {};
}

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

Result<void> check_name(const ZipMember& member) {
  // The format's separator is the slash; some unpackers take both.
  if (member.name.find('\\') != std::string::npos) {
    return malformed("unsafe-name",
                     "zip: the name '" + printable(member.name) + "' has a backslash");
  }
  if (!is_utf8(member.name)) {
    return malformed("unsafe-name",
                     "zip: the name '" + printable(member.name) + "' is not UTF-8");
  }
  return {};
}

}  // namespace

bool hides_something(Bytes unseen) {
  const std::string_view text = as_text(unseen);
  for (std::size_t at = text.find("PK"); at != std::string_view::npos;
       at = text.find("PK", at + 1)) {
    if (is_record(text.substr(at))) return true;
  }
  return contains_payload(unseen);
}

Result<Extra> read_extra(Bytes extra, const ZipMember& member) {
  Extra found;
  std::unordered_set<std::uint16_t> seen;
  while (extra.size() >= 4) {
    const std::uint16_t id = le16(extra, 0);
    const std::size_t length = le16(extra, 2);
    if (4 + length > extra.size()) return corrupt("an extra field is cut");
    const bool padding = id == 0 && length == 0;
    if (!padding && !seen.insert(id).second) return odd(member, "has an extra field twice");
    const Bytes data = extra.subspan(4, length);
    if (id == kZip64) {
      found.wide = data;
    } else {
      TRY(check_field(id, data, member));
    }
    extra = extra.subspan(4 + length);
  }
  if (!is_zero(extra)) return corrupt("bytes stand behind the extra fields");
  return found;
}

Result<void> check_kind(const ZipMember& member) {
  TRY(check_name(member));
  const unsigned host = member.made_by >> 8U;
  const unsigned type = member.attributes >> 28U;
  const bool by_slash = member.name.ends_with('/');
  if (by_slash) {
    if (type == kNoType || type == kFolder) return {};
    return odd(member, "is a folder by its name and none by its mode");
  }
  if ((member.attributes & kDosFolder) != 0) {
    return odd(member, "is a folder by its attributes and a file by its name");
  }
  if (type == kLink && host != kUnix) {
    return odd(member, "is a link for those who do not ask which system wrote it");
  }
  if (type == kNoType || type == kFile || type == kLink) return {};
  const bool device = std::ranges::find(kDevices, type) != std::end(kDevices);
  if (type != kFolder && !device) return odd(member, "is of no known kind");
  if (member.size != 0) return {};  // the walk tells it
  if (type == kFolder) return odd(member, "is a folder by its mode and a file by its name");
  return malformed("unsafe-type", "zip: '" + printable(member.name) + "' is a device or pipe");
}

}  // namespace assay::zip
