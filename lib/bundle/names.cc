#include "bundle/names.h"

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

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
