// glob: file-name patterns of trust store and policy.

#pragma once

#include <string_view>

namespace assay {

/// True if the whole of `name` matches. `*` is any run without '/', `?` one
/// byte but '/', everything else itself. Bytes are compared, not letters.
bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace assay
