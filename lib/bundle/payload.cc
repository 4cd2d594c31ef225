#include "bundle/payload.h"

#include <algorithm>

#include "bundle/tar_header.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMagics[] = {
    "\xfd"
    "7zXZ\0"sv,
    "7z\xbc\xaf\x27\x1c"sv,
    "PK\x03\x04"sv,
    "\x28\xb5\x2f\xfd"sv,
    "Rar!\x1a\x07"sv,
    "MSCF\0\0\0\0"sv,
    "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv,
    "\x04\x22\x4d\x18"sv,
    "LZIP\x01"sv,
    "\x89LZO\x00\r\n\x1a\n"sv,
    "!<arch>\n"sv,
};
constexpr std::string_view kGzip = "\x1f\x8b\x08";
constexpr std::string_view kBzip2 = "BZh";
constexpr std::string_view kBzip2Block = "1AY&SY";
constexpr std::size_t kSeen = 16;  ///< enough for every magic but tar's

/// RFC 1952: three bytes of magic alone are found by chance; flags, level and
/// system are checked too.
bool is_gzip(std::string_view text) {
  if (!text.starts_with(kGzip) || text.size() < 10) return false;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  return at(3) < 0x20 && (at(8) == 0 || at(8) == 2 || at(8) == 4) &&
         (at(9) <= 13 || at(9) == 255);
}

bool is_bzip2(std::string_view text) {
  return text.starts_with(kBzip2) &&
         text.substr(std::min<std::size_t>(4, text.size())).starts_with(kBzip2Block);
}

bool begins(std::string_view text) {
  return std::ranges::any_of(kMagics,
                             [&](std::string_view magic) { return text.starts_with(magic); }) ||
         is_gzip(text) || is_bzip2(text);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' &&
         c != '\f' && c != '\v' && c != '\b' && c != '\x1b';
}

}  // namespace

bool begins_payload(Bytes bytes) {
  const std::string_view text = as_text(bytes);
  return begins(text) || text.starts_with("hsqs") || text.starts_with("070701") ||
         (bytes.size() >= kTarBlock && is_tar_header(bytes.first(kTarBlock)));
}

bool contains_payload(Bytes bytes) {
  const std::string_view text = as_text(bytes);
  const auto found = [&](std::string_view magic) {
    for (std::size_t at = text.find(magic); at != std::string_view::npos;
         at = text.find(magic, at + 1)) {
      if (begins(text.substr(at))) return true;
    }
    return false;
  };
  return found(kGzip) || found(kBzip2) || std::ranges::any_of(kMagics, found);
}

bool is_text_with_payload(Bytes whole) {
  const std::string_view text = as_text(whole);
  const auto* const binary = std::ranges::find_if(text, is_control);
  if (binary == text.end()) return false;
  // The first byte that is no text belongs to the payload's magic or soon follows it.
  const auto end = std::min(static_cast<std::size_t>(binary - text.begin()) + 1, text.size());
  for (std::size_t at = text.find('\n'); at < end; at = text.find('\n', at + 1)) {
    if (begins(text.substr(at + 1)) || is_tar_header(whole.subspan(at + 1))) return true;
  }
  return false;
}

}  // namespace assay
