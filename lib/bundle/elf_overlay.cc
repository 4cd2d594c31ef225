#include "bundle/elf_overlay.h"

#include <algorithm>
#include <optional>

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kPage = 65536;
constexpr std::uint64_t kNoBits = 8;  // SHT_NOBITS takes no room in the file

/// The places of fields, which differ between the 32- and the 64-bit form.
struct Layout {
  std::size_t header_size;
  std::size_t word;         ///< bytes of an offset or size
  std::size_t segments_at;  ///< e_phoff
  std::size_t sections_at;  ///< e_shoff
  std::size_t counts_at;    ///< e_phentsize, e_phnum, e_shentsize, e_shnum
  std::size_t segment_offset;
  std::size_t segment_size;
  std::size_t section_offset;
  std::size_t section_size;
};
constexpr Layout k32 = {52, 4, 28, 32, 42, 4, 16, 16, 20};
constexpr Layout k64 = {64, 8, 32, 40, 54, 8, 32, 24, 32};

class Elf {
 public:
  /// Of `size` bytes those in front are at hand.
  Elf(Bytes front, std::uint64_t size, const Layout& layout, bool big)
      : front_(front), size_(size), layout_(layout), big_(big) {}

  /// Where the last thing a header speaks of ends; beyond the file if one is damaged.
  std::uint64_t end() {
    add(0, layout_.header_size);
    const std::uint64_t segments = word(layout_.segments_at);
    const std::uint64_t sections = word(layout_.sections_at);
    const std::uint64_t segment_size = field(layout_.counts_at, 2);
    const std::uint64_t section_size = field(layout_.counts_at + 4, 2);
    std::uint64_t section_count = field(layout_.counts_at + 6, 2);
    // More than the field can count: the first section knows.
    if (section_count == 0 && sections != 0)
      section_count = word(sections + layout_.section_size);
    add_table(segments, field(layout_.counts_at + 2, 2), segment_size, true);
    add_table(sections, section_count, section_size, false);
    return end_;
  }

 private:
  std::uint64_t field(std::uint64_t at, std::size_t size) const {
    if (at > front_.size() || size > front_.size() - at) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t place = at + (big_ ? i : size - 1 - i);
      value = value << 8 | std::to_integer<std::uint64_t>(front_[place]);
    }
    return value;
  }
  std::uint64_t word(std::uint64_t at) const { return field(at, layout_.word); }

  /// What reaches beyond the file says nothing about where the program ends in it.
  void add(std::uint64_t offset, std::uint64_t size) {
    if (offset <= size_ && size <= size_ - offset) {
      end_ = std::max(end_, offset + size);
    }
  }

  void add_table(std::uint64_t at, std::uint64_t count, std::uint64_t size, bool segments) {
    if (at == 0 || size == 0 || count > size_ / size) return;
    add(at, count * size);
    for (std::uint64_t i = 0; i < count && at <= size_; ++i, at += size) {
      if (segments) {
        add(word(at + layout_.segment_offset), word(at + layout_.segment_size));
      } else if (field(at + 4, 4) != kNoBits) {
        add(word(at + layout_.section_offset), word(at + layout_.section_size));
      }
    }
  }

  Bytes front_;
  std::uint64_t size_;
  const Layout& layout_;
  bool big_;
  std::uint64_t end_ = 0;
};

}  // namespace

namespace {

/// Where the program ends as far as its front says; 0 if this is no ELF file.
std::uint64_t elf_end(Bytes front, std::uint64_t size) {
  constexpr auto kMagic =
      "\x7f"
      "ELF"sv;
  if (front.size() < k32.header_size || !as_text(front).starts_with(kMagic)) return 0;
  const bool wide = front[4] == std::byte{2};
  const bool big = front[5] == std::byte{2};
  return Elf(front, size, wide ? k64 : k32, big).end();
}

}  // namespace

Bytes elf_overlay(Bytes whole) {
  const std::uint64_t end = elf_end(whole, whole.size());
  if (end == 0 || end >= whole.size()) return {};
  const Bytes rest = whole.subspan(end);
  const std::size_t first = as_text(rest).find_first_not_of('\0');
  if (first == std::string_view::npos) return {};
  return rest.subspan(first < kPage ? first : 0);
}

bool elf_fills_file(Bytes front, std::uint64_t size) {
  return size > 0 && elf_end(front, size) >= size;
}

}  // namespace assay
