#include "base/embedded.h"

#include <cstdint>
#include <cstring>

namespace assay {

std::string unswap(std::span<const unsigned char> swapped) {
  std::string text(swapped.size(), '\0');
  std::size_t i = 0;
  // Eight at a time: it is done at every start.
  constexpr std::uint64_t kLow = 0x0f0f0f0f0f0f0f0f;
  for (std::uint64_t word = 0; i + sizeof word <= text.size(); i += sizeof word) {
    std::memcpy(&word, swapped.data() + i, sizeof word);
    word = (word & kLow) << 4 | (word >> 4 & kLow);
    std::memcpy(text.data() + i, &word, sizeof word);
  }
  for (; i < text.size(); ++i) {
    text[i] = static_cast<char>(static_cast<unsigned char>(swapped[i] << 4 | swapped[i] >> 4));
  }
  return text;
}

}  // namespace assay
