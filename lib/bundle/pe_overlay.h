// pe_overlay: what stands behind a Windows program (PE/COFF, "attribute
// certificate table" and section table).

#pragma once

#include <vector>

#include "base/bytes.h"

namespace assay {

/// The bytes behind the last section; a certificate table at the end of the file
/// is left out. Empty if there are none or this is no PE image.
Bytes pe_overlay(Bytes whole);

/// The bytes of the certificate table that belong to no signature: signed programs
/// stay valid whatever stands there. Empty if there are none.
std::vector<std::byte> pe_certificate_slack(Bytes whole);

}  // namespace assay
