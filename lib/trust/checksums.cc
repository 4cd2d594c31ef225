// Checksum lists: the output of sha256sum and its kin. Four grammars, one a
// file; a line that is none of its grammar spoils the list.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "trust/lists.h"
#include "trust/manifest.h"

namespace assay {
namespace {

struct Tag {
  std::string_view name;       ///< as --tag writes it
  std::string_view algorithm;  ///< as ManifestEntry has it
  std::size_t digits;
};

constexpr Tag kTags[] = {
    {"SHA256", "sha256", 64},
    {"SHA512", "sha512", 128},
    {"SHA384", "sha384", 96},
    {"BLAKE2b", "blake2b", 128},
    {"SHA224", "sha224", 56},
    {"SHA1", "sha1", 40},
    {"MD5", "md5", 32},
    {"BLAKE2b-256", "blake2b-256", 64},
    {"SHA512-256", "sha512-256", 64},
    {"SHA3-256", "sha3-256", 64},
    {"SHA3-512", "sha3-512", 128},
    {"SM3", "sm3", 64},
};

Error bad_line(std::size_t number, std::string_view what) {
  return malformed("list-malformed", fmt::format("line {}: {}", number, what));
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::size_t hex_run(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_hex) - text.begin());
}

/// Where a list's name can tell its algorithm: "tool-sha512.tgz.sha256" is of SHA-256.
std::string telling_part(std::string_view list_name) {
  const std::size_t dot = std::min(list_name.rfind('.'), list_name.size());
  const std::string_view suffix = list_name.substr(dot);
  return ascii_lower(is_digest_suffix(suffix) ? suffix : list_name);
}

/// The algorithm of a digest nobody tagged: by its length, and where one length
/// means several, by the list's own name. A wrong guess can only mismatch.
std::string_view algorithm_of(std::string_view list_name, std::size_t digits) {
  const std::string name = telling_part(list_name);
  const auto says = [&](std::string_view word) { return name.find(word) != name.npos; };
  const bool sha3 = says("sha3-"), blake = says("b2") || says("blake2");
  switch (digits) {
    case 32: return "md5";
    case 40: return "sha1";
    case 56: return "sha224";
    case 64: return sha3 ? "sha3-256" : blake ? "blake2b-256" : "sha256";
    case 96: return "sha384";
    case 128: return sha3 ? "sha3-512" : blake ? "blake2b" : "sha512";
    default: return {};
  }
}

/// A list called after some SHA-2 holds digests of that one.
bool contradicts(std::string_view list_name, std::string_view algorithm) {
  const std::string name = telling_part(list_name);
  bool says_one = false;
  for (const std::string_view kind : {"sha256", "sha384", "sha512"}) {
    if (name.find(kind) == name.npos) continue;
    if (kind == algorithm) return false;
    says_one = true;
  }
  return says_one;
}

/// Undoes what a leading backslash announces; nothing if an escape is unknown.
std::optional<std::string> unescape(std::string_view name) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '\\') {
      plain += name[i];
      continue;
    }
    if (++i == name.size()) return std::nullopt;
    if (name[i] == '\\') {
      plain += '\\';
    } else if (name[i] == 'n') {
      plain += '\n';
    } else if (name[i] == 'r') {
      plain += '\r';
    } else {
      return std::nullopt;
    }
  }
  return plain;
}

/// A name that could be found outside the list's folder, or is none at all.
bool leads_out(std::string_view name) {
  if (name.empty() || name == "-" || name.starts_with('/')) return true;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    if (name.substr(at, end - at) == "..") return true;
    at = end + 1;
  }
  return false;
}

/// The entry, its name unescaped and checked.
Result<ManifestEntry> entry_of(std::string_view name, bool escaped, std::string_view algorithm,
                               std::string_view hex, std::size_t number) {
  std::optional<std::string> plain = escaped ? unescape(name) : std::string(name);
  if (!plain) return bad_line(number, "an escape that is none of \\\\, \\n and \\r");
  if (leads_out(*plain)) return bad_line(number, "names nothing in the list's own folder");
  return ManifestEntry{
      .name = std::move(*plain), .algorithm = std::string(algorithm), .hex = ascii_lower(hex)};
}

/// DIGEST, a space, a space or '*', NAME.
Result<ManifestEntry> gnu_line(std::string_view line, std::string_view list,
                               std::size_t number) {
  const bool escaped = line.starts_with('\\');
  if (escaped) line.remove_prefix(1);
  const std::size_t digits = hex_run(line);
  const std::string_view algorithm = algorithm_of(list, digits);
  if (algorithm.empty()) return bad_line(number, "begins with no digest");
  if (contradicts(list, algorithm)) {
    return bad_line(number, "holds a digest of another length than the list's name says");
  }
  const std::string_view rest = line.substr(digits);
  if (rest.size() < 2 || rest[0] != ' ' || (rest[1] != ' ' && rest[1] != '*')) {
    return bad_line(number, "digest and name are not apart by two spaces, or a space and '*'");
  }
  return entry_of(rest.substr(2), escaped, algorithm, line.substr(0, digits), number);
}

