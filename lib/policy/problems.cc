#include "policy/problems.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "policy/answer.h"

namespace assay {
namespace {

/// What the policy refuses weighs as what fails.
Effect weight_here(const Problem& problem, const Policy& policy) {
  const bool refused = std::ranges::find(policy.refuse, problem.code) != policy.refuse.end();
  return refused ? Effect::fails : weigh(problem);
}

}  // namespace

Effect weigh(const Problem& problem) {
  const Effect known = effect_of(problem.code);
  if (known == Effect::fails || problem.effect == Effect::fails) return Effect::fails;
  const bool note = known == Effect::note && problem.effect == Effect::note;
  return note ? Effect::note : Effect::indeterminate;
}

Answer judge_problems(const Evidence& evidence, const Policy& policy, Effect weight,
                      std::string otherwise) {
  const Problem* first = nullptr;
  std::size_t count = 0;
  for (const Problem& problem : evidence.problems) {
    if (weight_here(problem, policy) == weight && count++ == 0) first = &problem;
  }
  if (first == nullptr) return met(std::move(otherwise));
  const std::string where =
      first->member.empty() ? std::string() : "'" + printable(first->member) + "': ";
  Answer answer = not_met(first->code, where + printable(first->detail) + and_more(count));
  // The problem may be graver than its reason, never milder.
  if (weight == Effect::fails) answer.state = Answer::State::unmet;
  return answer;
}

std::vector<std::string> see_problems(const Evidence& evidence, const Policy& policy,
                                      Effect weight) {
  std::vector<std::string> lines;
  for (const Problem& problem : evidence.problems) {
    if (weight_here(problem, policy) != weight) continue;
    lines.push_back(fmt::format("{} in '{}': {}", problem.code, printable(problem.member),
                                printable(problem.detail)));
  }
  return lines;
}

}  // namespace assay
