// What a byte of a small archive is for, in the words of its format.

#pragma once

#include <string>
#include <string_view>

namespace assay::mutate {

/// "tar mtime", "zip directory disk", "content"; a format without fields of its own
/// is "packed".
std::string area_of(std::string_view archive, std::size_t at);

}  // namespace assay::mutate
