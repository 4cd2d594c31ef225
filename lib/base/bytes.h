// Bytes and their spellings: hex, base64, and text that came from a bundle.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lower-case hex, two digits a byte.
std::string to_hex(Bytes bytes);
/// Accepts both cases; nothing if a character is no hex digit or the count is odd.
std::optional<std::vector<std::byte>> from_hex(std::string_view text);

/// Standard base64 with padding (RFC 4648 section 4).
std::string to_base64(Bytes bytes);
/// Strict: standard alphabet, padded, no white space, zero trailing bits.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

/// Bytes that came from a bundle, made safe for a terminal: printable ASCII
/// stays, a backslash is doubled, everything else becomes \xNN, and so does
/// one character of what a CI runner would take for an order to it. Every text
/// of a bundle passes through here, and only here, before a person sees it.
std::string printable(std::string_view untrusted);

/// The bytes that printable() made this text of; nothing for any other text.
std::optional<std::string> unprinted(std::string_view shown);

/// True if the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong form).
bool is_utf8(std::string_view text);

}  // namespace assay
