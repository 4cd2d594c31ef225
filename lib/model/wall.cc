#include "model/wall.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace assay {
namespace {

constexpr std::array<std::string_view, 5> kLevels = {"none", "rlimits", "landlock", "seccomp",
                                                     "seccomp+landlock"};
constexpr std::array<std::string_view, 6> kRlimits = {"as",   "cpu",     "fsize",
                                                      "core", "memlock", "nofile"};
constexpr int kMaxAbi = 99;

}  // namespace

WallLevel level_of(const Wall& wall) {
  if (!wall.rlimits) return WallLevel::none;
  if (wall.landlock_abi > 0) {
    return wall.seccomp ? WallLevel::seccomp_landlock : WallLevel::landlock;
  }
  return wall.seccomp ? WallLevel::seccomp : WallLevel::rlimits;
}

std::string to_string(const Wall& wall) {
  const WallLevel level = level_of(wall);
  std::string text(to_string(level));
  if (level == WallLevel::landlock || level == WallLevel::seccomp_landlock) {
    text += std::to_string(wall.landlock_abi);
  }
  return text;
}

std::optional<Wall> wall_from(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_of("0123456789"), text.size());
  const std::optional<WallLevel> level = wall_level_from(text.substr(0, digits));
  if (!level) return std::nullopt;
  Wall wall{.rlimits = *level != WallLevel::none, .seccomp = *level >= WallLevel::seccomp};
  const std::string_view abi = text.substr(digits);
  const auto read = std::from_chars(abi.data(), abi.data() + abi.size(), wall.landlock_abi);
  // One spelling only: no sign, no zero in front, nothing behind.
  const bool fits = read.ptr == abi.data() + abi.size() && wall.landlock_abi <= kMaxAbi;
  if (!fits || to_string(wall) != text) return std::nullopt;
  return wall;
}

std::string_view to_string(WallLevel level) {
  return kLevels.at(static_cast<std::size_t>(level));
}

std::optional<WallLevel> wall_level_from(std::string_view text) {
  const auto* const found = std::ranges::find(kLevels, text);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<WallLevel>(found - kLevels.begin());
}

Json wall_json(std::string_view wall) {
  const Wall parts = wall_from(wall).value_or(Wall{});
  Json::Array rlimits, degraded;
  if (parts.rlimits) rlimits.assign(kRlimits.begin(), kRlimits.end());
  if (!parts.seccomp) degraded.emplace_back("seccomp");
  if (parts.landlock_abi == 0) degraded.emplace_back("landlock");
  if (!parts.rlimits) degraded.emplace_back("rlimits");
  return Json(Json::Object{{"level", to_string(parts)},
                           {"seccomp", parts.seccomp},
                           {"landlockAbi", parts.landlock_abi},
                           {"noNewPrivs", parts.rlimits},
                           {"rlimits", std::move(rlimits)},
                           {"degraded", std::move(degraded)}});
}

}  // namespace assay
