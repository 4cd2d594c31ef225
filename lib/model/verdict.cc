#include "model/verdict.h"

namespace assay {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "PASSED";
    case Outcome::failed: return "FAILED";
    case Outcome::indeterminate: break;
  }
  return "INDETERMINATE";
}

std::string_view to_string(Answer::State state) {
  switch (state) {
    case Answer::State::met: return "met";
    case Answer::State::unmet: return "unmet";
    case Answer::State::undecided: break;
  }
  return "undecided";
}

std::optional<Outcome> outcome_from(std::string_view text) {
  for (const Outcome one : {Outcome::passed, Outcome::failed, Outcome::indeterminate}) {
    if (to_string(one) == text) return one;
  }
  return std::nullopt;
}

std::optional<Answer::State> answer_state_from(std::string_view text) {
  using enum Answer::State;
  for (const Answer::State one : {met, unmet, undecided}) {
    if (to_string(one) == text) return one;
  }
  return std::nullopt;
}

}  // namespace assay
