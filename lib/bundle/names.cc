#include "bundle/names.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "bundle/unicode.h"

namespace assay {
namespace {

constexpr std::size_t kPartsMax = 128;

std::string_view without_dot_slash(std::string_view raw) {
  if (raw.starts_with("./")) raw.remove_prefix(2);
  return raw;
}

bool is_slash(char c) {
  return c == '/' || c == '\\';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_drive_letter(std::string_view name) {
  return name.size() >= 2 && is_letter(name[0]) && name[1] == ':';
}

/// What Windows leaves of a part.
std::string_view without_end(std::string_view part) {
  return part.substr(0, part.find_last_not_of(". ") + 1);
}

std::string_view parts_fault(std::string_view name) {
  std::size_t parts = 0;
  while (!name.empty()) {
    const std::string_view part = next_part(name, Slashes::both);
    if (++parts > kPartsMax) return "has over 128 parts";
    if (part == "..") return "leads out of its folder";
    if (!part.empty() && part != "." && without_end(part).empty()) {
      return "has a part of dots and spaces";
    }
  }
  return {};
}

std::string_view text_fault(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (plain) return {};
  if (!is_utf8(text)) return "is no UTF-8";
  if (has_unseen(text)) return "has control or invisible characters";
  return {};
}

std::string_view fault(std::string_view name) {
  if (name.empty()) return "is empty";
  if (is_slash(name.front())) return "is absolute";
  if (has_drive_letter(name)) return "has a drive letter";
  if (const std::string_view why = text_fault(name); !why.empty()) return why;
  if (const std::string_view why = parts_fault(name); !why.empty()) return why;
  // Dots and slashes have other spellings.
  return is_ascii(name) ? std::string_view() : parts_fault(caseless(name));
}

/// CON, NUL, COM1 and the like, whatever their extension.
bool is_windows_device(std::string_view part) {
  const std::string_view before_dot = without_end(part.substr(0, part.find('.')));
  if (before_dot.size() < 3 || before_dot.size() > 8) return false;
  const std::string stem = caseless(before_dot);
  constexpr std::string_view kDevices[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
  if (std::ranges::find(kDevices, stem) != std::end(kDevices)) return true;
  const bool port = stem.starts_with("com") || stem.starts_with("lpt");
  return port && stem.size() == 4 && stem[3] >= '1' && stem[3] <= '9';
}

std::string_view windows_part_fault(std::string_view part) {
  if (part.find(':') != std::string_view::npos) return "has a part with a colon";
  if (without_end(part) != part && part != ".") return "has a part that ends in a dot or space";
  if (is_windows_device(part)) return "names a device of Windows";
  return {};
}

Error unsafe(std::string_view raw, std::string_view why) {
  return malformed("unsafe-name", "the name '" + printable(raw) + "' " + std::string(why));
}

/// By its own words; other links are not followed.
bool leads_above(std::string_view name, std::string_view target, Slashes slashes) {
  // The link's own name is one part too many.
  std::ptrdiff_t depth = std::ranges::count(folded_name(name), '/');
  while (!target.empty()) {
    const std::string_view part = next_part(target, slashes);
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

std::string_view fault_of_target(std::string_view name, std::string_view target) {
  if (target.empty()) return "is empty";
  if (target.size() > kTargetMax) return "is over 4096 bytes";
  if (const std::string_view why = text_fault(target); !why.empty()) return why;
  if (std::cmp_greater(std::ranges::count_if(target, is_slash), kPartsMax)) {
    return "has over 128 parts";
  }
  if (target.front() == '\\') return "is absolute on Windows";
  if (has_drive_letter(target) && target.size() > 2 && is_slash(target[2])) {
    return "has a drive letter";
  }
  if (target.front() == '/') return {};
  if (leads_above(name, target, Slashes::forward) || leads_above(name, target, Slashes::both)) {
    return "leads above the root of the archive";
  }
  return {};
}

}  // namespace

std::string shown_name(std::string_view raw, MemberKind kind, const Limits& limits) {
  std::string_view name = without_dot_slash(raw);
  if (kind == MemberKind::directory) {
    while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
    if (name.empty() && !raw.empty()) name = ".";
  }
  return std::string(name.substr(0, limits.name_bytes));
}

std::optional<Error> name_fault(std::string_view raw, MemberKind kind, const Limits& limits) {
  if (raw.size() > limits.name_bytes) {
    return undecided("limit-name-bytes", "a name of " + std::to_string(raw.size()) +
                                             " bytes is over the limit of " +
                                             std::to_string(limits.name_bytes));
  }
  // The folder everything lies in.
  if (kind == MemberKind::directory && raw == "./") return std::nullopt;
  std::string_view why = fault(without_dot_slash(raw));
  if (why.empty() && kind != MemberKind::directory && folded_name(raw).empty()) {
    why = "is a folder's";
  }
  if (why.empty()) return std::nullopt;
  return unsafe(raw, why);
}

std::optional<Error> windows_fault(std::string_view raw) {
  for (std::string_view rest = raw; !rest.empty();) {
    const std::string_view part = next_part(rest, Slashes::both);
    const std::string_view why = part == ".." ? std::string_view() : windows_part_fault(part);
    if (!why.empty()) return unsafe(raw, why);
  }
  return std::nullopt;
}

bool is_for_windows(std::string_view container) {
  return container == "zip";
}

std::string folded_name(std::string_view raw) {
  std::string folded;
  while (!raw.empty()) {
    const std::string_view part = next_part(raw);
    if (part.empty() || part == ".") continue;
    if (!folded.empty()) folded += '/';
    folded += part;
  }
  return folded;
}

std::string collision_key(std::string_view folded) {
  std::string key;
  key.reserve(folded.size());
  while (!folded.empty()) {
    if (!key.empty()) key += '/';
    key += without_end(next_part(folded, Slashes::both));
  }
  return caseless(key);
}

bool is_own_key(std::string_view folded) {
  char next = '/';
  for (auto at = folded.rbegin(); at != folded.rend(); ++at) {
    const char c = *at;
    const bool low = (c >= 'a' && c <= 'z') || (c >= '+' && c <= '9') || c == '_';
    if (!low || (c == '.' && next == '/')) return false;
    next = c;
  }
  return true;
}

std::optional<Error> target_fault(std::string_view name, std::string_view target) {
  const std::string_view why = fault_of_target(name, target);
  if (why.empty()) return std::nullopt;
  return malformed("unsafe-name", "the link's target '" + printable(target.substr(0, 200)) +
                                      "' " + std::string(why));
}

std::string_view next_part(std::string_view& path, Slashes slashes) {
  const auto parts = [&](char c) {
    return c == '/' || (c == '\\' && slashes == Slashes::both);
  };
  const auto end = static_cast<std::size_t>(std::ranges::find_if(path, parts) - path.begin());
  const std::string_view part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

std::string unpacked_name(std::string_view path, std::string_view suffix) {
  const std::size_t slash = path.find_last_of('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const std::string dotted = "." + std::string(suffix);
  if (name.size() > dotted.size() && name.ends_with(dotted)) {
    return std::string(name.substr(0, name.size() - dotted.size()));
  }
  for (const std::string_view tar : {".tgz", ".txz", ".tzst", ".tbz2", ".tbz"}) {
    if (name.size() > tar.size() && name.ends_with(tar)) {
      return std::string(name.substr(0, name.size() - tar.size())) + ".tar";
    }
  }
  return std::string(name) + ".out";
}

}  // namespace assay
