// Fields of a file that holds its own signature.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "trust/signature.h"

namespace assay {

/// So many bytes; fewer at the end of the file.
Result<std::string> bytes_at(const SignedFile& file, std::uint64_t offset, std::uint64_t size);

/// Little-endian; `at` + `size` must be inside, `size` at most 8.
std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size);

}  // namespace assay
