// Samples: files a pack brings to show what its rules find and what they let be.
//   samples/ID/positive/NAME   the rule ID matches it
//   samples/ID/near-miss/NAME  it holds some of what the rule looks for, and is not found

#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "scan/rules.h"

namespace assay {

struct SampleTally {
  std::size_t samples = 0;
  std::set<std::string> positive{}, near_miss{};  ///< ids of rules that have one
  std::vector<std::string> wrong{};               ///< a line each, printable
};

/// Scans what is below `folder` and adds to `tally`. No folder: no samples. Fails with
/// config on a file that stands elsewhere than above, or for a rule there is not.
Result<void> run_samples(const RuleSet& rules, const std::string& folder, SampleTally& tally);

/// A line for each rule that lacks a kind of sample. Of the shipped rules only where the
/// samples speak of shipped rules at all.
std::vector<std::string> rules_without_samples(const RuleSet& rules, const SampleTally& tally);

}  // namespace assay
