#include "base/bytes.h"

#include <array>
#include <cstdint>

namespace assay {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of one hex digit, or -1.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// CI runners take lines that begin with "::", and "##[" or "##vso[" anywhere, for orders.
bool begins_command(std::string_view before, char c) {
  if (c == '#') return before.ends_with('#');
  return c == ':' && before.ends_with(':') &&
         before.find_first_not_of(' ') == before.size() - 1;
}

}  // namespace

std::string to_hex(Bytes bytes) {
  std::string text(bytes.size() * 2, '\0');
  char* at = text.data();
  for (const std::byte b : bytes) {
    const auto value = std::to_integer<unsigned>(b);
    *at++ = kHexDigits[value >> 4];
    *at++ = kHexDigits[value & 15];
  }
  return text;
}

std::optional<std::vector<std::byte>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high << 4 | low));
  }
  return bytes;
}

std::string to_base64(Bytes bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  char* out = text.data();
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3, out += 4) {
    const std::uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    out[0] = kBase64Digits[group >> 18];
    out[1] = kBase64Digits[group >> 12 & 63];
    out[2] = kBase64Digits[group >> 6 & 63];
    out[3] = kBase64Digits[group & 63];
  }
  if (at == bytes.size()) return text;
  const std::uint32_t second = at + 1 < bytes.size() ? byte(at + 1) : 0;
  out[0] = kBase64Digits[byte(at) >> 2];
  out[1] = kBase64Digits[(byte(at) << 4 | second >> 4) & 63];
  if (at + 1 < bytes.size()) out[2] = kBase64Digits[second << 2 & 63];
  return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t value = kBase64Digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> held & 0xffU));
    }
  }
  // One encoding per value: what the last digit carries beyond the bytes is zero.
  if (held != 2 * padding || (bits & ((1U << held) - 1U)) != 0) return std::nullopt;
  return bytes;
}

std::string printable(std::string_view untrusted) {
  std::string text;
  text.reserve(untrusted.size());
  for (const char c : untrusted) {
    const auto value = static_cast<unsigned char>(c);
    if (c == '\\') {
      text += "\\\\";
    } else if (value >= 0x20 && value < 0x7f && !begins_command(text, c)) {
      text += c;
    } else {
      text += "\\x";
      text += kHexDigits[value >> 4];
      text += kHexDigits[value & 15];
    }
  }
  return text;
}

std::optional<std::string> unprinted(std::string_view shown) {
  std::string bytes;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i] != '\\') {
      bytes += shown[i];
    } else if (shown.substr(i, 2) == "\\\\") {
      bytes += shown[++i];
    } else {
      const auto byte =
          shown.substr(i, 2) == "\\x" ? from_hex(shown.substr(i + 2, 2)) : std::nullopt;
      if (!byte || byte->size() != 1) return std::nullopt;
      bytes += as_text(*byte);
      i += 3;
    }
  }
  // One spelling, as everywhere.
  return printable(bytes) == shown ? std::optional(bytes) : std::nullopt;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || length > text.size() - i) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xc0U) != 0x80U) return false;
      point = point << 6 | (next & 0x3fU);
    }
    constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kSmallest[length] || point > 0x10ffff) return false;
    if (point >= 0xd800 && point < 0xe000) return false;
    i += length;
  }
  return true;
}

}  // namespace assay
