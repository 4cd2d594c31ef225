#include "bundle/tar_header.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "bundle/format.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kNameSize = 100;
constexpr std::size_t kModeAt = 100;
constexpr std::size_t kModeSize = 8;
constexpr std::size_t kUserIdAt = 108;
constexpr std::size_t kGroupIdAt = 116;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeSize = 12;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumSize = 8;
constexpr std::size_t kTypeAt = 156;
constexpr std::size_t kLinkAt = 157;
constexpr std::size_t kMagicAt = 257;
constexpr std::size_t kOwnerAt = 265;
constexpr std::size_t kGroupAt = 297;
constexpr std::size_t kOwnerSize = 32;
constexpr std::size_t kDeviceAt = 329;
constexpr std::size_t kPrefixAt = 345;
constexpr std::size_t kPrefixSize = 155;

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

/// Octal digits between blanks, ended by blanks or NUL.
std::optional<std::uint64_t> read_octal(std::string_view field) {
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  const auto* const end = std::find_if_not(field.begin(), field.end(), is_octal);
  const auto digits = static_cast<std::size_t>(end - field.begin());
  if (field.find_first_not_of("\0 "sv, digits) != std::string_view::npos) return std::nullopt;
  return octal(field);
}

/// Whatever any program would read from a checksum field: digits behind blanks, ended by
/// a blank, NUL or the field. A few digits are soon found by chance, so where no program
/// would write so few the size must be a number too.
std::optional<std::uint64_t> stated_sum(std::string_view field, std::string_view size) {
  constexpr std::string_view kBlank = "\0 \t\n\v\f\r"sv;
  constexpr std::size_t kWritten = 4;
  if (is_base_256(field)) return base_256(field);
  field.remove_prefix(std::min(field.find_first_not_of(kBlank), field.size()));
  const std::size_t digits = std::min(field.find_first_not_of("01234567"sv), field.size());
  const bool ended = digits == field.size() || kBlank.find(field[digits]) != kBlank.npos;
  if (digits == 0 || !ended) return std::nullopt;
  if (digits < kWritten && !is_base_256(size) && !read_octal(size)) return std::nullopt;
  return octal(field);
}

