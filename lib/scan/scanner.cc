#include "scan/scanner.h"

#include "scan/confirm.h"
#include "scan/rule_state.h"

namespace assay {

struct Scanner::State {
  Gate::Watch watch;
  Confirmer confirmer;
};

Result<Scanner> Scanner::create(const RuleSet& rules, int timeout_seconds) {
  const RuleSet::State& all = rules.state();
  Confirmer confirmer = TRY(Confirmer::create(all.compiled, timeout_seconds));
  return Scanner(std::make_unique<State>(State{Gate::Watch(*all.gate), std::move(confirmer)}));
}

Result<std::vector<Finding>> Scanner::scan(const Member& member, Bytes content) {
  const Variables variables(member);
  const MemberFacts facts{.filename = variables.filename,
                          .filepath = variables.filepath,
                          .filetype = variables.filetype,
                          .content = content};
  if (state_->watch.candidates(facts).empty()) return std::vector<Finding>{};
  return state_->confirmer.scan(member, variables, content);
}

Scanner::Scanner(std::unique_ptr<State> state) : state_(std::move(state)) {}
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

}  // namespace assay
