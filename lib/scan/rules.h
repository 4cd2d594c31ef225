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
  std::string name{};  ///< "miner.yar"; of a pack beside the shipped one "pack/miner.yar"
  std::string text{};
  bool tolerant = false;  ///< its pack takes rules that are slow

  bool is_shipped() const { return name.find('/') == std::string::npos; }
};

/// What a rule says of itself (its `meta`, DESIGN 6). All fields are demanded of the
/// shipped rules; a pack's rules that lack one get what rule_meta.cc says.
struct RuleMeta {
  std::string id{}, name{}, category{}, family{}, why{}, remedy{}, reference{};
  Severity severity = Severity::critical;
  bool is_brought = false;  ///< by a pack beside the shipped rules
};

class RuleSet {
 public:
  /// Compiles the files (every *.yar and one pack.toml with `schema`, `name`,
  /// `serial`). Fails with config, naming file and line, on whatever check_rules()
  /// complains of, a missing meta field, or an id used twice. `modules` of libyara may be
  /// imported beside kModulesOffered.
  /// `prepared` is what prepare() made of the same rules, or of others, or empty: it only
  /// saves time.
  static Result<RuleSet> compile(std::vector<RuleFile> files,
                                 const std::vector<std::string>& modules = {},
                                 std::string prepared = {});

  /// What takes long to build of these rules. Empty when it cannot be built.
  std::string prepare() const;

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

/// Modules of libyara that read nothing but the numbers and bytes a rule hands them.
inline constexpr const char* kModulesOffered[] = {"hash", "math"};

/// The rules the program carries, and those of a folder.
Result<std::vector<RuleFile>> built_in_rules();
Result<std::vector<RuleFile>> read_rules(const std::string& folder);

/// RulePack: a folder of rules somebody brings, with all folders below it.
struct RulePack {
  std::string name{};       ///< pack.toml's, else the folder's
  std::int64_t serial = 0;  ///< 0 without a pack.toml
  std::vector<RuleFile> files{};
};

/// Fails with config when there is no rule in it.
Result<RulePack> read_pack(const std::string& folder);

/// A rule set as it was archived: what stood in for the shipped rules in the folder itself,
/// each pack beside them in a folder of its own.
Result<std::vector<RuleFile>> read_archived_rules(const std::string& folder);

/// The shipped rules and the packs beside them. A pack that bears the shipped one's name
/// takes its place; fails with config when that one is older than what it would replace.
Result<std::vector<RuleFile>> with_packs(std::vector<RulePack> packs);

}  // namespace assay
