// Links: where the symbolic links of one container lead, by their words alone: nothing
// is unpacked, so a target is followed from name to name.

#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace assay {

/// Lets a map of strings be asked with a piece of one.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

/// Something said of a member after all were seen; an empty name is the container's.
struct Remark {
  std::string name{};
  Error error;
};

/// Names are folded ones (names.h), targets as they stand.
class Links {
 public:
  void add(std::string name, std::string target);
  /// A hard link to a link is the same link.
  void add_alias(std::string name, std::string_view link);
  bool contains(std::string_view name) const { return links_.contains(name); }
  /// True if a folder of this name is an earlier link: what is unpacked there lands
  /// wherever the link points.
  bool leads_through(std::string_view name) const;
  /// The links that leave the root of the archive once other links of it, earlier or
  /// later ones, are followed (unsafe-name). Loops lead nowhere and are no fault.
  std::vector<Remark> escapes() const;

 private:
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> links_{};
};

}  // namespace assay
