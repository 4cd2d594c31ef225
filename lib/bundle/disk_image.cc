#include "bundle/disk_image.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <bit>

#include "bundle/stream.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

struct Mark {
  std::string_view bytes;
  std::size_t at;
  std::string_view type;
};

// Long enough, or far enough inside, to be told from chance.
constexpr Mark kMarks[] = {
    {"EFI PART"sv, 512, "disk-image"},
    {"LABELONE"sv, 512, "lvm"},
    {"\xe2\xe1\xf5\xe0"sv, 1024, "erofs"},
    {"\x10\x20\xf5\xf2"sv, 1024, "f2fs"},
    {"H+\0\x04"sv, 1024, "hfs"},
    {"HX\0\x05"sv, 1024, "hfs"},
    {"JFS1\x01\0\0\0"sv, 32768, "jfs"},
    {"CD001"sv, 32769, "iso"},
    {"BEA01"sv, 32769, "udf"},
    {"ReIsEr"sv, 65588, "reiserfs"},
    {"_BHRfS_M"sv, 65600, "btrfs"},
    {"Compressed ROMFS"sv, 16, "cramfs"},
};

unsigned byte_at(Bytes bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes[at]);
}

/// ext2 to ext4: two bytes of magic, so the superblock's other fields must fit too.
bool is_ext(Bytes whole) {
  constexpr std::size_t kSuper = 1024;
  if (whole.size() < 2 * kSuper || le16(whole, kSuper + 56) != 0xef53) return false;
  const bool counts = le32(whole, kSuper) != 0 && le32(whole, kSuper + 4) != 0;
  return counts && le32(whole, kSuper + 24) <= 6 && le16(whole, kSuper + 58) <= 7 &&
         le16(whole, kSuper + 60) <= 3 && le32(whole, kSuper + 76) <= 1;
}

/// Bytes of a sector, as FAT's and NTFS's boot sectors say; 0 if they say nonsense.
std::size_t boot_sector_size(Bytes whole) {
  if (whole.size() < 1024 || (byte_at(whole, 0) != 0xeb && byte_at(whole, 0) != 0xe9)) return 0;
  const std::size_t size = le16(whole, 11);
  return size >= 512 && size <= 4096 && std::has_single_bit(size) ? size : 0;
}

/// The first entry of the table repeats the media byte and is all ones behind it; boot
/// sectors alone, which loaders carry as data, have no table.
bool is_fat(Bytes whole) {
  const std::size_t sector = boot_sector_size(whole);
  if (sector == 0 || !std::has_single_bit(byte_at(whole, 13))) return false;
  const std::size_t table = sector * le16(whole, 14);
  const unsigned tables = byte_at(whole, 16);
  const unsigned media = byte_at(whole, 21);
  if (table == 0 || tables == 0 || tables > 2 || media < 0xf0) return false;
  return table + 3 <= whole.size() && byte_at(whole, table) == media &&
         byte_at(whole, table + 1) == 0xff && (byte_at(whole, table + 2) & 0x0fU) == 0x0f;
}

std::string_view boot_sector_type(Bytes whole) {
  if (is_fat(whole)) return "fat";
  if (whole.size() < 1024) return {};
  const std::string_view name = as_text(whole.subspan(3, 8));
  if (name == "EXFAT   ") return "exfat";
  if (name == "NTFS    " && boot_sector_size(whole) != 0) return "ntfs";
  if (name == "-FVE-FS-") return "bitlocker";
  return {};
}

/// A partition table whose partitions begin inside the file. Kernels have its mark too.
bool is_partitioned(Bytes whole) {
  if (whole.size() < 1024 || le16(whole, 510) != 0xaa55) return false;
  if (as_text(whole.subspan(514, 4)) == "HdrS") return false;
  std::size_t used = 0;
  for (std::size_t at = 446; at < 510; at += 16) {
    const unsigned status = byte_at(whole, at);
    if (status != 0 && status != 0x80) return false;
    const std::uint64_t first = le32(whole, at + 8);
    if (byte_at(whole, at + 4) == 0) continue;
    if (first == 0 || first * 512 >= whole.size() || le32(whole, at + 12) == 0) return false;
    ++used;
  }
  return used > 0;
}

/// A node's header has a checksum: CRC-32 without the inversions of gzip's.
bool is_jffs2(Bytes whole) {
  if (whole.size() < 12) return false;
  const std::string_view text = as_text(whole);
  const bool little = text.starts_with("\x85\x19");
  if (!little && !text.starts_with("\x19\x85")) return false;
  const std::uint32_t crc =
      ~crc32_gzip_refl(0xffff'ffff, reinterpret_cast<const unsigned char*>(whole.data()), 8);
  std::array<unsigned, 4> bytes = {crc & 0xffU, crc >> 8 & 0xffU, crc >> 16 & 0xffU, crc >> 24};
  if (!little) std::ranges::reverse(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (byte_at(whole, 8 + i) != bytes[i]) return false;
  }
  return true;
}

/// XFS: the block size is a power of two, high byte first.
bool is_xfs(Bytes whole) {
  if (whole.size() < 512 || !as_text(whole).starts_with("XFSB\0\0"sv)) return false;
  return std::has_single_bit(byte_at(whole, 6) << 8 | byte_at(whole, 7));
}

}  // namespace

std::string_view disk_image_type(Bytes whole) {
  const std::string_view text = as_text(whole);
  for (const Mark& mark : kMarks) {
    if (text.size() >= mark.at && text.substr(mark.at).starts_with(mark.bytes)) {
      return mark.type;
    }
  }
  if (is_ext(whole)) return "ext";
  if (const std::string_view type = boot_sector_type(whole); !type.empty()) return type;
  if (is_jffs2(whole)) return "jffs2";
  if (is_xfs(whole)) return "xfs";
  if (text.size() >= 512) {
    const std::string_view end = text.substr(text.size() - 512);
    if (end.starts_with("conectix")) return "vhd";
    if (end.starts_with("koly")) return "dmg";
  }
  return is_partitioned(whole) ? "disk-image" : std::string_view();
}

}  // namespace assay
