#include "model/evidence.h"

#include <array>

namespace assay {
namespace {

constexpr std::array<std::string_view, 6> kKinds = {"other",   "file",     "directory",
                                                    "symlink", "hardlink", "device"};
constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high",
                                                         "critical"};

/// The enumerator whose name is `text`.
template <class E, std::size_t n>
std::optional<E> lookup(const std::array<std::string_view, n>& names, std::string_view text) {
  for (std::size_t i = 0; i < n; ++i) {
    if (names[i] == text) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(MemberKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind));
}
std::string_view to_string(Severity severity) {
  return kSeverities.at(static_cast<std::size_t>(severity));
}
std::optional<Severity> severity_from(std::string_view text) {
  return lookup<Severity>(kSeverities, text);
}
std::optional<MemberKind> member_kind_from(std::string_view text) {
  return lookup<MemberKind>(kKinds, text);
}

}  // namespace assay
