// ZipIndex: the central directory of a zip, held against the local headers
// before anything is unpacked (APPNOTE 6.3.10, 4.3). Programs differ in which of
// the two they believe; a zip where it matters is refused.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bundle/format.h"

namespace assay {

/// One member as both of its headers state it.
struct ZipMember {
  std::string name{};  ///< raw bytes
  std::uint16_t made_by = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::uint32_t attributes = 0;  ///< DOS's below, Unix's mode above
  std::uint64_t start = 0;       ///< of the local header
  bool encrypted() const { return (flags & 1U) != 0; }
  bool is_link() const { return (attributes >> 28) == 10; }
};

/// The members by place in the file. Fails if the end record is not the end of
/// the file, counts or headers disagree, or bytes belong to no member or to two.
/// A file that does not begin as a zip may hold anything before its first member.
Result<std::vector<ZipMember>> read_zip_index(const RandomAccess& zip,
                                              const Limits& limits = {});

/// True if some program opens these bytes, a file that is no container, as a zip: an
/// end record near the end, with a directory before it or where it says.
bool ends_as_zip(Bytes whole);

/// The same for a container of `size` bytes, by its last 128 KiB. A zip may be its
/// last member, so only an end record counts whose comment reaches the very end.
bool container_ends_as_zip(Bytes tail, std::uint64_t size);

}  // namespace assay
