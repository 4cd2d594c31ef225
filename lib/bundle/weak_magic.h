// weak_magic: containers and compressed streams whose magic is so short that chance
// writes it; what stands behind must fit too, a checksum where there is one.

#pragma once

#include <string_view>

#include "base/bytes.h"

namespace assay {

/// "arj", "zlib", "encrypted" and the like; empty if these bytes are none.
std::string_view weak_magic_type(Bytes whole);

/// True if an OpenPGP message begins here (RFC 9580 section 4): encrypted or compressed
/// content. Keys and signatures are data.
bool is_openpgp_message(Bytes whole);

}  // namespace assay
