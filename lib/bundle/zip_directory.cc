// The end records and the central directory (APPNOTE 4.3.12 to 4.3.16).

#include <algorithm>

#include "bundle/zip_records.h"

namespace assay::zip {
namespace {

constexpr std::uint64_t kDirectoryMax = std::uint64_t{64} << 20;
constexpr unsigned kStored = 0, kDeflated = 8, kBzipped = 12;
/// Of the others some encrypt, some change what the data is, and some are not defined.
constexpr unsigned kKnownFlags = kEncrypted | 2U | 4U | kDescribed | kUnicode;

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

/// The zip64 end record stands right before its locator, and that points at it.
Result<void> read_end64(const RandomAccess& zip, std::uint64_t locator_at, Directory& found) {
  const auto locator = TRY(read_exactly(zip, locator_at, kLocator64Size));
  if (locator_at < kEnd64Size) return corrupt("no room for the zip64 end record");
  found.end = locator_at - kEnd64Size;
  const auto record = TRY(read_exactly(zip, found.end, kEnd64Size));
  if (le32(record, 0) != kEnd64Signature || le64(record, 4) != kEnd64Size - 12) {
    return corrupt("the zip64 end record is not before its locator");
  }
  if (le64(record, 24) != le64(record, 32) || le32(record, 16) != 0 || le32(record, 20) != 0 ||
      le32(locator, 4) != 0 || le32(locator, 16) != 1) {
    return unsupported("split over several files");
  }
  if (!widen(found.entries, 0xffff, le64(record, 32)) ||
      !widen(found.size, kMissing32, le64(record, 40)) ||
      !widen(found.offset, kMissing32, le64(record, 48))) {
    return ambiguous("the two end records disagree");
  }
  std::uint64_t place = 0;
  if (__builtin_add_overflow(found.offset, found.size, &place) || le64(locator, 8) != place) {
    return ambiguous("the zip64 end record is not where its locator says");
  }
  return {};
}

/// Narrow fields where they have room, the others in the zip64 field, in this order and
/// nothing else.
Result<void> widen_sizes(const Extra& extra, ZipMember& member) {
  std::size_t next = 0;
  for (std::uint64_t* field : {&member.size, &member.packed, &member.start}) {
    if (*field != kMissing32) continue;
    if (!extra.wide || next + 8 > extra.wide->size()) return corrupt("a zip64 field is short");
    *field = le64(*extra.wide, next);
    next += 8;
  }
  if (extra.wide && (next == 0 || next != extra.wide->size())) {
    return ambiguous("'" + printable(member.name) + "' has a zip64 field no size asks for");
  }
  return {};
}

Result<void> check_readable(const ZipMember& member) {
  if ((member.flags & ~kKnownFlags) != 0) {
    return unsupported("'" + printable(member.name) + "' has flags of no known meaning");
  }
  const bool known =
      member.method == kStored || member.method == kDeflated || member.method == kBzipped;
  if (!known && !member.encrypted()) {
    return unsupported("method " + std::to_string(member.method) + " of '" +
                       printable(member.name) + "'");
  }
  return {};
}

Result<void> check_comment(Bytes comment, const ZipMember& member) {
  if (comment.empty()) return {};
  if (hides_something(comment)) return ambiguous("a member's comment holds an archive");
  return unsupported("'" + printable(member.name) + "' has a comment of its own");
}

/// The first member of `bytes`; `whole` is how many of them it takes.
Result<ZipMember> read_member(Bytes bytes, std::size_t& whole) {
  if (bytes.size() < kCentralSize || le32(bytes, 0) != kCentralSignature) {
    return corrupt("the central directory holds something else than members");
  }
  const std::size_t name = le16(bytes, 28);
  const std::size_t extra = le16(bytes, 30);
  const std::size_t comment = le16(bytes, 32);
  whole = kCentralSize + name + extra + comment;
  if (whole > bytes.size()) return corrupt("the central directory ends inside a member");
  ZipMember member{.name = std::string(as_text(bytes.subspan(kCentralSize, name))),
                   .made_by = le16(bytes, 4),
                   .flags = le16(bytes, 8),
                   .method = le16(bytes, 10),
                   .crc = le32(bytes, 16),
                   .packed = le32(bytes, 20),
                   .size = le32(bytes, 24),
                   .attributes = le32(bytes, 38),
                   .start = le32(bytes, 42)};
  if (le16(bytes, 34) != 0) return unsupported("split over several files");
  TRY(check_comment(bytes.subspan(kCentralSize + name + extra, comment), member));
  TRY(widen_sizes(TRY(read_extra(bytes.subspan(kCentralSize + name, extra), member)), member));
  TRY(check_readable(member));
  TRY(check_kind(member));
  return member;
}

Error miscounted(const Directory& directory, std::string_view how) {
  return ambiguous("the end record counts " + std::to_string(directory.entries) +
                   " members, the central directory has " + std::string(how));
}

}  // namespace

Result<std::vector<std::byte>> read_exactly(const RandomAccess& zip, std::uint64_t offset,
                                            std::uint64_t count) {
  std::vector<std::byte> bytes(count);
  if (TRY(zip.read_at(offset, bytes)) != count) {
    return malformed("truncated", "zip: a header lies outside the file");
  }
  return bytes;
}

Result<Directory> find_directory(const RandomAccess& zip) {
  const std::uint64_t size = zip.size();
  const std::uint64_t tail_size = std::min<std::uint64_t>(size, kEndSize + kCommentMax);
  const auto tail = TRY(read_exactly(zip, size - tail_size, tail_size));
  const std::size_t at = TRY(find_end(tail));
  if (hides_something(Bytes(tail).subspan(at + kEndSize))) {
    return ambiguous("its comment holds an archive, or a part of one");
  }
  if (le16(tail, at + 4) != 0 || le16(tail, at + 6) != 0 ||
      le16(tail, at + 8) != le16(tail, at + 10)) {
    return unsupported("split over several files");
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
  return found;
}

Result<std::vector<ZipMember>> read_directory(const RandomAccess& zip,
                                              const Directory& directory, std::uint64_t most) {
  if (directory.size > kDirectoryMax) {
    return undecided("limit-members", "zip: the central directory is over 64 MiB");
  }
  const auto bytes = TRY(read_exactly(zip, directory.start(), directory.size));
  std::vector<ZipMember> members;
  for (Bytes rest = bytes; !rest.empty();) {
    if (members.size() == most) {
      return undecided("limit-members",
                       "zip: it has more members than " + std::to_string(most) + ", the limit");
    }
    if (members.size() == directory.entries) return miscounted(directory, "more");
    std::size_t whole = 0;
    members.push_back(TRY(read_member(rest, whole)));
    rest = rest.subspan(whole);
  }
  if (members.size() != directory.entries) {
    return miscounted(directory, std::to_string(members.size()));
  }
  return members;
}

}  // namespace assay::zip
