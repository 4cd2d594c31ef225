#include "bundle/zip_index.h"

#include <algorithm>
#include <array>

#include "bundle/stream.h"

namespace assay {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint32_t kDescriptorSignature = 0x08074b50;
constexpr std::string_view kEndMagic = "PK\x05\x06";
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kCommentMax = 0xffff;
constexpr std::uint64_t kDirectoryMax = std::uint64_t{64} << 20;
constexpr std::uint32_t kMissing32 = 0xffffffff;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::string_view kApkBlockMagic = "APK Sig Block 42";
constexpr unsigned kDescriptorFlag = 8;

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "zip: " + std::string(why));
}
Error ambiguous(std::string_view why) {
  return malformed("ambiguous-type", "zip: " + std::string(why));
}

Result<std::vector<std::byte>> read_exactly(const RandomAccess& zip, std::uint64_t offset,
                                            std::uint64_t count) {
  std::vector<std::byte> bytes(count);
  if (TRY(zip.read_at(offset, bytes)) != count) {
    return malformed("truncated", "zip: a header lies outside the file");
  }
  return bytes;
}

struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  ///< the end records begin here
};

/// The end record's place in `tail`: the one whose comment reaches the end exactly.
Result<std::size_t> find_end(Bytes tail) {
  std::optional<std::size_t> found;
  bool elsewhere = false;
  const std::string_view text = as_text(tail);
  for (std::size_t at = text.find(kEndMagic); at != std::string_view::npos;
       at = text.find(kEndMagic, at + 1)) {
    if (at + kEndSize > tail.size()) break;
    if (at + kEndSize + le16(tail, at + 20) != tail.size()) {
      elsewhere = true;
    } else if (found) {
      return ambiguous("two end records fit the end of the file");
    } else {
      found = at;
    }
  }
  if (found) return *found;
  if (elsewhere) return malformed("trailing-data", "zip: the end record is not at the end");
  return malformed("truncated", "zip: no end record");
}

/// Takes the wide value where the narrow field says so; else both must agree.
bool widen(std::uint64_t& narrow, std::uint64_t sentinel, std::uint64_t wide) {
  if (narrow != sentinel && narrow != wide) return false;
  narrow = wide;
  return true;
}

Result<void> read_end64(const RandomAccess& zip, std::uint64_t locator_at, Directory& found) {
  const auto locator = TRY(read_exactly(zip, locator_at, kLocator64Size));
  if (locator_at < kEnd64Size) return corrupt("no room for the zip64 end record");
  found.end = locator_at - kEnd64Size;
  const auto record = TRY(read_exactly(zip, found.end, kEnd64Size));
  if (le32(record, 0) != kEnd64Signature || le64(record, 4) != kEnd64Size - 12) {
    return corrupt("the zip64 end record is not before its locator");
  }
  if (le64(record, 24) != le64(record, 32) || le32(record, 16) != 0 || le32(record, 20) != 0) {
    return undecided("unsupported-feature", "zip: split over several files");
  }
  if (!widen(found.entries, 0xffff, le64(record, 32)) ||
      !widen(found.size, kMissing32, le64(record, 40)) ||
      !widen(found.offset, kMissing32, le64(record, 48))) {
    return ambiguous("the two end records disagree");
  }
  return {};
}

Result<Directory> find_directory(const RandomAccess& zip) {
  const std::uint64_t size = zip.size();
  const std::uint64_t tail_size = std::min<std::uint64_t>(size, kEndSize + kCommentMax);
  const auto tail = TRY(read_exactly(zip, size - tail_size, tail_size));
  const std::size_t at = TRY(find_end(tail));
  if (le16(tail, at + 4) != 0 || le16(tail, at + 6) != 0 ||
      le16(tail, at + 8) != le16(tail, at + 10)) {
    return undecided("unsupported-feature", "zip: split over several files");
  }
  Directory found{.entries = le16(tail, at + 10),
                  .size = le32(tail, at + 12),
                  .offset = le32(tail, at + 16),
                  .end = size - tail_size + at};
  if (found.end >= kLocator64Size) {
    const std::uint64_t locator_at = found.end - kLocator64Size;
    const auto signature = TRY(read_exactly(zip, locator_at, 4));
    if (le32(signature, 0) == kLocator64Signature) TRY(read_end64(zip, locator_at, found));
  }
  if (found.size > found.end || found.offset > found.end - found.size) {
    return corrupt("the central directory lies outside the file");
  }
  if (found.size > kDirectoryMax) {
    return undecided("limit-members", "zip: the central directory is over 64 MiB");
  }
  return found;
}

