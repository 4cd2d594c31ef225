// RuleSet::State: the compiled rules and what they say of themselves, shared by
// the files of this room and nobody else.

#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scan/compile.h"
#include "scan/gate.h"
#include "scan/hidden_text.h"
#include "scan/rules.h"

struct YR_RULE;

namespace assay {

/// Rules as libyara runs them, and what each says of itself.
struct CompiledRules {
  RulesHandle rules{};
  std::vector<const RuleMeta*>
      metas{};  ///< by place in libyara's table; null for a private rule

  /// Null for a rule that is not of this set, or private.
  const RuleMeta* meta(const YR_RULE& rule) const;
};

struct RuleSet::State {
  explicit State(std::string prepared_before) : prepared(std::move(prepared_before)) {}

  const std::string prepared;  ///< what gate and hidden read
  std::vector<RuleFile> files{};
  /// `rules` only once running() was asked for, when a table was prepared.
  mutable CompiledRules compiled{};
  mutable std::once_flag started{};
  std::vector<RuleMeta> rules{};  ///< sorted by id
  RuleSetInfo info{};
  std::vector<RuleName> listed{};  ///< libyara's table
  std::unique_ptr<Gate> gate{};    ///< over `listed`
  HiddenText hidden{prepared};

  /// libyara with all rules. Any thread. Fails as `undecided`.
  Result<const CompiledRules*> running() const;
};

/// The meta of one rule of `file`. Fails with config, naming the rule, when a
/// field is missing, given twice, empty or of the wrong kind.
Result<RuleMeta> read_meta(const YR_RULE& rule);

/// What a pack.toml says.
struct PackInfo {
  std::string name{};
  std::int64_t serial = 0;
  bool takes_slow = false;
};
Result<PackInfo> read_pack_info(const RuleFile& pack);

/// SHA-256 over the files in this order: name without its first `prefix` bytes, NUL, SHA-256
/// in hex, line feed of each.
std::string rules_sha256(std::span<const RuleFile> files, std::size_t prefix);

/// Of files by their names in the pack; `name` is for one without a pack.toml.
Result<RulePack> make_pack(std::string name, std::vector<RuleFile> files);

/// The name, serial and digest of a set. Fails with config on a file that is
/// neither *.yar nor pack.toml, on a name used twice, or without a pack.toml.
/// Sorts `files` by name.
Result<RuleSetInfo> describe(std::vector<RuleFile>& files);

}  // namespace assay
