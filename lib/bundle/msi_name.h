// How Windows Installer names streams: two letters packed into one UTF-16 unit, and tables
// told from other streams by a unit in front.

#pragma once

#include <string>
#include <string_view>

namespace assay {

/// The name as people know it, in UTF-8: "Binary.Helper", "!_StringPool" for a table. A
/// control character in front, as in names of property sets, is told as "[5]".
std::string msi_name(std::u16string_view raw);

}  // namespace assay