/// The zip64 extra field holds what its 32-bit fields have no room for, in order.
Result<void> widen_sizes(Bytes extra, ZipMember& member) {
  std::size_t at = 0;
  bool seen = false;
  while (at + 4 <= extra.size()) {
    const std::size_t length = le16(extra, at + 2);
    if (at + 4 + length > extra.size()) return {};  // padding of some writers
    if (le16(extra, at) == kZip64Extra) {
      if (seen) return ambiguous("a member has two zip64 fields");
      seen = true;
      std::size_t next = at + 4;
      for (std::uint64_t* field : {&member.size, &member.packed, &member.start}) {
        if (*field != kMissing32) continue;
        if (next + 8 > at + 4 + length) return corrupt("a zip64 field is short");
        *field = le64(extra, next);
        next += 8;
      }
    }
    at += 4 + length;
  }
  return {};
}

Result<std::vector<ZipMember>> parse_directory(Bytes bytes, const Directory& directory) {
  std::vector<ZipMember> members;
  while (!bytes.empty()) {
    if (bytes.size() < kCentralSize || le32(bytes, 0) != kCentralSignature) {
      return corrupt("the central directory holds something else than members");
    }
    const std::size_t name = le16(bytes, 28);
    const std::size_t extra = le16(bytes, 30);
    const std::size_t whole = kCentralSize + name + extra + le16(bytes, 32);
    if (whole > bytes.size()) return corrupt("the central directory ends inside a member");
    ZipMember member{.name = std::string(as_text(bytes.subspan(kCentralSize, name))),
                     .flags = le16(bytes, 8),
                     .method = le16(bytes, 10),
                     .crc = le32(bytes, 16),
                     .packed = le32(bytes, 20),
                     .size = le32(bytes, 24),
                     .start = le32(bytes, 42)};
    TRY(widen_sizes(bytes.subspan(kCentralSize + name, extra), member));
    members.push_back(std::move(member));
    bytes = bytes.subspan(whole);
  }
  if (members.size() != directory.entries) {
    return ambiguous("the end record counts " + std::to_string(directory.entries) +
                     " members, the central directory has " + std::to_string(members.size()));
  }
  return members;
}

/// Checksum and sizes in a local header: the true ones, or none where a descriptor
/// follows.
bool local_sizes_agree(Bytes header, const ZipMember& member) {
  const bool described = (member.flags & kDescriptorFlag) != 0;
  const auto fits = [&](std::uint32_t narrow, std::uint64_t wide) {
    return narrow == wide || narrow == kMissing32 || (described && narrow == 0);
  };
  const std::uint32_t crc = le32(header, 14);
  return (crc == member.crc || (described && crc == 0)) &&
         fits(le32(header, 18), member.packed) && fits(le32(header, 22), member.size);
}

/// Where the member's data ends; fails if its local header tells another story.
Result<std::uint64_t> check_local(const RandomAccess& zip, const ZipMember& member) {
  const auto header = TRY(read_exactly(zip, member.start, kLocalSize));
  if (le32(header, 0) != kLocalSignature) return corrupt("a member has no local header");
  const auto name = TRY(read_exactly(zip, member.start + kLocalSize, le16(header, 26)));
  if (as_text(name) != member.name) {
    return ambiguous("'" + printable(member.name) + "' is called '" + printable(as_text(name)) +
                     "' in its local header");
  }
  constexpr unsigned kCompared = 1U | kDescriptorFlag;
  if (le16(header, 8) != member.method ||
      (le16(header, 6) & kCompared) != (member.flags & kCompared) ||
      !local_sizes_agree(header, member)) {
    return ambiguous("the two headers of '" + printable(member.name) + "' disagree");
  }
  const bool plain = member.method == 0 && !member.encrypted();
  if (plain && member.packed != member.size) {
    return ambiguous("a stored member has two sizes");
  }
  // Who reads from the start must guess where stored content ends.
  if (plain && (member.flags & kDescriptorFlag) != 0 && member.size != 0) {
    return ambiguous("'" + printable(member.name) + "' is stored and its size follows it");
  }
  if (member.name.ends_with('/') && member.size != 0) return ambiguous("a folder has content");
  const std::uint64_t fixed = member.start + kLocalSize + le16(header, 26) + le16(header, 28);
  if (member.packed > zip.size() || fixed + member.packed > zip.size()) {
    return malformed("truncated", "zip: a member reaches beyond the file");
  }
  return fixed + member.packed;
}

/// True if the bytes from `end` to `next` are the member's data descriptor.
Result<bool> is_descriptor(const RandomAccess& zip, const ZipMember& member, std::uint64_t end,
                           std::uint64_t next) {
  const std::uint64_t gap = next - end;
  if ((member.flags & kDescriptorFlag) == 0 ||
      (gap != 12 && gap != 16 && gap != 20 && gap != 24)) {
    return false;
  }
  const auto bytes = TRY(read_exactly(zip, end, gap));
  const bool is_signed = gap == 16 || gap == 24;
  if (is_signed && le32(bytes, 0) != kDescriptorSignature) return false;
  const Bytes fields = Bytes(bytes).subspan(is_signed ? 4 : 0);
  const bool wide = fields.size() == 20;
  const std::uint64_t packed = wide ? le64(fields, 4) : le32(fields, 4);
  const std::uint64_t size = wide ? le64(fields, 12) : le32(fields, 8);
  return le32(fields, 0) == member.crc && packed == member.packed && size == member.size;
}

