// Period: what a log says of a stretch of time, as an auditor asks for it. All of it is what
// the entries claim; the log vouches for their order.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "log/folder.h"

namespace assay::log {

/// One entry of a list, raw.
struct Noted {
  std::uint64_t index = 0;
  std::string at{};
  std::string kind{};
  std::string subject{};
  std::string says{};
};

struct Period {
  std::string from{}, until{};                   ///< as asked; empty: no bound
  std::uint64_t entries = 0;                     ///< in the period
  std::map<std::string, std::uint64_t> kinds{};  ///< entries by kind
  std::map<std::string, std::uint64_t>
      results{};                    ///< verdicts by result: "PASSED", "FAILED finding"
  std::vector<Noted> not_passed{};  ///< verdicts
  std::vector<Noted> old_rules{};   ///< verdicts by rules that were more than 30 days old
  std::vector<Noted> changes{};     ///< of policy, trust store, rules and keys
  std::vector<Noted> waivers{};     ///< that came into use, and until when they hold
  std::vector<Noted> revocations{};
  std::vector<Noted> refusals{};  ///< of gates
  /// What a gate accepted and no PASSED verdict of this log, until then, was about.
  std::vector<Noted> without_verdict{};
};

/// Reads every entry of a tree of `size`. Times are compared as RFC 3339 text, so that a
/// date alone is one, too.
Result<Period> survey(const Folder& folder, std::uint64_t size, const std::string& from,
                      const std::string& until);

}  // namespace assay::log
