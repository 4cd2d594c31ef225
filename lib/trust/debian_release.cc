#include "trust/debian_release.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::size_t kFilesMax = 200'000;  // that one Release may name
constexpr std::size_t kPathMax = 512;       // bytes

Error bad_release(std::string what) {
  return malformed("list-malformed", "Release: " + std::move(what));
}

Error bad_packages(std::string what) {
  return malformed("list-malformed", "Packages: " + std::move(what));
}

/// Cuts off the first line.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

/// "Sat, 10 Feb 2024 11:07:25 UTC": the only form that archives write.
std::optional<Time> archive_time(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() < 5 || text.substr(3, 2) != ", ") return std::nullopt;
  text.remove_prefix(5);
  const std::size_t day_end = text.find(' ');
  if (day_end != 1 && day_end != 2) return std::nullopt;
  const std::string day = (day_end == 1 ? "0" : "") + std::string(text.substr(0, day_end));
  text.remove_prefix(day_end + 1);
  if (text.size() != 21 || (text.substr(17) != " UTC" && text.substr(17) != " GMT")) {
    return std::nullopt;
  }
  const auto* const month = std::ranges::find(kMonths, text.substr(0, 3));
  if (month == kMonths.end() || text[3] != ' ' || text[8] != ' ') return std::nullopt;
  return from_rfc3339(fmt::format("{}-{:02}-{}T{}Z", text.substr(4, 4),
                                  month - kMonths.begin() + 1, day, text.substr(9, 8)));
}

/// A path that stays beside the Release it stands in.
bool is_plain_path(std::string_view path) {
  const bool clean = std::ranges::all_of(path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+~").find(c) != std::string_view::npos;
  });
  return clean && !path.empty() && path.size() <= kPathMax && !path.starts_with('/') &&
         ("/" + std::string(path) + "/").find("/../") == std::string::npos;
}

/// Sets what is said once, or says it again.
template <class Value>
bool agrees(Value& known, const Value& said, bool is_new) {
  if (is_new) known = said;
  return known == said;
}

/// " <digest> <size> <path>" of a section.
Result<void> take_file(std::string_view section, std::string_view line,
                       DebianRelease& release) {
  const std::size_t digits = section == "SHA256" ? 64 : 128;
  const std::string_view rest = without_blanks(line);
  const std::string_view hex = rest.substr(0, rest.find(' '));
  const std::string_view behind = without_blanks(rest.substr(hex.size()));
  const std::string_view size_text = behind.substr(0, behind.find(' '));
  const std::string_view path = without_blanks(behind.substr(size_text.size()));
  const auto size = number(size_text);
  const bool lower = hex.find_first_not_of("0123456789abcdef") == hex.npos;
  if (hex.size() != digits || !lower || !size || !is_plain_path(path)) {
    return bad_release(fmt::format("a line of {} is not DIGEST SIZE PATH", section));
  }
  const auto [place, added] = release.files.try_emplace(std::string(path));
  DebianFile& file = place->second;
  std::string& known = section == "SHA256" ? file.sha256 : file.sha512;
  if (!agrees(file.size, size, added) || !agrees(known, std::string(hex), known.empty())) {
    return malformed("list-conflict",
                     fmt::format("Release names {} with two sizes or digests", path));
  }
  if (release.files.size() > kFilesMax) return bad_release("it names too many files");
  return {};
}

/// A field of its own line.
struct Field {
  std::string_view name{};
  std::string_view value{};
};

std::optional<Field> field_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon == 0) return std::nullopt;
  const std::string_view name = line.substr(0, colon);
  const bool word = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
  if (!word) return std::nullopt;
  return Field{name, without_blanks(line.substr(colon + 1))};
}

Result<Time> time_of(const Field& field) {
  const auto time = archive_time(field.value);
  if (!time) return bad_release(fmt::format("'{}' is no time in UTC", field.name));
  return *time;
}

Result<void> take_field(const Field& field, DebianRelease& release) {
  if (field.name == "Origin") release.origin = field.value;
  if (field.name == "Suite") release.suite = field.value;
  if (field.name == "Codename") release.codename = field.value;
  if (field.name == "Date") release.date = TRY(time_of(field));
  if (field.name == "Valid-Until") release.valid_until = TRY(time_of(field));
  return {};
}

