#include "bundle/pe_overlay.h"

#include <algorithm>
#include <optional>

#include "bundle/stream.h"

namespace assay {
namespace {

constexpr std::size_t kCoffSize = 24;  // with the signature "PE\0\0"
constexpr std::size_t kSectionSize = 40;
constexpr std::size_t kCertificateHeader = 8;

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

/// Length of the DER value at the head, its own header included; 0 if it is none.
std::uint64_t der_size(Bytes bytes) {
  if (bytes.size() < 2 || bytes[0] != std::byte{0x30}) return 0;
  const auto first = std::to_integer<std::size_t>(bytes[1]);
  if (first < 0x80) return 2 + first;
  const std::size_t count = first & 0x7fU;
  if (count == 0 || count > 4 || bytes.size() < 2 + count) return 0;
  std::uint64_t size = 0;
  for (const std::byte b : bytes.subspan(2, count)) {
    size = size << 8 | std::to_integer<std::uint64_t>(b);
  }
  return 2 + count + size;
}

}  // namespace

std::vector<std::byte> pe_certificate_slack(Bytes whole) {
  const auto image = read_image(whole);
  if (!image || image->certificates_at >= whole.size()) return {};
  Bytes table = whole.subspan(image->certificates_at);
  table = table.first(std::min<std::uint64_t>(image->certificates_size, table.size()));
  std::vector<std::byte> slack;
  while (table.size() >= kCertificateHeader) {
    // WIN_CERTIFICATE: its length, a revision, a type, a PKCS#7 signature; then filled
    // up to eight bytes.
    const std::uint64_t stated = le32(table, 0);
    const std::uint64_t length =
        std::clamp<std::uint64_t>(stated, kCertificateHeader, table.size());
    const Bytes content = table.subspan(kCertificateHeader, length - kCertificateHeader);
    const Bytes rest =
        content.subspan(std::min<std::uint64_t>(der_size(content), content.size()));
    slack.insert(slack.end(), rest.begin(), rest.end());
    table = table.subspan(std::min<std::uint64_t>((length + 7) / 8 * 8, table.size()));
  }
  slack.insert(slack.end(), table.begin(), table.end());
  return slack;
}

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