/// Old programs added up signed bytes.
bool has_checksum(Bytes block) {
  const std::string_view text = as_text(block);
  const auto stated =
      stated_sum(text.substr(kChecksumAt, kChecksumSize), text.substr(kSizeAt, kSizeSize));
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

/// Larger than octal digits can say, it is base-256.
Result<std::uint64_t> read_size(std::string_view field) {
  const auto value = is_base_256(field) ? base_256(field) : read_octal(field);
  if (!value || (is_base_256(field) && *value <= kTarOctalMax)) {
    return ambiguous("a size is written in an odd way");
  }
  return *value;
}

Result<std::uint32_t> read_mode(std::string_view field) {
  const auto value = read_octal(field);
  if (!value) return ambiguous("a mode is written in an odd way");
  return static_cast<std::uint32_t>(*value & 07777U);
}

std::string_view c_string(std::string_view field) {
  return field.substr(0, field.find('\0'));
}

/// A name's field, which holds nothing behind its end.
Result<std::string_view> read_text(std::string_view field) {
  const std::string_view text = c_string(field);
  if (field.find_first_not_of('\0', text.size()) == std::string_view::npos) return text;
  return ambiguous("bytes stand behind the end of a name");
}

bool holds_only(std::string_view field, std::string_view allowed) {
  return field.find_first_not_of(allowed) == std::string_view::npos;
}

/// ustar splits long names in two; GNU and v7 have something else, or nothing, there.
Result<std::string> read_name(std::string_view block) {
  const std::string_view name = TRY(read_text(block.substr(0, kNameSize)));
  const std::string_view magic = block.substr(kMagicAt, 8);
  const bool posix = magic ==
                     "ustar\0"
                     "00"sv;
  const bool v7 = magic == std::string_view("\0\0\0\0\0\0\0\0", 8);
  if (!posix && !v7 && magic != "ustar  \0"sv) return ambiguous("a header of no known kind");
  const std::string_view rest = block.substr(posix ? kPrefixAt + kPrefixSize : kPrefixAt);
  const std::string_view owners = block.substr(kOwnerAt, kDeviceAt - kOwnerAt);
  const std::string_view device = block.substr(kDeviceAt, kPrefixAt - kDeviceAt);
  // GNU tar writes a v7 header with a device, which is none.
  if (!holds_only(rest, "\0"sv) ||
      (v7 && !(holds_only(owners, "\0"sv) && holds_only(device,
                                                        "\0"
                                                        "0 "sv)))) {
    return ambiguous("something stands in a header where not every program reads it");
  }
  TRY(read_text(block.substr(kOwnerAt, kOwnerSize)));
  TRY(read_text(block.substr(kGroupAt, kOwnerSize)));
  if (!posix) return std::string(name);
  const std::string_view prefix = TRY(read_text(block.substr(kPrefixAt, kPrefixSize)));
  if (prefix.empty()) return std::string(name);
  if (prefix.ends_with('/') || name.empty()) return ambiguous("a name is split in an odd way");
  return std::string(prefix) + "/" + std::string(name);
}

/// Owner and group: no program agrees with another on what is negative or wider.
Result<void> check_owner(std::string_view field) {
  constexpr std::uint64_t kOwnerMax = 0x7fffffff;
  const auto value = is_base_256(field) ? base_256(field) : read_octal(field);
  if (!value || *value > kOwnerMax) return ambiguous("an owner is no number");
  return {};
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

/// Seconds, and a fraction of one.
bool is_time(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  return decimal(text.substr(0, point)) &&
         fraction.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What the standard's own keys may say. An empty value takes back what a global header
/// said, for some programs.
std::optional<Error> value_fault(std::string_view key, std::string_view value) {
  constexpr std::string_view kNumbers[] = {"size", "uid", "gid"};
  constexpr std::string_view kTimes[] = {"mtime", "atime", "ctime"};
  constexpr std::string_view kTexts[] = {"path", "linkpath", "uname", "gname"};
  const auto is_one_of = [&](const auto& keys) {
    return std::ranges::find(keys, key) != std::end(keys);
  };
  if (is_one_of(kNumbers) && (!decimal(value) || *decimal(value) >> 63 != 0)) {
    return corrupt("the pax record '" + printable(key) + "' is no number");
  }
  if (is_one_of(kTimes) && !is_time(value)) {
    return corrupt("the pax record '" + printable(key) + "' is no time");
  }
  if (is_one_of(kTexts) && (value.empty() || value.find('\0') != value.npos)) {
    return ambiguous("not every program heeds the pax record '" + printable(key) + "'");
  }
  if (value.size() > kUnseenMax && key != "path" && key != "linkpath") {
    return malformed("unaccounted-bytes", "tar: " + std::to_string(value.size()) +
                                              " bytes in the pax record '" + printable(key) +
                                              "'");
  }
  return std::nullopt;
}

std::optional<Error> record_fault(std::string_view key, std::string_view value, bool global) {
  if (key.empty()) return corrupt("a pax record has no key");
  if (key.starts_with("GNU.sparse.") || key == "SUN.holesdata" || key == "SCHILY.realsize") {
    return undecided("unsupported-feature", "tar: a member is stored sparse");
  }
  const bool refused =
      key.starts_with("GNU.") || key == "SCHILY.filetype" || (global && !is_harmless(key)) ||
      (key == "hdrcharset" && value != "BINARY" && value != "ISO-IR 10646 2000 UTF-8");
  if (refused) {
    return ambiguous("not every program heeds the pax record '" + printable(key) + "'");
  }
  return value_fault(key, value);
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
  if (text[kTypeAt] == 'S') {  // whose header has a map where others have names
    return undecided("unsupported-feature", "tar: a member is stored sparse");
  }
  TRY(check_owner(text.substr(kUserIdAt, kModeSize)));
  TRY(check_owner(text.substr(kGroupIdAt, kModeSize)));
  // Apart from the rest: a return from within a braced list leaks what stands before it.
  std::string name = TRY(read_name(text));
  const std::string_view link = TRY(read_text(text.substr(kLinkAt, kNameSize)));
  const auto mode = TRY(read_mode(text.substr(kModeAt, kModeSize)));
  const std::uint64_t size = TRY(read_size(text.substr(kSizeAt, kSizeSize)));
  return TarHeader{.name = std::move(name),
                   .link = std::string(link),
                   .type = text[kTypeAt],
                   .mode = mode,
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
