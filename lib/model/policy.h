// Policy: what is demanded of a bundle, as its TOML file says it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/evidence.h"
#include "model/limits.h"
#include "model/waiver.h"

namespace assay {

/// Someone whose signed waivers count.
struct Approver {
  std::string name{};
  std::array<std::byte, 32> public_key{};  ///< Ed25519
};

/// What the policy says of one rule.
struct RuleTerms {
  std::string id{};
  std::optional<Severity> severity{};  ///< instead of the rule's own
  bool waivable = false;
};

struct Policy {
  std::string id{};  ///< "urn:assay:policy:baseline"
  std::int64_t serial = 0;
  Time expires{};
  std::string sha256{};  ///< of the file's bytes
  std::string source{};  ///< path, or "built-in"

  std::vector<std::string> require{};  ///< requirement names; never empty once loaded
  Severity fail_at =
      Severity::info;  ///< a finding this severe fails; the zero value is the strictest
  std::int64_t signatures = 1;  ///< distinct trusted keys
  std::int64_t min_rules = 1;
  std::int64_t rules_min_serial = 0;
  std::int64_t rules_max_age = 0;           ///< seconds; 0 is no demand
  std::vector<std::string> rule_modules{};  ///< of libyara, that rules may import

  std::vector<RuleTerms> rule_terms{};

  std::vector<Approver> approvers{};
  std::int64_t waiver_approvers = 1;  ///< who must sign one waiver together
  std::int64_t waiver_max_days = 90;
  std::vector<Waiver> waivers{};  ///< those at hand, not of the file itself

  std::vector<std::string> refuse{};  ///< bundle_notes() that fail a bundle here

  /// The weakest wall behind which the bundle may have been read.
  WallLevel min_sandbox = WallLevel::seccomp_landlock;
  std::vector<std::string> formats{};  ///< opened only because they are named here

  Limits limits{};
  std::vector<std::string> audience{};
  std::int64_t valid_for = 0;  ///< seconds a verdict stays usable
  /// No verdict without its entry in a log. Unset: if there is a log.
  std::optional<bool> log_required{};
};

/// How severe the policy takes this finding to be. Nothing makes a critical one milder.
inline Severity judged_severity(const Finding& finding, const Policy& policy) {
  if (finding.severity == Severity::critical) return finding.severity;
  for (const RuleTerms& terms : policy.rule_terms) {
    if (terms.id == finding.rule) return terms.severity.value_or(finding.severity);
  }
  return finding.severity;
}

}  // namespace assay
