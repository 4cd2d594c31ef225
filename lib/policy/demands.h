// Demands: a policy as a list of what it says, for those who compare two.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/policy.h"

namespace assay {

/// One thing a policy says, in the words of its file.
struct Demand {
  std::string key{};    ///< "content.fail_at", "require trusted-signature"
  std::string value{};  ///< printable; "yes" where being there is all
  /// More is stricter; what is not there counts as 0. Nothing where neither is.
  std::optional<std::int64_t> strictness{};
  bool operator==(const Demand&) const = default;
};

/// Everything the policy says or leaves at its default, each key once, in the order of
/// assay-policy(5).
std::vector<Demand> demands(const Policy& policy);

/// What one of two policies demands and the other does not, or not so.
struct Difference {
  std::string key{};
  std::optional<std::string> before{}, after{};  ///< none: it is not there
  /// Above 0: the second is stricter in this; below: it is looser; 0: neither.
  int direction = 0;
};
std::vector<Difference> differences(const Policy& before, const Policy& after);

}  // namespace assay
