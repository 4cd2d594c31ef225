#include "scan/prepared.h"

#include <cstdint>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kKeySize = 32;
using Length = std::uint64_t;

}  // namespace

std::string_view find_part(PreparedParts prepared, std::string_view key) {
  while (prepared.size() >= kKeySize + sizeof(Length)) {
    Length length = 0;
    std::memcpy(&length, prepared.data() + kKeySize, sizeof length);
    const std::string_view rest = prepared.substr(kKeySize + sizeof length);
    if (length > rest.size()) break;
    if (prepared.substr(0, kKeySize) == key) return rest.substr(0, length);
    prepared = rest.substr(length);
  }
  return {};
}

std::string prepared_part(std::string_view key, std::string_view bytes) {
  const Length length = bytes.size();
  std::string part(key);
  part.append(reinterpret_cast<const char*>(&length), sizeof length);
  part += bytes;
  return part;
}

}  // namespace assay
