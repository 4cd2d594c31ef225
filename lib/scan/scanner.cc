#include "scan/scanner.h"

#include <algorithm>

#include "scan/confirmers.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

/// Asked for a few rules libyara may run more, and find what is known already.
void add_new(std::vector<Finding> found, std::vector<Finding>& findings) {
  for (Finding& finding : found) {
    if (std::ranges::find(findings, finding.rule, &Finding::rule) == findings.end()) {
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

struct Scanner::State {
  const CompiledRules& rules;
  Gate::Watch watch;
  Confirmers confirmers;
};

Scanner::Scanner(const RuleSet& rules, int timeout_seconds)
    : state_(std::make_unique<State>(State{rules.state().compiled,
                                           Gate::Watch(*rules.state().gate),
                                           Confirmers(rules.state(), timeout_seconds)})) {}

Result<std::vector<Finding>> Scanner::scan(const Member& member, Bytes content) {
  const Variables variables(member);
  const MemberFacts facts{.filename = variables.filename,
                          .filepath = variables.filepath,
                          .filetype = variables.filetype,
                          .content = content};
  std::vector<Finding> findings;
  std::vector<std::size_t> open;
  for (const Candidate& candidate : state_->watch.candidates(facts)) {
    if (candidate.first) {
      const RuleMeta* const meta = state_->rules.metas[candidate.place];
      findings.push_back(make_finding(*meta, member, content, *candidate.first));
    } else {
      open.push_back(candidate.place);
    }
  }
  if (!open.empty()) {
    Confirmer* const confirmer = TRY(state_->confirmers.running(open));
    add_new(TRY(confirmer->scan(member, variables, content)), findings);
  }
  sort_findings(findings);
  return findings;
}

Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

}  // namespace assay
