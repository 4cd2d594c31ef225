// elf_overlay: what stands behind a Unix program (ELF, gABI 4.1).

#pragma once

#include "base/bytes.h"

namespace assay {

/// The bytes behind the last section, segment and header table, less zeros that fill
/// up a page. Empty if there are none or this is no ELF file of either byte order.
Bytes elf_overlay(Bytes whole);

}  // namespace assay
