#include "scan/elf_image.h"

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kNameMax = 512;
constexpr std::uint32_t kNoBits = 8, kSymbols = 2, kDynamicSymbols = 11;
constexpr std::uint32_t kLoad = 1, kDynamic = 2, kInterpreter = 3;
constexpr std::uint64_t kHash = 4, kStrings = 5, kSymbolTable = 6, kStringsSize = 10,
                        kGnuHash = 0x6ffffef5;
constexpr unsigned kFunction = 2, kIndirectFunction = 10;

/// What is there of `size` bytes at `at`.
Bytes part(Bytes whole, std::uint64_t at, std::uint64_t size) {
  if (at >= whole.size()) return {};
  return whole.subspan(at, std::min<std::uint64_t>(size, whole.size() - at));
}

std::string_view text_at(Bytes strings, std::uint64_t at) {
  const std::string_view rest = as_text(part(strings, at, kNameMax));
  return rest.substr(0, rest.find('\0'));
}

}  // namespace

std::uint64_t ElfImage::number(Bytes bytes, std::uint64_t at, std::size_t size) const {
  if (at > bytes.size() || size > bytes.size() - at) return 0;
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, size);
  if (!big_) return value;
  return __builtin_bswap64(value) >> (64 - 8 * size);
}

std::optional<ElfImage> ElfImage::read(Bytes whole) {
  constexpr std::size_t kSmallest = 52;
  if (whole.size() < kSmallest || !as_text(whole).starts_with("\x7f"
                                                              "ELF")) {
    return std::nullopt;
  }
  ElfImage image;
  image.whole_ = whole;
  image.wide_ = whole[4] == std::byte{2};
  image.big_ = whole[5] == std::byte{2};
  image.type_ = static_cast<unsigned>(image.number(whole, 16, 2));
  image.machine_ = static_cast<unsigned>(image.number(whole, 18, 2));
  image.entry_ = image.number(whole, 24, image.wide_ ? 8 : 4);
  image.read_segments();
  image.read_sections();
  return image;
}

void ElfImage::read_segments() {
  const std::size_t word = wide_ ? 8 : 4;
  const std::uint64_t at = number(whole_, wide_ ? 32 : 28, word);
  const std::uint64_t size = number(whole_, wide_ ? 54 : 42, 2);
  const std::uint64_t count = number(whole_, wide_ ? 56 : 44, 2);
  if (at == 0 || size < (wide_ ? 56U : 32U)) return;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Bytes row = part(whole_, at + i * size, size);
    if (row.size() < size) return;
    segments_.push_back({.type = static_cast<std::uint32_t>(number(row, 0, 4)),
                         .flags = static_cast<std::uint32_t>(number(row, wide_ ? 4 : 24, 4)),
                         .address = number(row, wide_ ? 16 : 8, word),
                         .offset = number(row, wide_ ? 8 : 4, word),
                         .file_size = number(row, wide_ ? 32 : 16, word),
                         .memory_size = number(row, wide_ ? 40 : 20, word)});
  }
}

void ElfImage::read_sections() {
  const std::size_t word = wide_ ? 8 : 4;
  const std::uint64_t at = number(whole_, wide_ ? 40 : 32, word);
  const std::uint64_t size = number(whole_, wide_ ? 58 : 46, 2);
  std::uint64_t count = number(whole_, wide_ ? 60 : 48, 2);
  const std::uint64_t names = number(whole_, wide_ ? 62 : 50, 2);
  claims_sections_ = at != 0;
  if (at == 0 || size < (wide_ ? 64U : 40U)) return;
  // More than the field can count: the first section knows.
  if (count == 0) count = number(part(whole_, at, size), wide_ ? 32 : 20, word);
  std::vector<std::uint64_t> name_places;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Bytes row = part(whole_, at + i * size, size);
    if (row.size() < size) break;
    ElfSection section{.type = static_cast<std::uint32_t>(number(row, 4, 4)),
                       .link = static_cast<std::uint32_t>(number(row, wide_ ? 40 : 24, 4)),
                       .flags = number(row, 8, word),
                       .offset = number(row, wide_ ? 24 : 16, word)};
    if (section.type != kNoBits) {
      section.content = part(whole_, section.offset, number(row, wide_ ? 32 : 20, word));
    }
    name_places.push_back(number(row, 0, 4));
    sections_.push_back(section);
  }
  if (names >= sections_.size()) return;
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    sections_[i].name = text_at(sections_[names].content, name_places[i]);
  }
}

const ElfSection* ElfImage::section(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &ElfSection::name);
  return found == sections_.end() ? nullptr : &*found;
}

