// lzma_alone: the .lzma format, which has no magic: told by what its header may say
// and by whether the stream behind it decodes.

#pragma once

#include "base/bytes.h"

namespace assay {

/// True if some program would unpack these bytes as .lzma.
bool is_lzma_alone(Bytes whole);

}  // namespace assay
