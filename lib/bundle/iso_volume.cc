#include "bundle/iso_volume.h"

#include <algorithm>

#include "bundle/stream.h"
#include "bundle/stream_index.h"

namespace assay::iso {
namespace {

constexpr std::uint64_t kFirst = 16 * kBlock;
constexpr std::size_t kDescriptorsMax = 16;
constexpr std::uint64_t kTableMax = std::uint64_t{16} << 20;
enum Type : unsigned { boot = 0, primary = 1, supplementary = 2, terminator = 255 };

/// ECMA-119 9.4: where a directory is, behind the length of its name.
Result<std::vector<std::uint64_t>> folders_in(Bytes table, bool big) {
  constexpr std::size_t kHead = 8;
  std::vector<std::uint64_t> folders;
  while (!table.empty()) {
    if (table.size() < kHead) return corrupt("a path table is cut off");
    const auto name = std::to_integer<std::size_t>(table[0]);
    const std::size_t size = kHead + name + name % 2;
    if (name == 0 || size > table.size() || table[1] != std::byte{0}) {
      return corrupt("a path table is cut off");
    }
    std::uint64_t block = le32(table, 2);
    if (big) {
      block = 0;
      for (const std::byte b : table.subspan(2, 4)) {
        block = block << 8U | std::to_integer<unsigned>(b);
      }
    }
    folders.push_back(block * kBlock);
    table = table.subspan(size);
  }
  std::ranges::sort(folders);
  return folders;
}

std::uint64_t big_endian(Bytes bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (const std::byte b : bytes.subspan(at, 4)) {
    value = value << 8U | std::to_integer<unsigned>(b);
  }
  return value;
}

/// Both kinds of path table must know the same directories.
Result<void> read_tables(Map& map, Bytes descriptor, Volume& volume) {
  const std::uint64_t size = TRY(both32(descriptor, 132));
  if (size > kTableMax) return unsupported("a path table that is too large");
  const std::uint64_t little = le32(descriptor, 140), big = big_endian(descriptor, 148);
  volume.folders = TRY(folders_in(TRY(map.take_metadata(little * kBlock, size)), false));
  const auto others = TRY(folders_in(TRY(map.take_metadata(big * kBlock, size)), true));
  if (others != volume.folders) {
    return malformed("ambiguous-type", "iso: its path tables do not agree");
  }
  for (const std::uint64_t copy :
       {std::uint64_t{le32(descriptor, 144)}, big_endian(descriptor, 152)}) {
    if (copy != 0) return unsupported("a second path table");
  }
  return {};
}

bool is_joliet(Bytes descriptor) {
  const std::string_view escape = as_text(descriptor.subspan(88, 32));
  return (escape.starts_with("%/@") || escape.starts_with("%/C") ||
          escape.starts_with("%/E")) &&
         is_zero(descriptor.subspan(91, 29));
}

Result<Volume> read_volume(Map& map, Bytes it) {
  const bool plain =
      TRY(both16(it, 120)) == 1 && TRY(both16(it, 124)) == 1 && TRY(both16(it, 128)) == kBlock;
  if (!plain) return unsupported("one of several discs, or blocks of another size");
  // Behind it 512 bytes are the application's own; 653 more are nobody's.
  if (it[882] != std::byte{0} || it[7] != std::byte{0} || !is_zero(it.subspan(1395))) {
    return corrupt("bytes stand in a descriptor where nothing does");
  }
  Volume volume{.is_joliet = std::to_integer<unsigned>(it[0]) == supplementary};
  volume.root = TRY(read_record(it.subspan(156, 34)));
  volume.root.system_use = {};
  TRY(read_tables(map, it, volume));
  return volume;
}

Result<std::uint64_t> read_boot_record(Bytes it) {
  constexpr std::string_view kTorito = "EL TORITO SPECIFICATION";
  const bool known = as_text(it.subspan(7)).starts_with(kTorito) &&
                     is_zero(it.subspan(7 + kTorito.size(), 41)) && is_zero(it.subspan(75));
  if (!known) return unsupported("a way to start from it that is not known");
  return le32(it, 71) * kBlock;
}

/// mkisofs and others write behind the descriptors which options they were given.
Result<void> read_version(Map& map, std::uint64_t at) {
  const auto block = TRY(map.read(at, kBlock));
  const std::string_view text = as_text(block);
  if (text.substr(1, 5) == "BEA01") return unsupported("a file system by UDF beside it");
  if (!text.starts_with("MKI ")) return {};
  const std::size_t end = std::min(text.find('\0'), text.size());
  if (end > kUnseenMax || !is_utf8(text.substr(0, end)) ||
      !is_zero(Bytes(block).subspan(end))) {
    return corrupt("bytes stand behind its descriptors");
  }
  return map.take_metadata(at, kBlock) ? Result<void>() : corrupt("it ends early");
}

}  // namespace

Result<Volumes> read_volumes(Map& map) {
  Volumes found;
  bool has_primary = false;
  for (std::size_t i = 0; i < kDescriptorsMax; ++i) {
    const auto bytes = TRY(map.take_metadata(kFirst + i * kBlock, kBlock));
    const Bytes it(bytes);
    const auto type = std::to_integer<unsigned>(it[0]);
    if (as_text(it.subspan(1, 5)) != "CD001" || it[6] != std::byte{1}) {
      return corrupt("its descriptors do not end");
    }
    if (type == terminator) {
      if (!is_zero(it.subspan(7))) return corrupt("bytes stand behind its descriptors");
      if (!has_primary) return corrupt("it has no primary volume");
      TRY(read_version(map, kFirst + (i + 1) * kBlock));
      return found;
    }
    if (type == primary && !has_primary) {
      has_primary = true;
      found.end = TRY(both32(it, 80)) * kBlock;
      found.primary = TRY(read_volume(map, it));
    } else if (type == supplementary && !found.joliet && is_joliet(it)) {
      found.joliet = TRY(read_volume(map, it));
    } else if (type == boot && !found.boot_catalog) {
      found.boot_catalog = TRY(read_boot_record(it));
    } else {
      return unsupported("a descriptor that is not known");
    }
  }
  return corrupt("its descriptors do not end");
}

Result<std::vector<std::pair<std::uint64_t, std::uint64_t>>> read_boot_images(
    const Map& map, std::uint64_t catalog) {
  constexpr std::size_t kEntry = 32, kSector = 512;
  const auto bytes = TRY(map.read(catalog, kBlock));
  std::vector<std::pair<std::uint64_t, std::uint64_t>> images;
  if (bytes[0] != std::byte{1})
    return corrupt("what it starts from is not told as it should be");
  for (std::size_t at = kEntry; at < kBlock; at += kEntry) {
    const Bytes it = Bytes(bytes).subspan(at, kEntry);
    const auto kind = std::to_integer<unsigned>(it[0]);
    const std::uint64_t place = le32(it, 8), sectors = le16(it, 6);
    const bool is_image = kind == 0x88 || (kind == 0 && at == kEntry);
    if (is_image && place != 0) images.emplace_back(place * kBlock, sectors * kSector);
  }
  return images;
}

}  // namespace assay::iso
