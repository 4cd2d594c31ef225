// disk_image: file systems, partition tables and images of disks. Their marks stand
// deep inside, and the short ones are taken for such only if the fields around fit.

#pragma once

#include <string_view>

#include "base/bytes.h"

namespace assay {

/// "ext", "fat", "iso" and the like; empty if these bytes are none.
std::string_view disk_image_type(Bytes whole);

}  // namespace assay
