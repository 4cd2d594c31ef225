// Loading a policy and judging by it. A policy sees evidence, never a byte of
// the bundle; judging reads no clock and no disk. man/assay-policy.5 is the
// contract; keep it in step.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/policy.h"
#include "model/verdict.h"

namespace assay {

/// Requirement: one row in the registry. `hard` ones are judged whatever the
/// policy's list says, and cannot be left out.
struct Requirement {
  std::string_view name;  ///< "trusted-signature"
  bool hard;
  std::string_view what;  ///< one sentence for `assay formats` and the man page
  Answer (*judge)(const Evidence& evidence, const Policy& policy, Time now);
  /// What of the evidence the answer rests on, a printable line each.
  std::vector<std::string> (*seen)(const Evidence& evidence, const Policy& policy,
                                   Time now) = nullptr;
};

/// Reads a policy file strictly; `source` is how messages call it, `now`
/// decides whether it has expired. Every fault is a config Error with line and
/// caret. `known` are the requirements a policy may list, `formats` those it may
/// have opened although they are not opened unasked.
Result<Policy> load_policy(std::string text, std::string source,
                           std::span<const Requirement* const> known, Time now,
                           std::span<const std::string> formats = {});

/// A rule of the set that scans, as far as a policy can speak of it.
struct KnownRule {
  std::string id{};
  Severity severity = Severity::critical;
};

/// Fails with config when a [[rule]] of the policy names none of `rules`, or would make a
/// critical one milder.
Result<void> check_rule_terms(const Policy& policy, std::span<const KnownRule> rules);

/// Every hard requirement and every one the policy lists, in the order of
/// `known`. FAILED if any is unmet; PASSED only if all are met and the policy
/// lists at least one; what it lists and `known` does not hold stays undecided.
Verdict judge(const Policy& policy, const Evidence& evidence,
              std::span<const Requirement* const> known, Time now);

/// The text of a policy the program carries: "baseline", "strict"; empty if
/// there is none of that name.
std::string built_in_policy(std::string_view name);

}  // namespace assay
