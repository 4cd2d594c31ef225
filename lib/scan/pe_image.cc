#include "scan/pe_image.h"

#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kNameMax = 512;
constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
constexpr std::size_t kSection = 40, kCoff = 24;
constexpr std::size_t kExports = 0, kImports = 1, kDelayedImports = 13;
constexpr std::uint32_t kFileAlignment = 512;  ///< the loader rounds section offsets down

}  // namespace

std::uint32_t PeImage::number(std::uint64_t at, std::size_t size) const {
  if (at > whole_.size() || size > whole_.size() - at) return 0;
  std::uint32_t value = 0;
  std::memcpy(&value, whole_.data() + at, size);
  return value;
}

std::optional<PeImage> PeImage::read(Bytes whole) {
  if (whole.size() < 64 || !as_text(whole).starts_with("MZ")) return std::nullopt;
  PeImage image;
  image.whole_ = whole;
  image.header_ = image.number(60, 4);
  if (image.header_ > whole.size() || whole.size() - image.header_ < kCoff) return std::nullopt;
  if (image.number(image.header_, 4) != 0x4550) return std::nullopt;
  image.optional_ = image.header_ + kCoff;
  image.optional_size_ = image.number(image.header_ + 20, 2);
  image.flags_ = image.number(image.header_ + 22, 2);
  image.wide_ = image.number(image.optional_, 2) == 0x20b;
  image.entry_ = image.number(image.optional_ + 16, 4);
  image.subsystem_ = image.number(image.optional_ + 68, 2);
  const std::uint32_t count = image.number(image.header_ + 6, 2);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = image.optional_ + image.optional_size_ + i * kSection;
    if (at > whole.size() || whole.size() - at < kSection) break;
    const std::string_view name = as_text(whole.subspan(at, 8));
    image.sections_.push_back({.name = name.substr(0, name.find('\0')),
                               .address = image.number(at + 12, 4),
                               .memory_size = image.number(at + 8, 4),
                               .offset = image.number(at + 20, 4),
                               .file_size = image.number(at + 16, 4),
                               .flags = image.number(at + 36, 4)});
  }
  return image;
}

PeImage::Directory PeImage::directory(std::size_t which) const {
  const std::uint64_t rows = optional_ + (wide_ ? 112 : 96);
  if (which >= number(rows - 4, 4)) return {};
  return {.address = number(rows + which * 8, 4), .size = number(rows + which * 8 + 4, 4)};
}

std::uint64_t PeImage::offset_of(std::uint32_t address) const {
  for (const PeSection& section : sections_) {
    if (!section.holds(address)) continue;
    const std::uint32_t within = address - section.address;
    if (within >= section.file_size) return kNowhere;
    return std::uint64_t{section.offset / kFileAlignment * kFileAlignment} + within;
  }
  // In front of all sections the headers are mapped as they stand.
  return address;
}

std::string_view PeImage::text_at(std::uint32_t address) const {
  const std::uint64_t at = offset_of(address);
  if (at >= whole_.size()) return {};
  const std::string_view rest = as_text(whole_.subspan(at)).substr(0, kNameMax);
  return rest.substr(0, rest.find('\0'));
}

Result<void> PeImage::thunks(std::uint32_t address, const Seen& seen,
                             std::size_t& budget) const {
  const std::size_t size = wide_ ? 8 : 4;
  for (std::uint64_t at = offset_of(address); at < whole_.size(); at += size) {
    const std::uint32_t low = number(at, 4), high = wide_ ? number(at + 4, 4) : low;
    if (low == 0 && (high == 0 || !wide_)) return {};
    if (budget-- == 0) return undecided("scan-incomplete", "a program with too many imports");
    const bool by_number = (high & 0x80000000U) != 0;
    if (by_number) continue;
    // A hint of two bytes, then the name.
    if (const std::string_view name = text_at(low + 2); !name.empty()) seen(name);
  }
  return {};
}

Result<void> PeImage::import_table(std::size_t table, const Seen& seen,
                                   std::size_t& budget) const {
  const bool delayed = table == kDelayedImports;
  const std::size_t row = delayed ? 32 : 20;
  const Directory place = directory(table);
  if (place.address == 0) return {};
  for (std::uint64_t at = offset_of(place.address);
       at < whole_.size() && whole_.size() - at >= row; at += row) {
    const std::uint32_t library = number(at + (delayed ? 4 : 12), 4);
    if (library == 0) return {};
    if (budget-- == 0) return undecided("scan-incomplete", "a program with too many imports");
    // The table of names; a program may leave it out, and its place holds them until then.
    const std::uint32_t names = number(at + (delayed ? 16 : 0), 4);
    TRY(thunks(names != 0 ? names : number(at + (delayed ? 12 : 16), 4), seen, budget));
  }
  return {};
}

Result<void> PeImage::imports(const Seen& seen) const {
  std::size_t budget = kImportsMax;
  TRY(import_table(kImports, seen, budget));
  return import_table(kDelayedImports, seen, budget);
}

void PeImage::exports(const Seen& seen) const {
  const Directory place = directory(kExports);
  const std::uint64_t at = place.address == 0 ? kNowhere : offset_of(place.address);
  if (at >= whole_.size()) return;
  const std::uint32_t count = number(at + 24, 4);
  const std::uint64_t names = offset_of(number(at + 32, 4));
  for (std::uint64_t i = 0; i < count && names + i * 4 < whole_.size(); ++i) {
    if (const auto name = text_at(number(names + i * 4, 4)); !name.empty()) seen(name);
  }
}

}  // namespace assay