bool ElfImage::has_interpreter() const {
  return std::ranges::find(segments_, kInterpreter, &ElfSegment::type) != segments_.end();
}

void ElfImage::symbols(Bytes table, Bytes strings, const Seen& seen) const {
  const std::size_t size = wide_ ? 24 : 16;
  for (; table.size() >= size; table = table.subspan(size)) {
    const std::string_view name = text_at(strings, number(table, 0, 4));
    if (name.empty()) continue;
    const auto kind = static_cast<unsigned>(number(table, wide_ ? 4 : 12, 1)) & 15U;
    seen({.name = name,
          .is_defined = number(table, wide_ ? 6 : 14, 2) != 0,
          .is_function = kind == kFunction || kind == kIndirectFunction});
  }
}

void ElfImage::linked_symbols(const Seen& seen) const {
  for (const ElfSection& section : sections_) {
    if (section.type != kSymbols && section.type != kDynamicSymbols) continue;
    if (section.link >= sections_.size()) continue;
    symbols(section.content, sections_[section.link].content, seen);
  }
}

std::optional<std::uint64_t> ElfImage::offset_of(std::uint64_t address) const {
  for (const ElfSegment& segment : segments_) {
    if (segment.type != kLoad || address < segment.address) continue;
    const std::uint64_t within = address - segment.address;
    if (within < segment.file_size) return segment.offset + within;
  }
  return std::nullopt;
}

/// How many symbols the hash tables speak of; 0 when they do not say.
std::uint64_t ElfImage::symbols_hashed(std::uint64_t old_hash, std::uint64_t gnu_hash) const {
  std::uint64_t count = 0;
  if (const auto at = offset_of(old_hash); old_hash != 0 && at) {
    count = number(whole_, *at + 4, 4);  // nchain
  }
  const auto at = offset_of(gnu_hash);
  if (gnu_hash == 0 || !at) return count;
  const std::uint64_t buckets = number(whole_, *at, 4);
  const std::uint64_t first = number(whole_, *at + 4, 4);
  const std::uint64_t bloom = number(whole_, *at + 8, 4);
  const std::uint64_t buckets_at = *at + 16 + bloom * (wide_ ? 8 : 4);
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < buckets && buckets_at + 4 * i < whole_.size(); ++i) {
    last = std::max(last, number(whole_, buckets_at + 4 * i, 4));
  }
  if (last < first) return std::max(count, first);
  std::uint64_t chain = buckets_at + 4 * (buckets + (last - first));
  while (chain < whole_.size() && (number(whole_, chain, 4) & 1U) == 0) {
    chain += 4;
    ++last;
  }
  return std::max(count, last + 1);
}

/// By the section that stands for the table, else by what usually follows it.
std::uint64_t ElfImage::symbols_between(std::uint64_t table, std::uint64_t strings) const {
  const std::size_t size = wide_ ? 24 : 16;
  for (const ElfSection& section : sections_) {
    if (section.type == kDynamicSymbols && section.offset == table) {
      return section.content.size() / size;
    }
  }
  return strings > table ? (strings - table) / size : 0;
}

void ElfImage::dynamic_symbols(const Seen& seen) const {
  const auto segment = std::ranges::find(segments_, kDynamic, &ElfSegment::type);
  if (segment == segments_.end()) return;
  const std::size_t word = wide_ ? 8 : 4;
  std::uint64_t table = 0, strings = 0, strings_size = 0, hash = 0, gnu_hash = 0;
  for (Bytes rows = part(whole_, segment->offset, segment->file_size); rows.size() >= 2 * word;
       rows = rows.subspan(2 * word)) {
    const std::uint64_t value = number(rows, word, word);
    switch (number(rows, 0, word)) {
      case 0: rows = rows.first(0); break;
      case kHash: hash = value; break;
      case kStrings: strings = value; break;
      case kSymbolTable: table = value; break;
      case kStringsSize: strings_size = value; break;
      case kGnuHash: gnu_hash = value; break;
      default: break;
    }
    if (rows.empty()) break;
  }
  const auto table_at = offset_of(table), strings_at = offset_of(strings);
  if (!table_at || !strings_at) return;
  const std::uint64_t count =
      std::max(symbols_hashed(hash, gnu_hash), symbols_between(*table_at, *strings_at));
  const std::uint64_t room = whole_.size() / (wide_ ? 24 : 16);
  symbols(part(whole_, *table_at, std::min(count, room) * (wide_ ? 24 : 16)),
          part(whole_, *strings_at, strings_size), seen);
}

}  // namespace assay
