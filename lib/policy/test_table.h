// A table of cases for `assay policy test`: saved evidence, and what a policy is to say of
// it. TOML, or JSON of the same shape; man/assay-policy.5 lists every key.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/verdict.h"
#include "policy/policy.h"

namespace assay {

/// What is expected of one piece of evidence.
struct PolicyCase {
  std::string name{};
  std::string evidence{};              ///< path, as the table has it
  std::vector<std::string> waivers{};  ///< paths
  std::optional<Time> at{};            ///< none: as of when the evidence was judged
  Outcome result = Outcome::indeterminate;
  std::optional<std::vector<std::string>> reasons{};     ///< of all that is not met; none: any
  std::vector<std::string> met{}, unmet{}, undecided{};  ///< requirements; others may be any
};

struct PolicyTable {
  std::string policy{};             ///< path or built-in, or empty
  std::vector<PolicyCase> cases{};  ///< never empty
};

/// Strict, like a policy; every fault is a config Error. `known` are the requirements that
/// may be named. A text that begins with a brace is JSON.
Result<PolicyTable> load_policy_table(std::string text, std::string source,
                                      std::span<const Requirement* const> known);

/// "- result PASSED", "+ result FAILED": what was expected and what came; empty if it fits.
std::vector<std::string> mismatches(const PolicyCase& expected, const Verdict& verdict);

}  // namespace assay
