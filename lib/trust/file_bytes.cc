#include "trust/file_bytes.h"

#include <span>

namespace assay {

Result<std::string> bytes_at(const SignedFile& file, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  const std::span<char> chars(bytes);
  std::size_t have = 0;
  while (have < size) {
    const std::size_t n =
        TRY(file.read_at(offset + have, std::as_writable_bytes(chars.subspan(have))));
    if (n == 0) break;
    have += n;
  }
  bytes.resize(have);
  return bytes;
}

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

}  // namespace assay
