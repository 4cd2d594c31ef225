#include "bundle/pe_overlay.h"

#include <algorithm>
#include <optional>

#include "bundle/stream.h"

namespace assay {
namespace {

constexpr std::size_t kCoffSize = 24;  // with the signature "PE\0\0"
constexpr std::size_t kSectionSize = 40;

struct Image {
  std::uint64_t sections_end = 0;
  std::uint64_t certificates_at = 0;  ///< a file offset, 0 if there are none
  std::uint64_t certificates_size = 0;
};

/// The security directory's place, in a PE32 or PE32+ optional header.
void read_certificates(Bytes optional_header, Image& image) {
  if (optional_header.size() < 2) return;
  const std::size_t at = le16(optional_header, 0) == 0x20b ? 144 : 128;
  if (optional_header.size() < at + 8) return;
  image.certificates_at = le32(optional_header, at);
  image.certificates_size = le32(optional_header, at + 4);
}

std::optional<Image> read_image(Bytes whole) {
  if (whole.size() < 64 || as_text(whole.first(2)) != "MZ") return std::nullopt;
  const std::size_t coff = le32(whole, 60);
  if (coff > whole.size() || whole.size() - coff < kCoffSize) return std::nullopt;
  if (as_text(whole.subspan(coff, 4)) != std::string_view("PE\0\0", 4)) return std::nullopt;
  const std::size_t count = le16(whole, coff + 6);
  const std::size_t optional_size = le16(whole, coff + 20);
  const std::size_t table = coff + kCoffSize + optional_size;
  if (table + count * kSectionSize > whole.size()) return std::nullopt;
  Image image{.sections_end = table + count * kSectionSize};
  read_certificates(whole.subspan(coff + kCoffSize, optional_size), image);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t section = table + i * kSectionSize;
    const std::uint64_t size = le32(whole, section + 16);
    const std::uint64_t end = size == 0 ? 0 : le32(whole, section + 20) + size;
    image.sections_end = std::max(image.sections_end, end);
  }
  return image;
}

}  // namespace

Bytes pe_overlay(Bytes whole) {
  const auto image = read_image(whole);
  // A damaged program is all overlay: better looked through than passed over.
  if (!image) return whole.size() >= 2 && as_text(whole.first(2)) == "MZ" ? whole : Bytes{};
  std::uint64_t end = whole.size();
  const bool at_end = image->certificates_at >= image->sections_end &&
                      image->certificates_at + image->certificates_size == whole.size();
  if (at_end) end = image->certificates_at;
  if (image->sections_end >= end) return {};
  return whole.subspan(image->sections_end, end - image->sections_end);
}

}  // namespace assay
