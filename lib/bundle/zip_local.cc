// The local headers and data descriptors, held against the directory (APPNOTE 4.3.7
// to 4.3.9): readers from the start must see what readers of the directory see.

#include <algorithm>

#include "bundle/zip_records.h"

namespace assay::zip {
namespace {

constexpr std::string_view kApkBlockMagic = "APK Sig Block 42";
/// Deflate's two bits of speed may differ: nobody needs them.
constexpr unsigned kComparedFlags = 0xffffU & ~6U;
constexpr std::size_t kWideSizes = 16;

/// What follows the fixed part of a local header.
struct Local {
  std::uint64_t data = 0;  ///< where the content begins
  bool wide = false;       ///< it has a zip64 field, so a descriptor has wide sizes
};

std::string quoted(const ZipMember& member) {
  return "'" + printable(member.name) + "'";
}

bool is_described(const ZipMember& member) {
  return (member.flags & kDescribed) != 0;
}

/// A value in a local header: the true one, or none where a descriptor follows.
bool fits(std::uint64_t stated, std::uint64_t truth, const ZipMember& member) {
  return stated == truth || (stated == 0 && is_described(member));
}

/// A zip64 field holds both sizes (4.5.3), and both narrow ones say so.
bool sizes_agree(Bytes header, const Extra& extra, const ZipMember& member) {
  const std::uint32_t packed = le32(header, 18);
  const std::uint32_t size = le32(header, 22);
  if (!extra.wide) {
    return packed != kMissing32 && size != kMissing32 && fits(packed, member.packed, member) &&
           fits(size, member.size, member);
  }
  return packed == kMissing32 && size == kMissing32 && extra.wide->size() == kWideSizes &&
         fits(le64(*extra.wide, 0), member.size, member) &&
         fits(le64(*extra.wide, 8), member.packed, member);
}

/// What is wrong with a member whatever its local header says.
Result<void> check_sizes(const ZipMember& member) {
  const bool plain = member.method == 0 && !member.encrypted();
  if (plain && member.packed != member.size) return ambiguous("a stored member has two sizes");
  // Who reads from the start must guess where stored content ends.
  if (plain && is_described(member) && member.size != 0) {
    return ambiguous(quoted(member) + " is stored and its size follows it");
  }
  if (member.name.ends_with('/') && member.size != 0) return ambiguous("a folder has content");
  return {};
}

Result<Local> check_header(const RandomAccess& zip, const ZipMember& member) {
  const auto header = TRY(read_exactly(zip, member.start, kLocalSize));
  if (le32(header, 0) != kLocalSignature) return corrupt("a member has no local header");
  const std::size_t name_size = le16(header, 26);
  const std::size_t extra_size = le16(header, 28);
  const auto behind = TRY(read_exactly(zip, member.start + kLocalSize, name_size + extra_size));
  const std::string_view name = as_text(behind).substr(0, name_size);
  if (name != member.name) {
    return ambiguous(quoted(member) + " is called '" + printable(name) +
                     "' in its local header");
  }
  const Extra extra = TRY(read_extra(Bytes(behind).subspan(name_size), member));
  const unsigned differing = le16(header, 6) ^ member.flags;
  if (le16(header, 8) != member.method || (differing & kComparedFlags) != 0 ||
      !fits(le32(header, 14), member.crc, member) || !sizes_agree(header, extra, member)) {
    return ambiguous("the two headers of " + quoted(member) + " disagree");
  }
  TRY(check_sizes(member));
  return Local{.data = member.start + kLocalSize + name_size + extra_size,
               .wide = extra.wide.has_value()};
}

/// Behind the data, with a signature, and nothing else than the directory says (4.3.9).
/// Gives its length.
Result<std::uint64_t> check_descriptor(const RandomAccess& zip, const ZipMember& member,
                                       std::uint64_t at, bool wide) {
  const bool large = member.packed >= kMissing32 || member.size >= kMissing32;
  const std::size_t number = wide || large ? 8 : 4;
  const auto bytes = TRY(read_exactly(zip, at, 8 + 2 * number));
  const auto value = [&](std::size_t place) {
    return number == 8 ? le64(bytes, place) : le32(bytes, place);
  };
  if (le32(bytes, 0) != kDescriptorSignature || le32(bytes, 4) != member.crc ||
      value(8) != member.packed || value(8 + number) != member.size) {
    return ambiguous("what follows the data of " + quoted(member) + " is not its descriptor");
  }
  return bytes.size();
}

/// Where the member ends, its descriptor included.
Result<std::uint64_t> check_member(const RandomAccess& zip, const ZipMember& member) {
  const Local local = TRY(check_header(zip, member));
  if (member.packed > zip.size() || local.data + member.packed > zip.size()) {
    return malformed("truncated", "zip: a member reaches beyond the file");
  }
  const std::uint64_t end = local.data + member.packed;
  if (!is_described(member)) return end;
  return end + TRY(check_descriptor(zip, member, end, local.wide));
}

/// APK signing blocks stand between the last member and the directory.
Result<bool> is_apk_block(const RandomAccess& zip, std::uint64_t start, std::uint64_t end) {
  if (end - start < 32) return false;
  const auto head = TRY(read_exactly(zip, start, 8));
  const auto tail = TRY(read_exactly(zip, end - 24, 24));
  return as_text(tail).substr(8) == kApkBlockMagic && le64(tail, 0) == end - start - 8 &&
         le64(head, 0) == le64(tail, 0);
}

}  // namespace

Result<void> check_locals(const RandomAccess& zip, const std::vector<ZipMember>& members,
                          const Directory& directory) {
  const auto head = TRY(read_exactly(zip, 0, std::min<std::uint64_t>(zip.size(), 2)));
  const std::uint64_t first = members.empty() ? directory.start() : members.front().start;
  if (first != 0 && as_text(head) == "PK") {
    return ambiguous("bytes stand before its first member");
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    const bool last = i + 1 == members.size();
    const std::uint64_t next = last ? directory.start() : members[i + 1].start;
    const std::uint64_t end = TRY(check_member(zip, members[i]));
    if (end > next) return ambiguous(quoted(members[i]) + " overlaps what comes after it");
    if (end == next || (last && TRY(is_apk_block(zip, end, next)))) continue;
    return corrupt(std::to_string(next - end) + " bytes after " + quoted(members[i]) +
                   " belong to no member");
  }
  return {};
}

}  // namespace assay::zip
