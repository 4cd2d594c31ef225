// PreparedParts: what was made of the shipped rules when the program was built, because it
// takes long: parts one behind the other, each a key of 32 bytes, its length, its bytes. A
// key is a digest of all a part depends on, so a part that fits no more is not found.

#pragma once

#include <string>
#include <string_view>

namespace assay {

using PreparedParts = std::string_view;

/// The bytes under `key`, which are never empty; empty when there are none.
std::string_view find_part(PreparedParts prepared, std::string_view key);

/// The part as it stands among others.
std::string prepared_part(std::string_view key, std::string_view bytes);

}  // namespace assay
