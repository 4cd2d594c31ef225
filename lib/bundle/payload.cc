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

/// A byte that text does not have: all below 20 but \b \t \n \v \f \r and ESC.
/// A number, for sums of it become vector code and those of bool do not.
unsigned char is_control(char c) {
  const auto value = static_cast<unsigned char>(c);
  const auto from_backspace = static_cast<unsigned char>(value - '\b');
  return static_cast<unsigned char>((value < 0x20) & (from_backspace > '\r' - '\b') &
                                    (value != 0x1b));
}

/// The place of the first one. Every text is read to its end here, so it goes by
/// blocks, which compile to vector code.
std::size_t find_control(std::string_view text) {
  constexpr std::size_t kBlock = 256;
  std::size_t at = 0;
  for (; at + kBlock <= text.size(); at += kBlock) {
    const char* const block = text.data() + at;
    unsigned char any = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      any = static_cast<unsigned char>(any | is_control(block[i]));
    }
    if (any != 0) break;
  }
  while (at < text.size() && is_control(text[at]) == 0) ++at;
  return at;
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
  const std::size_t binary = find_control(text);
  if (binary == text.size()) return false;
  // The first byte that is no text belongs to the payload's magic or soon follows it.
  const std::size_t end = binary + 1;
  for (std::size_t at = text.find('\n'); at < end; at = text.find('\n', at + 1)) {
    if (begins(text.substr(at + 1)) || is_tar_header(whole.subspan(at + 1))) return true;
  }
  return false;
}

}  // namespace assay
