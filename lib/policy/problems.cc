#include "policy/problems.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "policy/answer.h"

namespace assay {

Effect weigh(const Problem& problem) {
  const Effect known = effect_of(problem.code);
  if (known == Effect::fails || problem.effect == Effect::fails) return Effect::fails;
  const bool note = known == Effect::note && problem.effect == Effect::note;
  return note ? Effect::note : Effect::indeterminate;
}

Answer judge_problems(const Evidence& evidence, Effect weight, std::string otherwise) {
  const Problem* first = nullptr;
  std::size_t count = 0;
  for (const Problem& problem : evidence.problems) {
    if (weigh(problem) == weight && count++ == 0) first = &problem;
  }
  if (first == nullptr) return met(std::move(otherwise));
  const std::string where =
      first->member.empty() ? std::string() : "'" + printable(first->member) + "': ";
  Answer answer = not_met(first->code, where + printable(first->detail) + and_more(count));
  // The problem may be graver than its reason, never milder.
  if (weight == Effect::fails) answer.state = Answer::State::unmet;
  return answer;
}

}  // namespace assay
