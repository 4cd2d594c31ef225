// UTF-16 text, made plain: a whole file of it, or what a program holds of it. Of a program
// the head stays in front, for rules ask what kind of file it is.

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "scan/inspector.h"

namespace assay {
namespace {

constexpr std::size_t kShortest = 8;  ///< characters of a run in a program
constexpr std::size_t kHead = 1024;
constexpr std::size_t kProbe = 8;    ///< bytes looked at at once
constexpr std::size_t kStride = 64;  ///< bytes passed over at once, where none is 00

bool is_plain(std::byte c) {
  const auto value = std::to_integer<unsigned>(c);
  return (value >= 0x20 && value < 0x7f) || (value >= '\t' && value <= '\r');
}

/// Four characters of which the other bytes are 00, and none is 00.
bool is_wide(const std::byte* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if ((word & 0xff80ff80ff80ff80) != 0) return false;
  return ((word + 0x007f007f007f007f) & 0x0080008000800080) == 0x0080008000800080;
}

/// `at`, or the row of kStride bytes behind it where the next 00 stands.
std::size_t next_nul_row(Bytes content, std::size_t at) {
  const void* const nul = std::memchr(content.data() + at, 0, content.size() - at);
  if (nul == nullptr) return content.size();
  const auto place =
      static_cast<std::size_t>(static_cast<const std::byte*>(nul) - content.data());
  return std::max(at, place / kStride * kStride);
}

/// The text at `at`, a low byte's place, and past it.
std::string narrow(Bytes content, std::size_t& at) {
  std::string out;
  while (at + 1 < content.size() && content[at + 1] == std::byte{0} && is_plain(content[at])) {
    out += static_cast<char>(content[at]);
    at += 2;
  }
  return out;
}

/// A file that says in front that it is UTF-16; what is not ASCII becomes a `?`.
std::string narrow_file(Bytes content, bool big) {
  std::string out;
  out.reserve(content.size() / 2);
  for (std::size_t at = 2; at + 1 < content.size(); at += 2) {
    const std::byte low = content[big ? at + 1 : at], high = content[big ? at : at + 1];
    out += high == std::byte{0} ? static_cast<char>(low) : '?';
  }
  return out;
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  const std::string_view text = as_text(content);
  View view{.how = "UTF-16"};
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    view.owned = narrow_file(content, text[0] == '\xfe');
    view.type = type_of_hidden(as_bytes(view.owned));
    if (!view.owned.empty()) views.push_back(std::move(view));
    return {};
  }
  // Programs of Linux have little such text; large ones are not walked through for it.
  if (member.type == "elf" && content.size() > kLargestElf) return {};
  // No 00 stands in their first bytes.
  for (const std::string_view plain : {"text", "json", "script", "xml"}) {
    if (member.type == plain) return {};
  }
  std::string found;
  for (std::size_t at = 0; at + kProbe <= content.size(); at += kProbe) {
    if (at % kStride == 0) at = next_nul_row(content, at);
    if (at + kProbe > content.size()) break;
    std::size_t here = at;
    if (!is_wide(content.data() + here)) {
      if (at + 1 + kProbe > content.size() || !is_wide(content.data() + ++here)) continue;
    }
    while (here >= 2 && content[here - 1] == std::byte{0} && is_plain(content[here - 2]) &&
           here - 2 + kProbe > at) {
      here -= 2;
    }
    const std::size_t begin = here;
    const std::string run = narrow(content, here);
    if (run.size() < kShortest) continue;
    if (found.empty()) view.offset = begin;
    found += run + '\0';
    at = here / kProbe * kProbe;
  }
  if (found.empty()) return {};
  // A file that begins with such text is that text, mark or no mark.
  const bool is_file = view.offset == 0;
  // The head ends where the first such text begins: nothing is to be seen twice.
  if (!is_file) view.owned = text.substr(0, std::min<std::uint64_t>(kHead, view.offset));
  view.type = is_file ? type_of_hidden(as_bytes(found)) : member.type;
  view.owned += found;
  views.push_back(std::move(view));
  return {};
}

}  // namespace

extern const Inspector wide_text_inspector;
constinit const Inspector wide_text_inspector = {"wide text", inspect};

}  // namespace assay