/// TAG (NAME) = DIGEST, read from the right: the name may hold ") = ".
Result<ManifestEntry> bsd_line(std::string_view line, std::string_view, std::size_t number) {
  const bool escaped = line.starts_with('\\');
  if (escaped) line.remove_prefix(1);
  const std::size_t open = line.find(" ("), close = line.rfind(") = ");
  if (open == line.npos || close == line.npos || close < open + 2) {
    return bad_line(number, "is not TAG (NAME) = DIGEST");
  }
  const std::string_view tag_name = line.substr(0, open);
  const auto* const tag = std::ranges::find(kTags, tag_name, &Tag::name);
  if (tag == std::end(kTags)) return bad_line(number, "has an unknown tag");
  const std::string_view hex = line.substr(close + 4);
  if (hex.size() != tag->digits || hex_run(hex) != hex.size()) {
    return bad_line(number, "the digest is not as long as its tag says");
  }
  return entry_of(line.substr(open + 2, close - open - 2), escaped, tag->algorithm, hex,
                  number);
}

/// NAME, DIGEST, read from the right: SHA-256, as some projects write their hashes.txt.
Result<ManifestEntry> comma_line(std::string_view line, std::string_view list,
                                 std::size_t number) {
  const std::size_t comma = line.rfind(", ");
  const std::string_view hex = comma == line.npos ? "" : line.substr(comma + 2);
  if (hex.size() != 64 || hex_run(hex) != hex.size() || contradicts(list, "sha256")) {
    return bad_line(number, "is not NAME, DIGEST with 64 digits");
  }
  return entry_of(line.substr(0, comma), false, "sha256", hex, number);
}

/// Line feeds, or carriage return and line feed on every line; the last may lack its end.
Result<std::vector<std::string_view>> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  const bool crlf = text.substr(0, text.find('\n')).ends_with('\r');
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (crlf && line.ends_with('\r')) {
      line.remove_suffix(1);
    } else if (crlf && end != text.npos) {
      return bad_line(lines.size() + 1, "ends otherwise than the lines before it");
    }
    const auto control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
    if (line.empty() || std::ranges::any_of(line, control)) {
      return bad_line(lines.size() + 1, "is empty or holds a control character");
    }
    lines.push_back(line);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

template <auto read_line>
Result<std::vector<ManifestEntry>> parse_lines(const Sidecar& list) {
  std::vector<ManifestEntry> entries;
  for (const std::string_view line : TRY(lines_of(list.bytes))) {
    entries.push_back(TRY(read_line(line, list.name, entries.size() + 1)));
  }
  return entries;
}

/// FILE.sha256 holding a digest alone: it speaks of FILE.
Result<std::vector<ManifestEntry>> parse_bare(const Sidecar& list) {
  const auto lines = TRY(lines_of(list.bytes));
  const std::size_t dot = list.name.rfind('.');
  if (lines.size() != 1 || dot == list.name.npos || !is_digest_suffix(list.name.substr(dot))) {
    return bad_line(1, "a digest without a name says nothing in a list of this name");
  }
  const std::string_view algorithm = algorithm_of(list.name, lines[0].size());
  if (algorithm.empty() || hex_run(lines[0]) != lines[0].size() ||
      contradicts(list.name, algorithm)) {
    return bad_line(1, "is not a digest of the length the list's name says");
  }
  const ManifestEntry entry =
      TRY(entry_of(list.name.substr(0, dot), false, algorithm, lines[0], 1));
  return std::vector<ManifestEntry>{entry};
}

std::string_view first_line(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

bool matches_bare(std::string_view bytes) {
  const std::string_view line = first_line(bytes);
  return line.size() >= 32 && hex_run(line) == line.size();
}

bool matches_gnu(std::string_view bytes) {
  std::string_view line = first_line(bytes);
  if (line.starts_with('\\')) line.remove_prefix(1);
  const std::size_t digits = hex_run(line);
  return digits >= 32 && digits < line.size() && line[digits] == ' ';
}

bool matches_bsd(std::string_view bytes) {
  std::string_view line = first_line(bytes);
  if (line.starts_with('\\')) line.remove_prefix(1);
  return line.find(" (") != line.npos && line.rfind(") = ") != line.npos &&
         !matches_gnu(bytes) && !line.starts_with('{');  // a statement in JSON
}

bool matches_comma(std::string_view bytes) {
  const std::string_view line = first_line(bytes);
  const std::size_t comma = line.rfind(", ");
  if (comma == line.npos || line.starts_with('{')) return false;
  const std::string_view hex = line.substr(comma + 2);
  return hex.size() == 64 && hex_run(hex) == hex.size() && !matches_gnu(bytes) &&
         !matches_bsd(bytes);
}

}  // namespace

extern const ManifestFormat checksums_gnu_format = {
    .name = "checksums-gnu", .matches = matches_gnu, .parse = parse_lines<gnu_line>};
extern const ManifestFormat checksums_bsd_format = {
    .name = "checksums-bsd", .matches = matches_bsd, .parse = parse_lines<bsd_line>};
extern const ManifestFormat checksums_comma_format = {
    .name = "checksums-comma", .matches = matches_comma, .parse = parse_lines<comma_line>};
extern const ManifestFormat checksums_bare_format = {
    .name = "checksums-bare", .matches = matches_bare, .parse = parse_bare};

}  // namespace assay
