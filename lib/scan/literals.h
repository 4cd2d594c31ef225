// The literals without which a string of a rule cannot match.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "scan/rule_syntax.h"

namespace assay {

/// Bytes of a literal at most.
inline constexpr std::size_t kLongestLiteral = 16;

/// Bytes to look for: 4 to kLongestLiteral, the first one not 00 (Vectorscan 5.4 takes none).
struct Literal {
  std::string bytes{};
  bool caseless = false;  ///< A-Z and a-z are the same

  bool operator==(const Literal&) const = default;
  bool operator<(const Literal& other) const {
    return std::tie(bytes, caseless) < std::tie(other.bytes, other.caseless);
  }
};

/// Wherever the string matches, each group has one of its literals in the data.
/// No group: nothing is known, the string may match anything.
using Requirement = std::vector<std::vector<Literal>>;

Requirement literals_of(const StringSyntax& string);

/// Runs of bytes that every match of `source` holds, as groups of which one
/// run is there; groups with an empty run say nothing.
std::vector<std::vector<std::string>> hex_runs(std::string_view source);
std::vector<std::vector<std::string>> regex_runs(std::string_view source);

}  // namespace assay
