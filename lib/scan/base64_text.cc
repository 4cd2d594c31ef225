// Runs of base64 (RFC 4648 sections 4 and 5), decoded. A run is found by looking at every
// 40th byte, so that what has none costs next to nothing.

#include <algorithm>
#include <array>
#include <cstdint>

#include "scan/inspector.h"

namespace assay {
namespace {

constexpr std::size_t kShortest = 40;
constexpr std::size_t kOwnView = 4096;  ///< shorter text is joined with the rest
constexpr std::uint8_t kNone = 255;

constexpr std::array<std::uint8_t, 256> values() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNone);
  for (std::uint8_t i = 0; i < 26; ++i) {
    table['A' + i] = i;
    table['a' + i] = static_cast<std::uint8_t>(26 + i);
  }
  for (std::uint8_t i = 0; i < 10; ++i) table['0' + i] = static_cast<std::uint8_t>(52 + i);
  table['+'] = table['-'] = 62;
  table['/'] = table['_'] = 63;
  return table;
}
constexpr std::array<std::uint8_t, 256> kValues = values();

std::uint8_t value_of(char c) {
  return kValues[static_cast<unsigned char>(c)];
}

/// Past the line break at `at`, and blanks behind it; `at` when there is none.
std::size_t past_break(std::string_view text, std::size_t at) {
  std::size_t next = at;
  if (next < text.size() && text[next] == '\r') ++next;
  if (next >= text.size() || text[next] != '\n') return at;
  ++next;
  while (next < text.size() && (text[next] == ' ' || text[next] == '\t')) ++next;
  return next;
}

std::size_t run_end(std::string_view text, std::size_t at) {
  while (at < text.size() && value_of(text[at]) != kNone) ++at;
  return at;
}

bool is_end_word(std::string_view line) {
  constexpr std::size_t kLongest = 12;
  return line.size() <= kLongest && line.size() % 4 != 0 &&
         std::ranges::all_of(line, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

/// Words of one case are no base64, and neither is a row of one character.
bool looks_encoded(std::string_view run) {
  bool upper = false, lower = false, other = false;
  for (const char c : run) {
    if (upper && lower && other) break;
    upper |= c >= 'A' && c <= 'Z';
    lower |= c >= 'a' && c <= 'z';
    other |= !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z');
  }
  return upper && lower && (other || run.size() >= 64);
}

std::string decode(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::uint8_t value = value_of(c);
    if (value == kNone) continue;  // a line break
    bits = bits << 6 | value;
    if (++count % 4 != 0) continue;
    out[size] = static_cast<char>(bits >> 16);
    out[size + 1] = static_cast<char>(bits >> 8);
    out[size + 2] = static_cast<char>(bits);
    size += 3;
  }
  if (count % 4 == 2) out[size++] = static_cast<char>(bits >> 4);
  if (count % 4 == 3) {
    out[size++] = static_cast<char>(bits >> 10);
    out[size++] = static_cast<char>(bits >> 2);
  }
  out.resize(size);
  return out;
}

bool stands_alone(const std::string& type, std::size_t size) {
  return size >= kOwnView || (type != "script" && type != "text" && type != "data");
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  // A large program of Linux is walked through for what costs least only.
  if (member.type == "elf" && content.size() > kLargestElf) return {};
  const std::string_view text = as_text(content);
  View joined{.how = "base64", .type = member.type};
  std::size_t done = 0;
  for (std::size_t at = kShortest - 1; at < text.size(); at += kShortest) {
    if (value_of(text[at]) == kNone) continue;
    std::size_t begin = at;
    while (begin > done && value_of(text[begin - 1]) != kNone) --begin;
    std::size_t end = run_end(text, at);
    if (end - begin < kShortest) continue;
    std::size_t count = end - begin;
    for (std::size_t next = past_break(text, end); next != end; next = past_break(text, end)) {
      const std::size_t line = run_end(text, next);
      // A word behind the last line, such as that which ends a here-document, is none of it.
      if (line == next) break;
      if (count % 4 == 0 && is_end_word(text.substr(next, line - next))) break;
      count += line - next;
      end = line;
    }
    done = at = end;
    if (!looks_encoded(text.substr(begin, end - begin))) continue;
    std::string plain = decode(text.substr(begin, end - begin));
    std::string type = type_of_hidden(as_bytes(plain));
    if (plain.starts_with("#!") ||
        (stands_alone(type, plain.size()) && views.size() < kViewsMax)) {
      // Text in a script is a script's.
      views.push_back({.how = "base64",
                       .type = std::move(type),
                       .offset = begin,
                       .owned = std::move(plain)});
      continue;
    }
    if (joined.owned.empty()) joined.offset = begin;
    joined.owned += plain + '\n';
  }
  if (!joined.owned.empty()) views.push_back(std::move(joined));
  return {};
}

}  // namespace

extern const Inspector base64_text_inspector;
constinit const Inspector base64_text_inspector = {"base64", inspect};

}  // namespace assay
