#include <algorithm>

#include "base/bytes.h"
#include "base/embedded.h"
#include "policy/answer.h"
#include "policy/policy.h"
#include "policy/waiver.h"

namespace assay {
namespace {

bool lists(const Policy& policy, std::string_view name) {
  return std::ranges::find(policy.require, name) != policy.require.end();
}

Answer asked(const Requirement& requirement, const Evidence& evidence, const Policy& policy,
             Time now) {
  Answer answer = requirement.judge(evidence, policy, now);
  answer.requirement = requirement.name;
  return answer;
}

/// What the policy demands and nobody here can judge. Fails closed: a policy
/// that demands nothing is such a demand, too.
void add_unjudged(const Policy& policy, std::span<const Requirement* const> known,
                  std::vector<Answer>& answers) {
  const auto unjudged = [&answers](std::string name, std::string detail) {
    answers.push_back(not_met("not-judged", std::move(detail)));
    answers.back().requirement = std::move(name);
  };
  if (policy.require.empty()) unjudged("require", "the policy demands nothing");
  for (const std::string& name : policy.require) {
    if (std::ranges::find(known, name, &Requirement::name) == known.end()) {
      unjudged(printable(name), "no such requirement");
    }
  }
}

/// Zero is the refusing answer; PASSED takes every single one.
Outcome outcome_of(const std::vector<Answer>& answers) {
  const auto is = [](Answer::State state) {
    return [state](const Answer& answer) { return answer.state == state; };
  };
  if (std::ranges::any_of(answers, is(Answer::State::unmet))) return Outcome::failed;
  if (answers.empty() || !std::ranges::all_of(answers, is(Answer::State::met))) {
    return Outcome::indeterminate;
  }
  return Outcome::passed;
}

}  // namespace

Verdict judge(const Policy& policy, const Evidence& evidence,
              std::span<const Requirement* const> known, Time now) {
  Verdict verdict;
  for (const Requirement* requirement : known) {
    if (requirement->hard || lists(policy, requirement->name)) {
      verdict.answers.push_back(asked(*requirement, evidence, policy, now));
    }
  }
  add_unjudged(policy, known, verdict.answers);
  verdict.outcome = outcome_of(verdict.answers);
  verdict.waivers = use_waivers(policy, evidence, now);
  return verdict;
}

std::string built_in_policy(std::string_view name) {
  const std::string file = std::string(name) + ".toml";
  for (const EmbeddedFile& carried : embedded_policies()) {
    if (carried.name == file) return unswap(carried.swapped);
  }
  return {};
}

}  // namespace assay
