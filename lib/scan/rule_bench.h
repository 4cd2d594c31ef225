// What each rule costs: libyara with that rule alone over the same bytes, and whether the
// gate would let it come to that.

#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "scan/rules.h"

namespace assay {

struct RuleCost {
  std::string id{};
  double milliseconds_per_megabyte = 0;  ///< of libyara with this rule
  bool passes_gate = false;              ///< over these bytes
};

struct RuleCosts {
  std::vector<RuleCost> rules{};    ///< the dearest first
  double megabytes_per_second = 0;  ///< of all rules behind the gate
};

Result<RuleCosts> measure_rules(const RuleSet& rules, Bytes content);

}  // namespace assay
