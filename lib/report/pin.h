// Keys that nobody pinned, as the entry that would pin them.

#pragma once

#include <string>

#include "model/evidence.h"

namespace assay {

/// For each key that signed the bundle and is unknown, up to three: its `[[key]]` for a
/// vendor file, and that having found it so proves nothing. Printable; empty if there is none.
std::string pin_text(const Evidence& evidence);

}  // namespace assay
