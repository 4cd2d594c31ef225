// Confirmers: libyara for any choice of rules. A member that passed the gate for two
// rules is confirmed by these two, not by the whole pack, which is many times slower.

#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "scan/confirm.h"
#include "scan/rule_state.h"

namespace assay {

/// One per thread; keeps what it compiled.
class Confirmers {
 public:
  /// `rules` must outlive it.
  Confirmers(const RuleSet::State& rules, int timeout_seconds)
      : rules_(&rules), timeout_seconds_(timeout_seconds) {}

  /// One that runs the rules at `places` (of the gate's list) or more. Valid until the
  /// next call. Fails as Confirmer::create does.
  Result<Confirmer*> running(const std::vector<std::size_t>& places);

 private:
  /// Rules compiled apart; on the heap, for its Confirmer points to them.
  struct Part {
    CompiledRules compiled{};
    std::optional<Confirmer> confirmer{};
  };

  Result<Confirmer*> running_all();
  /// Null when these rules cannot be compiled apart from the others.
  std::unique_ptr<Part> compile_part(const std::vector<std::size_t>& places) const;

  const RuleSet::State* rules_;
  int timeout_seconds_;
  std::optional<Confirmer> all_{};
  std::map<std::vector<std::size_t>, std::unique_ptr<Part>> parts_{};
};

}  // namespace assay
