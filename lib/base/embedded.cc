#include "base/embedded.h"

namespace assay {

std::string unswap(std::span<const unsigned char> swapped) {
  std::string text;
  text.reserve(swapped.size());
  for (const unsigned char byte : swapped) {
    text += static_cast<char>(static_cast<unsigned char>(byte << 4 | byte >> 4));
  }
  return text;
}

}  // namespace assay
