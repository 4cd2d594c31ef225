// payload: archives and compressed streams that stand behind something else: a
// program, a script, a certificate. Only magics long or strict enough to be told
// from chance.

#pragma once

#include "base/bytes.h"

namespace assay {

/// True if an archive, a compressed stream or a file system begins here.
bool begins_payload(Bytes bytes);

/// True if one begins anywhere in these bytes.
bool contains_payload(Bytes bytes);

/// True if text stands at the head and a payload right behind one of its line ends:
/// a self-extracting script, whatever interpreter its first line names.
bool is_text_with_payload(Bytes whole);

}  // namespace assay
