#include "bundle/zip_ledger.h"

#include <algorithm>
#include <array>

#include "bundle/stream.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

/// A kind of record (APPNOTE 6.3.10, 4.3): its fixed part, and where in it stand the
/// 16-bit lengths of what follows.
struct Kind {
  std::string_view magic;
  std::uint64_t size;
  std::array<std::size_t, 3> lengths_at;  ///< 0: none
};
constexpr Kind kKinds[] = {
    {"PK\x03\x04"sv, 30, {26, 28, 0}}, {"PK\x01\x02"sv, 46, {28, 30, 32}},
    {"PK\x06\x06"sv, 56, {0, 0, 0}},   {"PK\x06\x07"sv, 20, {0, 0, 0}},
    {"PK\x05\x06"sv, 22, {20, 0, 0}},
};
constexpr std::size_t kLargest = 56;
constexpr std::size_t kApkFooter = 24;  ///< the block's size once more, and its magic
constexpr std::string_view kApkMagic = "APK Sig Block 42";

/// The record at the head of these bytes, without a member's content; 0 if it is none.
std::uint64_t record_size(Bytes head) {
  for (const Kind& kind : kKinds) {
    if (!as_text(head).starts_with(kind.magic) || head.size() < kind.size) continue;
    std::uint64_t size = kind.size;
    for (const std::size_t at : kind.lengths_at) {
      if (at != 0) size += le16(head, at);
    }
    return size;
  }
  return 0;
}

/// The data descriptor (4.3.9) of the member whose content ends here; 0 if it has none.
std::uint64_t descriptor_size(Bytes head, const ZipMember& member) {
  constexpr unsigned kDescribed = 8;
  if ((member.flags & kDescribed) == 0) return 0;
  const std::size_t mark = as_text(head).starts_with("PK\x07\x08") ? 4 : 0;
  const Bytes fields = head.subspan(mark);
  if (fields.size() < 22 || le32(fields, 0) != member.crc) return 0;
  const bool narrow = le32(fields, 4) == member.packed && le32(fields, 8) == member.size;
  const bool wide = le64(fields, 4) == member.packed && le64(fields, 12) == member.size;
  // An empty member's fields fit both ways: what follows tells.
  const bool ends_there = as_text(fields).substr(12, 2) == "PK";
  if (narrow && (ends_there || !wide)) return mark + 12;
  return wide ? mark + 20 : 0;
}

/// An APK signing block: size, pairs, size again, magic; 0 if it is none.
Result<std::uint64_t> apk_block_size(const RandomAccess& zip, std::uint64_t at) {
  std::array<std::byte, 8> front{};
  std::array<std::byte, kApkFooter> back{};
  if (TRY(zip.read_at(at, front)) != front.size()) return std::uint64_t{0};
  const std::uint64_t size = le64(front, 0);
  if (size < kApkFooter || size > zip.size() - at - 8) return std::uint64_t{0};
  const std::uint64_t end = at + 8 + size;
  if (TRY(zip.read_at(end - back.size(), back)) != back.size()) return std::uint64_t{0};
  const bool fits = le64(back, 0) == size && as_text(back).substr(8) == kApkMagic;
  return fits ? end - at : std::uint64_t{0};
}

}  // namespace

Result<Ledger> count_zip(const RandomAccess& zip, std::span<const ZipMember> members) {
  Ledger ledger;
  std::uint64_t at = members.empty() ? 0 : members.front().start;
  ledger.member = at;
  std::array<std::byte, kLargest> buffer{};
  const auto head = [&]() -> Result<Bytes> {
    return Bytes(buffer).first(TRY(zip.read_at(at, buffer)));
  };
  const auto pass = [&](std::uint64_t count, std::uint64_t& counter) {
    at += count;
    counter += count;
  };
  for (const ZipMember& member : members) {
    if (member.start != at) return ledger;
    pass(record_size(TRY(head())), ledger.metadata);
    pass(member.packed, ledger.member);
    pass(descriptor_size(TRY(head()), member), ledger.metadata);
  }
  if (at < zip.size()) pass(TRY(apk_block_size(zip, at)), ledger.signature);
  // The directory and the records of its end.
  for (std::uint64_t size = record_size(TRY(head())); size > 0;
       size = record_size(TRY(head()))) {
    pass(size, ledger.metadata);
  }
  return ledger;
}

}  // namespace assay