/// APK signing blocks stand between the last member and the directory.
Result<bool> is_apk_block(const RandomAccess& zip, std::uint64_t end, std::uint64_t next) {
  if (next - end < 32) return false;
  const auto tail = TRY(read_exactly(zip, next - 24, 24));
  return as_text(tail).substr(8) == kApkBlockMagic && le64(tail, 0) == next - end - 8;
}

Result<void> check_gap(const RandomAccess& zip, const ZipMember& member, std::uint64_t end,
                       std::uint64_t next, bool last) {
  if (end > next) {
    return ambiguous("'" + printable(member.name) + "' overlaps what comes after it");
  }
  if (end == next || TRY(is_descriptor(zip, member, end, next))) return {};
  if (last && TRY(is_apk_block(zip, end, next))) return {};
  return corrupt(std::to_string(next - end) + " bytes after '" + printable(member.name) +
                 "' belong to no member");
}

/// Every byte before the directory belongs to one member.
Result<void> check_members(const RandomAccess& zip, const std::vector<ZipMember>& members,
                           std::uint64_t directory_at) {
  const auto head = TRY(read_exactly(zip, 0, std::min<std::uint64_t>(zip.size(), 2)));
  const std::uint64_t first = members.empty() ? directory_at : members.front().start;
  if (first != 0 && as_text(head) == "PK")
    return ambiguous("bytes stand before its first member");
  for (std::size_t i = 0; i < members.size(); ++i) {
    const bool last = i + 1 == members.size();
    const std::uint64_t end = TRY(check_local(zip, members[i]));
    TRY(check_gap(zip, members[i], end, last ? directory_at : members[i + 1].start, last));
  }
  return {};
}

bool is_central(Bytes bytes, std::uint64_t at) {
  return bytes.size() >= kCentralSize && at <= bytes.size() - kCentralSize &&
         le32(bytes, at) == kCentralSignature;
}

bool has_locator(Bytes bytes, std::size_t end_at) {
  return end_at >= kLocator64Size &&
         le32(bytes, end_at - kLocator64Size) == kLocator64Signature;
}

/// True if `claims` holds for the place of an end record that programs would find.
template <class Claims>
bool any_end(Bytes bytes, const Claims& claims) {
  const std::size_t from = bytes.size() - std::min(bytes.size(), kEndSize + kCommentMax);
  const std::string_view text = as_text(bytes);
  for (std::size_t at = text.find(kEndMagic, from); at != std::string_view::npos;
       at = text.find(kEndMagic, at + 1)) {
    if (at + kEndSize <= bytes.size() && claims(at)) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<ZipMember>> read_zip_index(const RandomAccess& zip) {
  const Directory directory = TRY(find_directory(zip));
  const std::uint64_t directory_at = directory.end - directory.size;
  const auto bytes = TRY(read_exactly(zip, directory_at, directory.size));
  auto members = TRY(parse_directory(bytes, directory));
  // Offsets count from the start of the zip; a stub before it shifts them all.
  for (ZipMember& member : members) {
    if (member.start >= directory.offset)
      return corrupt("a member starts behind the directory");
    member.start += directory_at - directory.offset;
  }
  std::ranges::sort(members, {}, &ZipMember::start);
  TRY(check_members(zip, members, directory_at));
  return members;
}

bool ends_as_zip(Bytes whole) {
  const auto claims = [&](std::size_t at) {
    const std::size_t size = le32(whole, at + 12);
    const std::size_t offset = le32(whole, at + 16);
    return has_locator(whole, at) || (size <= at && is_central(whole, at - size)) ||
           is_central(whole, offset);
  };
  return any_end(whole, claims);
}

bool container_ends_as_zip(Bytes tail, std::uint64_t size) {
  const std::uint64_t before = size - tail.size();
  const auto claims = [&](std::size_t at) {
    if (at + kEndSize + le16(tail, at + 20) != tail.size()) return false;
    const std::uint64_t directory = le32(tail, at + 12);
    const std::uint64_t offset = le32(tail, at + 16);
    const std::uint64_t count = le16(tail, at + 10);
    if (has_locator(tail, at) || (directory <= at && is_central(tail, at - directory))) {
      return true;
    }
    if (offset >= before) return is_central(tail, offset - before);
    // Its directory is out of sight: the record must speak for itself.
    return directory > at && directory >= count * kCentralSize &&
           directory + offset <= before + at;
  };
  return any_end(tail, claims);
}

}  // namespace assay
