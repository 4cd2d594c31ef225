// The operators of conditions over values that may be known or not. Where
// libyara 4.2 and a later one could differ, both answers are possible.

#pragma once

#include "scan/condition_value.h"

namespace assay {

ConditionMachine::Value truth(int answers);
ConditionMachine::Value number(std::int64_t value);
ConditionMachine::Value text(std::string_view value);

/// The value where a condition stands.
Answers answers_of(const ConditionMachine::Value& value);

Answers negation(Answers a);
Answers conjunction(Answers a, Answers b);
Answers disjunction(Answers a, Answers b);

Answers comparison(Step::Op op, const ConditionMachine::Value& left,
                   const ConditionMachine::Value& right);
ConditionMachine::Value arithmetic(Step::Op op, const ConditionMachine::Value& left,
                                   const ConditionMachine::Value& right);

/// The integer at `offset` of the content (step.number wide), undefined outside, unknown
/// where it is not at hand.
ConditionMachine::Value read_at(const Step& step, const ConditionMachine::Value& offset,
                                const MemberFacts& member);

}  // namespace assay
