#include "bundle/names.h"

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::size_t kTargetMax = 4096;

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
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Takes the first part off `name`; empty parts count.
std::string_view next_part(std::string_view& name) {
  const std::size_t end = std::min(name.find('/'), name.size());
  const std::string_view part = name.substr(0, end);
  name.remove_prefix(std::min(end + 1, name.size()));
  return part;
}

bool has_parent_part(std::string_view name) {
  std::size_t start = 0;
  while (start <= name.size()) {
    const std::size_t end = std::min(name.find_first_of("/\\", start), name.size());
    if (name.substr(start, end - start) == "..") return true;
    start = end + 1;
  }
  return false;
}

std::string_view fault(std::string_view name) {
  if (name.empty()) return "is empty";
  if (is_slash(name.front())) return "is absolute";
  if (name.size() >= 2 && is_letter(name[0]) && name[1] == ':') return "has a drive letter";
  if (std::ranges::any_of(name, is_control)) return "has control bytes";
  if (has_parent_part(name)) return "leads out of its folder";
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
  const std::string_view why = fault(without_dot_slash(raw));
  if (why.empty()) return std::nullopt;
  return malformed("unsafe-name", "the name '" + printable(raw) + "' " + std::string(why));
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

std::optional<Error> target_fault(std::string_view name, std::string_view target) {
  const auto unsafe = [&](std::string_view why) {
    return malformed("unsafe-name", "the link's target '" + printable(target.substr(0, 200)) +
                                        "' " + std::string(why));
  };
  if (target.empty()) return unsafe("is empty");
  if (target.size() > kTargetMax) return unsafe("is over 4096 bytes");
  if (std::ranges::any_of(target, is_control)) return unsafe("has control bytes");
  if (target.front() == '/') return std::nullopt;
  // The link's own name is one part too many.
  std::ptrdiff_t depth = std::ranges::count(folded_name(name), '/');
  for (std::string_view rest = target; !rest.empty();) {
    const std::string_view part = next_part(rest);
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return unsafe("leads above the root of the archive");
  }
  return std::nullopt;
}

bool LinkLedger::leads_through(std::string_view folded) const {
  if (links_.empty()) return false;
  for (std::size_t slash = folded.find('/'); slash != std::string_view::npos;
       slash = folded.find('/', slash + 1)) {
    if (links_.contains(std::string(folded.substr(0, slash)))) return true;
  }
  return false;
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
