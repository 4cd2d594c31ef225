// Confirmers: libyara for any choice of rules. A member that passed the gate for two
// rules is confirmed by these two, not by the whole pack, which is many times slower.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "scan/confirm.h"
#include "scan/rule_state.h"

namespace assay {

/// One per thread; keeps what it compiled. Members of a bundle ask for choices that are
/// alike: the rules of a part that was compiled for one serve for the next, and while it is
/// small a part grows by what is asked for.
class Confirmers {
 public:
  /// `rules` must outlive it.
  Confirmers(const RuleSet::State& rules, int timeout_seconds)
      : rules_(&rules), timeout_seconds_(timeout_seconds) {}

  /// What the rules at `places` (of the gate's list, sorted) find, and maybe more of them.
  /// Fails as Confirmer::scan does, because of these rules only.
  Result<std::vector<Finding>> scan(const std::vector<std::size_t>& places,
                                    const Member& member, const Variables& variables,
                                    Bytes content);

 private:
  /// Rules compiled apart; on the heap, for its Confirmer points to them.
  struct Part {
    std::vector<std::size_t> places{};  ///< that were asked for, sorted
    CompiledRules compiled{};
    std::optional<Confirmer> confirmer{};
  };

  Result<Confirmer*> running_all();
  /// The newest part with all these rules, or null.
  Part* find(const std::vector<std::size_t>& places) const;
  /// Compiles a part with these rules, and those of the newest one while they are few. Null
  /// when that cannot be done apart from all the others.
  Part* add(const std::vector<std::size_t>& places);
  std::unique_ptr<Part> compile_part(const std::vector<std::size_t>& places) const;

  const RuleSet::State* rules_;
  int timeout_seconds_;
  std::optional<Confirmer> all_{};
  std::vector<std::unique_ptr<Part>> parts_{};     ///< the newest last
  std::set<std::vector<std::size_t>> hopeless_{};  ///< choices that do not compile apart
};

}  // namespace assay
