// tar_header: one header block of a tar, and the records of a pax header, read so
// strictly that no two unpackers can read them differently (POSIX.1-2017 pax,
// ustar, GNU and v7).

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace assay {

constexpr std::size_t kTarBlock = 512;
/// The largest size that eleven octal digits can say.
constexpr std::uint64_t kTarOctalMax = 077777777777;

struct TarHeader {
  std::string name{};  ///< with the ustar prefix
  std::string link{};
  char type = '0';
  std::uint32_t mode = 0;  ///< permission bits
  std::uint64_t size = 0;
};

/// True if some unpacker takes this block for a tar header: by the magic, or by a
/// checksum in any of the forms programs accept (signed sum, base-256, led by
/// blanks, tabs or NUL).
bool is_tar_header(Bytes block);

/// Fails as corrupt-stream if the block is no header, as ambiguous-type where
/// programs would read it differently.
Result<TarHeader> read_tar_header(Bytes block);

using PaxRecords = std::map<std::string, std::string, std::less<>>;

/// The records of an extended header, `global` or for the next member only. Fails
/// if one is malformed, given twice, too long to be what it is called, or says of a
/// member what not every unpacker heeds: another kind, holes, nothing at all, or a
/// name and size for all members at once.
Result<PaxRecords> read_pax_records(std::string_view body, bool global);

}  // namespace assay