/// The file names under which a stanza's package is handed out.
bool goes_by(std::string_view file_name, std::string_view path, std::string_view package,
             std::string_view version, std::string_view architecture) {
  if (path.substr(path.rfind('/') + 1) == file_name) return true;
  const std::size_t colon = version.find(':');
  const std::string_view bare = colon == version.npos ? version : version.substr(colon + 1);
  std::string quoted(version.substr(0, version.size() - bare.size()));
  if (!quoted.empty()) quoted.replace(quoted.size() - 1, 1, "%3a");
  const std::string end = fmt::format("{}_{}.deb", bare, architecture);
  return file_name == fmt::format("{}_{}{}", package, quoted, end) ||
         file_name == fmt::format("{}_{}", package, end);
}

/// The fields of a stanza that matter here, each at most once.
struct Stanza {
  std::string_view package{}, version{}, architecture{}, filename{}, size{}, sha256{}, sha512{};

  std::string_view* field(std::string_view name) {
    if (name == "Package") return &package;
    if (name == "Version") return &version;
    if (name == "Architecture") return &architecture;
    if (name == "Filename") return &filename;
    if (name == "Size") return &size;
    if (name == "SHA256") return &sha256;
    if (name == "SHA512") return &sha512;
    return nullptr;
  }
};

Result<Stanza> parse_stanza(std::string_view text) {
  Stanza stanza;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.starts_with(' ') || line.starts_with('\t')) continue;
    const auto field = field_of(line);
    if (!field) return bad_packages("a line that is no field");
    std::string_view* const place = stanza.field(field->name);
    if (place == nullptr) continue;
    if (!place->empty() || field->value.empty()) {
      return bad_packages(fmt::format("'{}' twice in a stanza, or empty", field->name));
    }
    *place = field->value;
  }
  return stanza;
}

}  // namespace

Result<DebianRelease> parse_debian_release(std::string_view text) {
  if (text.find_first_of(std::string_view("\r\0", 2)) != text.npos) {
    return bad_release("it holds bytes that are no text");
  }
  DebianRelease release;
  std::vector<std::string_view> seen;
  std::string_view section;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.starts_with(' ')) {
      if (section == "SHA256" || section == "SHA512") TRY(take_file(section, line, release));
      if (section.empty()) return bad_release("it begins in the middle of a field");
      continue;
    }
    const auto field = field_of(line);
    if (!field) return bad_release("a line that is no field");
    if (std::ranges::find(seen, field->name) != seen.end()) {
      return bad_release(fmt::format("'{}' stands there twice", field->name));
    }
    seen.push_back(field->name);
    section = field->name;
    TRY(take_field(*field, release));
  }
  const auto has = [&](std::string_view name) {
    return std::ranges::find(seen, name) != seen.end();
  };
  if (!has("Date")) return bad_release("it does not say when it was made");
  if (!has("SHA256") && !has("SHA512")) {
    if (!has("MD5Sum") && !has("SHA1")) return bad_release("it names no files");
    return malformed("weak-algorithm", "Release names its files by MD5 or SHA-1 only");
  }
  return release;
}

Result<std::vector<DebianPackage>> find_debian_package(std::string_view packages,
                                                       std::string_view file_name) {
  std::vector<DebianPackage> found;
  while (!packages.empty()) {
    if (packages.starts_with('\n')) {  // some leave more than one empty line
      packages.remove_prefix(1);
      continue;
    }
    const std::size_t end = packages.find("\n\n");
    const std::string_view text = packages.substr(0, end);
    packages.remove_prefix(end == packages.npos ? packages.size() : end + 2);
    const Stanza stanza = TRY(parse_stanza(text));
    if (!goes_by(file_name, stanza.filename, stanza.package, stanza.version,
                 stanza.architecture)) {
      continue;
    }
    DebianPackage package{.version = std::string(stanza.version)};
    package.file = {number(stanza.size), std::string(stanza.sha256),
                    std::string(stanza.sha512)};
    if (!package.file.size) return bad_packages("a stanza without a size");
    found.push_back(std::move(package));
  }
  return found;
}

std::string_view debian_architecture(std::string_view file_name) {
  if (!file_name.ends_with(".deb")) return {};
  file_name.remove_suffix(4);
  const std::size_t at = file_name.rfind('_');
  return at == file_name.npos ? std::string_view() : file_name.substr(at + 1);
}

}  // namespace assay
