// pe_overlay: what stands behind a Windows program (PE/COFF, "attribute
// certificate table" and section table).

#pragma once

#include "base/bytes.h"

namespace assay {

/// The bytes behind the last section; a certificate table at the end of the file
/// is left out. Empty if there are none or this is no PE image.
Bytes pe_overlay(Bytes whole);

}  // namespace assay
