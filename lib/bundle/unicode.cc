#include "bundle/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace assay {
namespace {

struct Freed {
  void operator()(utf8proc_uint8_t* text) const noexcept { std::free(text); }
};

const utf8proc_uint8_t* as_utf8(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

struct Range {
  utf8proc_int32_t first;
  utf8proc_int32_t last;
};
constexpr Range kUnseen[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f},
};

bool is_unseen(utf8proc_int32_t point) {
  return std::ranges::any_of(
      kUnseen, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string caseless(std::string_view text) {
  std::string lower(text);
  if (is_ascii(text)) {
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
  }
  constexpr auto kForm =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                     UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  utf8proc_uint8_t* folded = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(as_utf8(text), static_cast<utf8proc_ssize_t>(text.size()), &folded, kForm);
  const std::unique_ptr<utf8proc_uint8_t, Freed> owner(folded);
  if (length < 0) return lower;
  return {reinterpret_cast<const char*>(folded), static_cast<std::size_t>(length)};
}

char16_t capital_of(char16_t unit) {
  const utf8proc_int32_t capital = utf8proc_toupper(unit);
  return capital <= 0xffff ? static_cast<char16_t>(capital) : unit;
}

std::string utf8_of(std::u16string_view text) {
  std::string out;
  const auto add = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t point = text[i];
    const bool pair =
        (point & 0xfc00U) == 0xd800 && i + 1 < text.size() && (text[i + 1] & 0xfc00U) == 0xdc00;
    if (pair) point = 0x10000 + ((point & 0x3ffU) << 10U) + (text[++i] & 0x3ffU);
    if (point < 0x80) {
      add(point);
      continue;
    }
    if (point >= 0x10000) {
      add(0xf0 | point >> 18U);
      add(0x80 | (point >> 12U & 0x3fU));
    } else if (point >= 0x800) {
      add(0xe0 | point >> 12U);
    }
    add(point >= 0x800 ? 0x80 | (point >> 6U & 0x3fU) : 0xc0 | point >> 6U);
    add(0x80 | (point & 0x3fU));
  }
  return out;
}

bool has_unseen(std::string_view text) {
  while (!text.empty()) {
    utf8proc_int32_t point = -1;
    const utf8proc_ssize_t length =
        utf8proc_iterate(as_utf8(text), static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (length <= 0) return true;
    if (is_unseen(point)) return true;
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return false;
}

}  // namespace assay
