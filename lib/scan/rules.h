// RuleSet: the YARA rules a run scans with, compiled from source. Compiled rule
// files are never loaded, rules never include files.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/evidence.h"

namespace assay {

/// One .yar file (or pack.toml) as bytes.
struct RuleFile {
  std::string name{};
  std::string text{};
};

/// What a rule says of itself (its `meta`, DESIGN 6); all fields are demanded.
struct RuleMeta {
  std::string id{}, name{}, category{}, family{}, why{}, remedy{}, reference{};
  Severity severity = Severity::critical;
};

class RuleSet {
 public:
  /// Compiles the files (every *.yar and one pack.toml with `schema`, `name`,
  /// `serial`). Fails with config, naming file and line, on a syntax error or
  /// warning-as-error, a missing meta field, or an id used twice.
  static Result<RuleSet> compile(std::vector<RuleFile> files);

  /// Says that some `bytes` are about to be scanned, so that what pays only for many is
  /// made ready at once. Any thread.
  void expect(std::uint64_t bytes) const;

  const RuleSetInfo& info() const;
  const std::vector<RuleMeta>& rules() const;  ///< sorted by id

  struct State;
  const State& state() const { return *state_; }
  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

 private:
  explicit RuleSet(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The rules the program carries, and those of a folder.
Result<std::vector<RuleFile>> built_in_rules();
Result<std::vector<RuleFile>> read_rules(const std::string& folder);

}  // namespace assay
