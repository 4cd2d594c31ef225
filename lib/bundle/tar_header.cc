#include "bundle/tar_header.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kNameSize = 100;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeSize = 12;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumSize = 8;
constexpr std::size_t kTypeAt = 156;
constexpr std::size_t kLinkAt = 157;
constexpr std::size_t kMagicAt = 257;
constexpr std::size_t kPrefixAt = 345;
constexpr std::size_t kPrefixSize = 155;
constexpr std::uint64_t kOctalMax = 077777777777;

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "tar: " + std::string(why));
}
Error ambiguous(std::string_view why) {
  return malformed("ambiguous-type", "tar: " + std::string(why));
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}
bool is_base_256(std::string_view field) {
  return (static_cast<unsigned char>(field[0]) & 0x80U) != 0;
}

/// The leading octal digits.
std::uint64_t octal(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is_octal(c)) break;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

/// Big-endian behind the mark; nothing if it is negative or has no room.
std::optional<std::uint64_t> base_256(std::string_view field) {
  if (field[0] != '\x80') return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : field.substr(1)) {
    if (value >> 55 != 0) return std::nullopt;
    value = value << 8 | static_cast<unsigned char>(c);
  }
  return value;
}

/// Whatever any program would read from a checksum field.
std::optional<std::uint64_t> stated_sum(std::string_view field) {
  if (is_base_256(field)) return base_256(field);
  const std::size_t first = field.find_first_not_of("\0 \t\n\v\f\r"sv);
  if (first == std::string_view::npos || !is_octal(field[first])) return std::nullopt;
  return octal(field.substr(first));
}

/// Old programs added up signed bytes.
bool has_checksum(Bytes block) {
  const auto stated = stated_sum(as_text(block.subspan(kChecksumAt, kChecksumSize)));
  if (!stated) return false;
  std::uint64_t sum = kChecksumSize * 0x20U;
  std::uint64_t high = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    if (i >= kChecksumAt && i < kChecksumAt + kChecksumSize) continue;
    const auto value = std::to_integer<std::uint64_t>(block[i]);
    sum += value;
    if (value > 127) high += 256;
  }
  return *stated == sum || *stated == sum - high;
}

/// Octal digits between blanks, ended by blanks or NUL; larger than they can say, base-256.
Result<std::uint64_t> read_size(std::string_view field) {
  if (is_base_256(field)) {
    const auto value = base_256(field);
    if (!value || *value <= kOctalMax) return ambiguous("a size is written in an odd way");
    return *value;
  }
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  const auto* const end = std::find_if_not(field.begin(), field.end(), is_octal);
  const auto digits = static_cast<std::size_t>(end - field.begin());
  if (field.find_first_not_of("\0 "sv, digits) != std::string_view::npos) {
    return ambiguous("a size is written in an odd way");
  }
  return octal(field);
}

std::string_view c_string(std::string_view field) {
  return field.substr(0, field.find('\0'));
}

/// ustar splits long names in two; GNU and v7 have something else, or nothing, there.
Result<std::string> read_name(std::string_view block) {
  const std::string_view name = c_string(block.substr(0, kNameSize));
  const std::string_view prefix_field = block.substr(kPrefixAt, kPrefixSize);
  const std::string_view magic = block.substr(kMagicAt, 8);
  const bool posix = magic.starts_with("ustar\0"sv);
  const bool known = posix || magic == "ustar  \0"sv || c_string(magic).empty();
  if (!known) return ambiguous("a header of no known kind");
  if (!posix && prefix_field.find_first_not_of('\0') != std::string_view::npos) {
    return ambiguous("a name's first part stands where not every program reads it");
  }
  const std::string_view prefix = c_string(prefix_field);
  if (prefix.empty()) return std::string(name);
  return std::string(prefix) + (prefix.ends_with('/') ? "" : "/") + std::string(name);
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

/// What may be said of all members at once without changing what they are.
bool is_harmless(std::string_view key) {
  constexpr std::string_view kKeys[] = {"comment", "mtime", "atime", "ctime",
                                        "uid",     "gid",   "uname", "gname"};
  return std::ranges::find(kKeys, key) != std::end(kKeys);
}

std::optional<Error> record_fault(std::string_view key, std::string_view value, bool global) {
  if (key.empty()) return corrupt("a pax record has no key");
  if (key.starts_with("GNU.sparse.") || key == "SUN.holesdata" || key == "SCHILY.realsize") {
    return undecided("unsupported-feature", "tar: a member is stored sparse");
  }
  const bool is_name = key == "path" || key == "linkpath";
  const bool refused =
      key.starts_with("GNU.") || key == "SCHILY.filetype" || (global && !is_harmless(key)) ||
      (key == "hdrcharset" && value != "BINARY" && value != "ISO-IR 10646 2000 UTF-8") ||
      (is_name && (value.empty() || value.find('\0') != value.npos));
  if (refused) {
    return ambiguous("not every program heeds the pax record '" + printable(key) + "'");
  }
  if (key == "size" && !decimal(value)) return corrupt("a pax size is no number");
  return std::nullopt;
}

}  // namespace

bool is_tar_header(Bytes block) {
  if (as_text(block.first(std::min(block.size(), kMagicAt + 5)))
          .substr(std::min(block.size(), kMagicAt)) == "ustar") {
    return true;
  }
  return block.size() >= kTarBlock && has_checksum(block.first(kTarBlock));
}

Result<TarHeader> read_tar_header(Bytes block) {
  if (!has_checksum(block)) return corrupt("a header's checksum does not fit");
  const std::string_view text = as_text(block);
  // Apart from the rest: a return from within a braced list leaks what stands before it.
  const std::uint64_t size = TRY(read_size(text.substr(kSizeAt, kSizeSize)));
  return TarHeader{.name = TRY(read_name(text)),
                   .link = std::string(c_string(text.substr(kLinkAt, kNameSize))),
                   .type = text[kTypeAt],
                   .size = size};
}

Result<PaxRecords> read_pax_records(std::string_view body, bool global) {
  PaxRecords records;
  while (!body.empty()) {
    const std::size_t blank = body.find(' ');
    const auto length = decimal(body.substr(0, std::min(blank, body.size())));
    // The number counts itself, the blank, "key=value" and the newline.
    if (!length || *length > body.size() || *length < blank + 3 || body[*length - 1] != '\n') {
      return corrupt("a pax record is malformed");
    }
    const std::string_view record = body.substr(blank + 1, *length - blank - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return corrupt("a pax record has no value");
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1);
    if (auto fault = record_fault(key, value, global)) return std::move(*fault);
    if (!records.emplace(key, value).second) {
      return ambiguous("the pax record '" + printable(key) + "' is given twice");
    }
    body.remove_prefix(*length);
  }
  return records;
}

}  // namespace assay
