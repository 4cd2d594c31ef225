// How a requirement says its piece. Whether a reason makes it unmet or only
// undecided is told by the table of reasons, never by the requirement.

#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "model/reason.h"
#include "model/verdict.h"

namespace assay {

/// `fails` and `note` as the table has them; whatever else, or nothing known
/// of it, is `indeterminate`.
inline Effect effect_of(std::string_view reason) {
  const Reason* known = find_reason(reason);
  if (known == nullptr || known->effect == Effect::refuses) return Effect::indeterminate;
  return known->effect;
}

/// `detail` is printable; it says what the requirement rests on.
inline Answer met(std::string detail) {
  return {.state = Answer::State::met, .detail = std::move(detail)};
}

/// Unmet if `reason` fails a bundle, else undecided; its remedy is the hint.
inline Answer not_met(std::string_view reason, std::string detail) {
  const Reason* known = find_reason(reason);
  Answer answer{.reason = std::string(reason), .detail = std::move(detail)};
  if (effect_of(reason) == Effect::fails) answer.state = Answer::State::unmet;
  if (known != nullptr) answer.hint = known->remedy;
  return answer;
}

/// ", and 3 more" for a detail that names the first of `count` things.
inline std::string and_more(std::size_t count) {
  return count > 1 ? ", and " + std::to_string(count - 1) + " more" : std::string();
}

}  // namespace assay
