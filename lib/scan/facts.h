// Facts: what an inspector found out about a member, as lines of fixed words that rules
// judge like any other text: `filetype == "pe-facts"` and the string "imports ReadFile\n".
// The words are ours and few, so that no member can make many of them.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scan/inspector.h"

namespace assay {

class Facts {
 public:
  /// A line, once however often it is said. Without a line break; our own words.
  void add(std::string fact);
  bool empty() const { return lines_.empty(); }
  bool has(std::string_view fact) const;

  /// The lines as a View of that type, "pe-facts"; `offset` is where the member says so.
  View view(std::string type, std::uint64_t offset) const;

 private:
  std::vector<std::string> lines_{};
};

/// Those lines of `facts` that hold one of `strings`, for a reader: " Seen: a, b."; empty
/// when there is none.
std::string seen_in(std::string_view facts, std::span<const std::string_view> strings);

/// Names: a fixed set, asked for each of a program's symbols. Names of 64 bytes and more
/// are in none.
class Names {
 public:
  template <std::size_t N>
  constexpr explicit Names(const std::string_view (&names)[N]) : names_(names) {
    for (const std::string_view name : names) {
      lengths_[static_cast<unsigned char>(name[0])] |= std::uint64_t{1} << name.size();
    }
  }

  bool has(std::string_view name) const;

 private:
  std::span<const std::string_view> names_;
  std::array<std::uint64_t, 256> lengths_{};  ///< by first byte: a bit for each length
};

}  // namespace assay
