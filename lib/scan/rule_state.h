// RuleSet::State: the compiled rules and what they say of themselves, shared by
// the files of this room and nobody else.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/c_handle.h"
#include "scan/rules.h"

struct YR_RULE;
struct YR_RULES;

namespace assay {

/// Frees compiled rules; they must not outlive the process's use of libyara.
void destroy_rules(YR_RULES* rules) noexcept;

struct RuleSet::State {
  CHandle<YR_RULES, destroy_rules> compiled{};
  std::vector<RuleMeta> rules{};     ///< sorted by id
  std::vector<std::size_t> order{};  ///< a rule's place in libyara's table -> in `rules`
  RuleSetInfo info{};

  /// What `rule` says of itself; null for one that is not of this set, or private.
  const RuleMeta* meta(const YR_RULE& rule) const;
};

/// A rule's `order` when it is private and never reported.
inline constexpr std::size_t kPrivateRule = static_cast<std::size_t>(-1);

/// Starts libyara once a process. Fails with config when it cannot start.
Result<void> start_engine();

/// The meta of one rule of `file`. Fails with config, naming the rule, when a
/// field is missing, given twice, empty or of the wrong kind.
Result<RuleMeta> read_meta(const YR_RULE& rule);

/// The name, serial and digest of a set. Fails with config on a file that is
/// neither *.yar nor pack.toml, on a name used twice, or without a pack.toml.
/// Sorts `files` by name.
Result<RuleSetInfo> describe(std::vector<RuleFile>& files);

}  // namespace assay
