// elf_overlay: what stands behind a Unix program (ELF, gABI 4.1).

#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace assay {

/// The bytes behind the last section, segment and header table, less zeros that fill
/// up a page. Empty if there are none or this is no ELF file of either byte order.
Bytes elf_overlay(Bytes whole);

/// True if a file of `size` bytes has no such bytes, and its first ones say so: a table
/// they speak of is the last thing in it.
bool elf_fills_file(Bytes front, std::uint64_t size);

}  // namespace assay
