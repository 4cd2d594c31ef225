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

}  // namespace assay
