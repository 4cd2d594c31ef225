#include "bundle/msi_name.h"

#include "bundle/unicode.h"

namespace assay {
namespace {

constexpr char16_t kPairs = 0x3800;   // two letters
constexpr char16_t kSingle = 0x4800;  // one
constexpr char16_t kTable = 0x4840;

char16_t letter(unsigned value) {
  constexpr std::u16string_view kLetters =
      u"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
  return kLetters[value % kLetters.size()];
}

}  // namespace

std::string msi_name(std::u16string_view raw) {
  std::string front;
  if (!raw.empty() && raw[0] < 0x20) {
    front = "[" + std::to_string(static_cast<unsigned>(raw[0])) + "]";
    raw.remove_prefix(1);
  } else if (!raw.empty() && raw[0] == kTable) {
    front = "!";
    raw.remove_prefix(1);
  }
  std::u16string name;
  for (const char16_t unit : raw) {
    const unsigned value = unit - kPairs;
    if (unit < kPairs || unit >= kTable) {
      name += unit;
    } else if (unit >= kSingle) {
      name += letter(unit - kSingle);
    } else {
      name += letter(value % 64);
      name += letter(value / 64);
    }
  }
  return front + utf8_of(name);
}

}  // namespace assay
