#include "bundle/weak_magic.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <vector>

#include "bundle/inflate.h"
#include "bundle/stream.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

unsigned byte_at(Bytes bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes[at]);
}

std::uint32_t crc32_of(Bytes bytes) {
  return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::uint32_t be32(Bytes bytes, std::size_t at) {
  return byte_at(bytes, at) << 24 | byte_at(bytes, at + 1) << 16 | byte_at(bytes, at + 2) << 8 |
         byte_at(bytes, at + 3);
}

/// ARJ: the header's CRC-32 follows it.
bool is_arj(Bytes whole) {
  if (whole.size() < 4 || le16(whole, 0) != 0xea60) return false;
  const std::size_t size = le16(whole, 2);
  if (size == 0 || size > 2600 || whole.size() < 8 + size) return false;
  return crc32_of(whole.subspan(4, size)) == le32(whole, 4 + size);
}

/// ARC: a method, a name that ends, and where the member ends the next mark.
bool is_arc(Bytes whole) {
  constexpr std::size_t kHeader = 29;
  if (whole.size() < kHeader + 2 || byte_at(whole, 0) != 0x1a) return false;
  const unsigned method = byte_at(whole, 1);
  const std::string_view name = as_text(whole.subspan(2, 13));
  const std::size_t end = name.find('\0');
  const bool named =
      end != std::string_view::npos && end > 0 &&
      std::ranges::all_of(name.substr(0, end), [](char c) { return c > 0x20 && c < 0x7f; });
  const std::size_t next = kHeader + std::size_t{le32(whole, 15)};
  return named && method >= 2 && method <= 11 && next < whole.size() &&
         byte_at(whole, next) == 0x1a;
}

/// LHA and its kin: "-lh5-" behind the header's size and sum.
bool is_lha(Bytes whole) {
  if (whole.size() < 21 || byte_at(whole, 2) != '-' || byte_at(whole, 6) != '-') return false;
  const std::string_view family = as_text(whole.subspan(3, 2));
  return (family == "lh" || family == "lz" || family == "pm") && byte_at(whole, 20) <= 3;
}

/// compress(1): bits of a code, two reserved ones zero.
bool is_compress(Bytes whole) {
  if (whole.size() < 3 || !as_text(whole).starts_with("\x1f\x9d")) return false;
  const unsigned bits = byte_at(whole, 2) & 0x1fU;
  return (byte_at(whole, 2) & 0x60U) == 0 && bits >= 9 && bits <= 16;
}

/// pack(1): the size of the content, then up to 24 levels of a tree with leaves.
bool is_pack(Bytes whole) {
  if (whole.size() < 12 || !as_text(whole).starts_with("\x1f\x1e")) return false;
  const unsigned levels = byte_at(whole, 6);
  return be32(whole, 2) < (1U << 30) && levels >= 1 && levels <= 24 && byte_at(whole, 7) <= 2;
}

/// Electron's asar: sizes inside each other, then the table as JSON.
bool is_asar(Bytes whole) {
  if (whole.size() < 24 || le32(whole, 0) != 4) return false;
  return le32(whole, 4) == std::uint64_t{le32(whole, 8)} + 4 &&
         as_text(whole.subspan(16)).starts_with("{\"files\"");
}

/// U-Boot's uImage: the header's CRC-32, counted with itself zero.
bool is_uimage(Bytes whole) {
  constexpr std::size_t kHeader = 64;
  if (whole.size() < kHeader || be32(whole, 0) != 0x27051956) return false;
  std::vector<std::byte> header(whole.begin(), whole.begin() + kHeader);
  std::fill_n(header.begin() + 4, 4, std::byte{0});
  return crc32_of(header) == be32(whole, 4);
}

/// A flattened image tree holds kernels and more; a plain device tree is data.
bool is_image_tree(Bytes whole) {
  const std::string_view text = as_text(whole);
  return text.starts_with("\xd0\x0d\xfe\xed") &&
         text.find("\0\0\0\x01images\0"sv) != std::string_view::npos;
}

bool is_stuffit(std::string_view text) {
  return text.starts_with("StuffIt (c)1997") ||
         (text.starts_with("SIT!") && text.substr(0, 14).ends_with("rLau"));
}

}  // namespace

std::string_view weak_magic_type(Bytes whole) {
  if (is_arj(whole)) return "arj";
  if (is_arc(whole)) return "arc";
  if (is_lha(whole)) return "lha";
  if (is_compress(whole)) return "compress";
  if (is_pack(whole)) return "pack";
  if (is_asar(whole)) return "asar";
  if (is_uimage(whole)) return "uimage";
  if (is_image_tree(whole)) return "image-tree";
  if (is_stuffit(as_text(whole))) return "stuffit";
  if (is_zlib(whole)) return "zlib";
  return is_openpgp_message(whole) ? "encrypted" : std::string_view();
}

}  // namespace assay
