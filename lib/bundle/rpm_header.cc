#include "bundle/rpm_header.h"

#include <algorithm>
#include <string>

#include "bundle/stream_index.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMagic = "\x8e\xad\xe8\x01\0\0\0\0"sv;
constexpr std::size_t kRow = 16;
constexpr std::uint32_t kEntriesMax = 65535;
constexpr std::uint32_t kStoreMax = std::uint32_t{64} << 20;

enum Type : std::uint32_t {
  kChar = 1,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kString,
  kBinary,
  kStrings,
  kTranslated,
};

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "rpm: " + std::string(why));
}

std::uint64_t big_endian(Bytes bytes) {
  std::uint64_t value = 0;
  for (const std::byte b : bytes) value = value << 8 | std::to_integer<std::uint64_t>(b);
  return value;
}
std::uint32_t be32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(big_endian(bytes.subspan(at, 4)));
}

/// Bytes of one element, which also is how it is aligned; 1 for text.
std::size_t width_of(std::uint32_t type) {
  switch (type) {
    case kInt16: return 2;
    case kInt32: return 4;
    case kInt64: return 8;
    default: return 1;
  }
}

}  // namespace

Result<RpmHeader::Lengths> RpmHeader::read_intro(Bytes intro) {
  if (!as_text(intro).starts_with(kMagic)) return corrupt("a header has no magic");
  const Lengths lengths{.entries = be32(intro, 8), .store = be32(intro, 12)};
  if (lengths.entries == 0) return corrupt("a header is empty");
  if (lengths.entries > kEntriesMax || lengths.store > kStoreMax) {
    return undecided("unsupported-feature", "rpm: a header over 64 MiB or 65535 entries");
  }
  return lengths;
}

Result<RpmHeader> RpmHeader::parse(std::vector<std::byte> body, Lengths lengths,
                                   std::uint32_t region) {
  RpmHeader header;
  header.body_ = std::move(body);
  header.store_at_ = kRow * lengths.entries;
  TRY(header.read_region(region));
  for (std::size_t i = 1; i < lengths.entries; ++i) {
    TRY(header.read_entry(Bytes(header.body_).subspan(kRow * i, kRow)));
  }
  TRY(header.check_places());
  return header;
}

/// The first entry names the end of the store, where a copy of it counts back over the
/// whole index: what a digest or signature of the region covers is everything.
Result<void> RpmHeader::read_region(std::uint32_t tag) {
  const Bytes row = Bytes(body_).first(kRow);
  if (be32(row, 0) != tag) {
    return undecided("unsupported-feature",
                     "rpm: a header without a region, as of before 2000");
  }
  if (be32(row, 4) != kBinary || be32(row, 12) != kRow || store().size() < kRow ||
      be32(row, 8) != store().size() - kRow) {
    return corrupt("a header's region is malformed");
  }
  const Bytes end = store().last(kRow);
  const std::uint32_t back = ~static_cast<std::uint32_t>(store_at_) + 1;
  if (be32(end, 0) != tag || be32(end, 4) != kBinary || be32(end, 8) != back ||
      be32(end, 12) != kRow) {
    return corrupt("a header's region does not cover it");
  }
  entries_[tag] = {
      .type = kBinary, .count = kRow, .offset = store().size() - kRow, .size = kRow};
  return {};
}

Result<void> RpmHeader::read_entry(Bytes row) {
  Entry entry{.type = be32(row, 4), .count = be32(row, 12), .offset = be32(row, 8)};
  if (entry.type < kChar || entry.type > kTranslated || entry.count == 0) {
    return corrupt("a tag has no value");
  }
  if (entry.offset >= store().size() || entry.offset % width_of(entry.type) != 0) {
    return corrupt("a tag's value stands where it must not");
  }
  entry.size = TRY(size_of(entry));
  if (!entries_.emplace(be32(row, 0), entry).second) {
    return malformed("ambiguous-type",
                     "rpm: the tag " + std::to_string(be32(row, 0)) + " comes twice");
  }
  return {};
}

Result<std::size_t> RpmHeader::size_of(const Entry& entry) const {
  const Bytes rest = store().subspan(entry.offset);
  const bool text =
      entry.type == kString || entry.type == kStrings || entry.type == kTranslated;
  if (!text) {
    const std::uint64_t size = std::uint64_t{entry.count} * width_of(entry.type);
    if (size > rest.size()) return corrupt("a tag's value reaches beyond its header");
    return std::size_t{size};
  }
  if (entry.type == kString && entry.count != 1) return corrupt("a text is counted");
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < entry.count; ++i) {
    const std::size_t end = as_text(rest).find('\0', size);
    if (end == std::string_view::npos) return corrupt("a tag's text has no end");
    size = end + 1;
  }
  return size;
}

/// One value after the other; what aligns them is zero.
Result<void> RpmHeader::check_places() const {
  std::vector<const Entry*> order;
  order.reserve(entries_.size());
  for (const auto& tagged : entries_) order.push_back(&tagged.second);
  std::ranges::sort(order, {}, &Entry::offset);
  std::size_t at = 0;
  for (const Entry* entry : order) {
    if (entry->offset < at) {
      return malformed("ambiguous-type", "rpm: the values of two tags overlap");
    }
    const Bytes gap = store().subspan(at, entry->offset - at);
    if (gap.size() >= width_of(entry->type) || !is_zero(gap)) {
      return malformed("unaccounted-bytes", "rpm: " + std::to_string(gap.size()) +
                                                " bytes at " + std::to_string(at) +
                                                " of a header's values belong to no tag");
    }
    at = entry->offset + entry->size;
  }
  return {};
}

std::vector<std::uint32_t> RpmHeader::tags() const {
  std::vector<std::uint32_t> tags;
  for (const auto& tagged : entries_) tags.push_back(tagged.first);
  return tags;
}

Bytes RpmHeader::value(std::uint32_t tag) const {
  const auto found = entries_.find(tag);
  if (found == entries_.end()) return {};
  return store().subspan(found->second.offset, found->second.size);
}

std::vector<std::string_view> RpmHeader::texts(std::uint32_t tag) const {
  const auto found = entries_.find(tag);
  std::vector<std::string_view> texts;
  if (found == entries_.end() || found->second.type < kString ||
      found->second.type == kBinary) {
    return texts;
  }
  for (std::string_view rest = as_text(value(tag)); !rest.empty();) {
    const std::size_t end = rest.find('\0');
    texts.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return texts;
}

std::vector<std::uint64_t> RpmHeader::numbers(std::uint32_t tag) const {
  const auto found = entries_.find(tag);
  std::vector<std::uint64_t> numbers;
  if (found == entries_.end() || found->second.type < kInt16 || found->second.type > kInt64) {
    return numbers;
  }
  const std::size_t width = width_of(found->second.type);
  for (Bytes rest = value(tag); !rest.empty(); rest = rest.subspan(width)) {
    numbers.push_back(big_endian(rest.first(width)));
  }
  return numbers;
}

std::optional<std::uint64_t> RpmHeader::number(std::uint32_t tag) const {
  const auto found = entries_.find(tag);
  if (found == entries_.end() || found->second.count != 1 ||
      (found->second.type != kInt32 && found->second.type != kInt64)) {
    return std::nullopt;
  }
  return big_endian(value(tag));
}

}  // namespace assay
