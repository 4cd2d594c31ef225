// Programs packed by UPX, unpacked. Filters that move call targets are left as they are: no
// text or constant is touched by them. What cannot be unpacked is not passed over.

#include <algorithm>
#include <cmath>
#include <optional>

#include "bundle/lzma_raw.h"
#include "bundle/stream.h"
#include "scan/elf_image.h"
#include "scan/inspector.h"
#include "scan/nrv.h"
#include "scan/pe_image.h"

namespace assay {
namespace {

constexpr std::string_view kMark = "UPX!";
constexpr std::size_t kLargest = std::size_t{256} << 20;
constexpr std::size_t kRatioMax = 512;  ///< LZMA packs zeros tighter, and nobody ships them
constexpr std::size_t kNear = 1024;     ///< bytes in which the mark is looked for

Error packed(std::string_view by) {
  return undecided("packed-program",
                   "a program packed by " + std::string(by) + ", which cannot be unpacked");
}

/// Two bytes say what the five of an .lzma file do.
std::optional<std::string> unpack_short_lzma(Bytes block, std::size_t size) {
  if (block.size() < 3) return std::nullopt;
  const auto first = std::to_integer<unsigned>(block[0]);
  const auto second = std::to_integer<unsigned>(block[1]);
  std::string out(size, '\0');
  const LzmaProperties properties{
      .literal_context = second & 15U,
      .literal_position = second >> 4,
      .position = first & 7U,
      .dictionary = static_cast<std::uint32_t>(std::max<std::size_t>(size, 4096))};
  const auto left = unpack_lzma(properties, block.subspan(2),
                                std::as_writable_bytes(std::span(out.data(), out.size())));
  return left ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> unpack_block(unsigned method, Bytes block, std::size_t size) {
  if (size > kLargest || size / kRatioMax > block.size()) return std::nullopt;
  switch (method) {
    case 2: return unpack_nrv(Nrv::b, block, size);
    case 5: return unpack_nrv(Nrv::d, block, size);
    case 8: return unpack_nrv(Nrv::e, block, size);
    case 14: return unpack_short_lzma(block, size);
    default: return std::nullopt;
  }
}

/// A Linux program: blocks, each behind what it says of itself, from behind the headers on.
std::optional<std::string> unpack_elf(Bytes content, std::size_t at) {
  constexpr std::size_t kInfo = 12;
  std::string program;
  while (content.size() - at >= kInfo) {
    const std::uint32_t size = le32(content, at), length = le32(content, at + 4);
    const unsigned method = std::to_integer<unsigned>(content[at + 8]);
    at += kInfo;
    if (size == 0) break;  // the mark, where the loader begins
    if (length > content.size() - at || program.size() + size > kLargest) return std::nullopt;
    const Bytes block = content.subspan(at, length);
    at += length;
    if (length == size) {
      program += as_text(block);
      continue;
    }
    const auto plain = unpack_block(method, block, size);
    if (!plain) return std::nullopt;
    program += *plain;
  }
  return program.empty() ? std::nullopt : std::optional(std::move(program));
}

/// A Windows program: one block, behind a header that begins with the mark.
std::optional<std::string> unpack_pe(Bytes content, std::size_t mark) {
  constexpr std::size_t kHeader = 32;
  if (content.size() - mark < kHeader) return std::nullopt;
  const unsigned method = std::to_integer<unsigned>(content[mark + 6]);
  const std::uint32_t size = le32(content, mark + 16), length = le32(content, mark + 20);
  const Bytes rest = content.subspan(mark + kHeader);
  if (length > rest.size()) return std::nullopt;
  auto plain = unpack_block(method, rest.first(length), size);
  if (!plain) return std::nullopt;
  // Rules ask what kind of file it is. Its own headers speak of what was packed.
  std::string head(64, '\0');
  head.replace(0, 2, "MZ");
  return head + *plain;
}

/// Shannon's, of up to a mebibyte, in bits a byte.
double entropy(Bytes bytes) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  std::size_t counts[256] = {};
  const Bytes sample = bytes.first(std::min(bytes.size(), kMost));
  for (const std::byte b : sample) ++counts[std::to_integer<unsigned>(b)];
  double sum = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(sample.size());
    sum -= share * std::log2(share);
  }
  return sum;
}

/// The mark is easily wiped; then the shape tells: no sections, two or three segments to
/// load, and nothing in the file but packed bytes.
bool is_packed_shape(const ElfImage& image, Bytes content) {
  constexpr std::uint32_t kLoad = 1;
  constexpr std::size_t kSmallest = 8192;
  constexpr double kPacked = 7.5;
  if (image.claims_sections() || content.size() < kSmallest) return false;
  const auto loads = std::ranges::count(image.segments(), kLoad, &ElfSegment::type);
  return loads >= 1 && loads <= 3 && entropy(content) > kPacked;
}

Result<void> inspect_elf(Bytes content, std::vector<View>& views) {
  const auto image = ElfImage::read(content);
  if (!image || image->type() == ElfImage::relocatable) return {};
  // Behind the headers: four bytes, the mark, and twenty more of two headers.
  const bool wide = content[4] == std::byte{2};
  const std::size_t info = (wide ? 64 : 52) + image->segments().size() * (wide ? 56 : 32);
  const bool marked =
      content.size() >= info + 24 && as_text(content.subspan(info + 4, 4)) == kMark;
  if (!marked && !is_packed_shape(*image, content)) return {};
  if (content.size() < info + 24) return packed("an unknown packer");
  auto program = unpack_elf(content, info + 24);
  if (!program || !as_text(as_bytes(*program))
                       .starts_with("\x7f"
                                    "ELF")) {
    return packed(marked ? "UPX" : "an unknown packer");
  }
  views.push_back({.how = "UPX", .type = "elf", .offset = info, .owned = std::move(*program)});
  return {};
}

bool is_upx(const PeImage& image) {
  return image.sections().size() >= 2 &&
         std::ranges::any_of(image.sections(), [](const PeSection& section) {
           return section.name == "UPX0" || section.name == "UPX1" || section.name == kMark;
         });
}

Result<void> inspect_pe(Bytes content, std::vector<View>& views) {
  const auto image = PeImage::read(content);
  if (!image || image->sections().size() < 2) return {};
  // The header stands in front of the first bytes that are packed.
  const std::uint64_t data = image->sections()[1].offset;
  const std::size_t from = data < 64 ? 0 : data - 64;
  if (from >= content.size()) return is_upx(*image) ? packed("UPX") : Result<void>();
  const std::string_view near = as_text(content.subspan(from)).substr(0, kNear);
  const std::size_t mark = near.find(kMark);
  const bool empty_first = image->sections()[0].file_size == 0;
  if (mark == std::string_view::npos || !empty_first) {
    return is_upx(*image) && empty_first ? packed("UPX") : Result<void>();
  }
  auto program = unpack_pe(content, from + mark);
  if (!program) return packed("UPX");
  views.push_back(
      {.how = "UPX", .type = "upx-pe", .offset = from + mark, .owned = std::move(*program)});
  return {};
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type == "elf") return inspect_elf(content, views);
  if (member.type == "pe") return inspect_pe(content, views);
  return {};
}

}  // namespace

extern const Inspector upx_inspector;
constinit const Inspector upx_inspector = {"upx", inspect, true};

}  // namespace assay
