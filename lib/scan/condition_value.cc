#include "scan/condition_value.h"

#include <algorithm>
#include <functional>

#include "scan/condition_operators.h"

namespace assay {
namespace {

using Op = Step::Op;
using Value = ConditionMachine::Value;
using Kind = Value::Kind;

bool any_of_set(const Step& step, const RuleFacts& rule) {
  return std::ranges::any_of(
      step.set, [&](std::uint32_t i) { return rule.strings[i] != Presence::absent; });
}

Answers any_string(const Step& step, const RuleFacts& rule) {
  const bool certain = std::ranges::any_of(
      step.set, [&](std::uint32_t i) { return rule.strings[i] == Presence::certain; });
  if (certain) return kYes;
  return any_of_set(step, rule) ? kNo | kYes : kNo;
}

Answers any_rule(const Step& step, const RuleFacts& rule) {
  Answers answers = 0;
  for (const std::uint32_t i : step.set) answers |= rule.earlier[i];
  return answers;
}

Value variable(Op op, const MemberFacts& member) {
  if (op == Op::filename) return text(member.filename);
  if (op == Op::filepath) return text(member.filepath);
  if (op == Op::filetype) return text(member.filetype);
  return number(static_cast<std::int64_t>(member.content.size() + member.unseen));
}

/// A loop's or a place's answer when it could be yes, and when it could not.
Value if_possible(bool possible) {
  return truth(possible ? kAnyAnswer : kNo | kUndefined);
}

/// N of a set of which at least `least` and at most `most` match.
Value of_range(const Step& step, const Value& needed, std::size_t least, std::size_t most) {
  const bool could_be_any = needed.kind != Kind::number || needed.number == kNoneOf;
  if (step.number == kPercent)
    return if_possible(most > 0 || could_be_any || needed.number < 1);
  if (could_be_any) return truth(kAnyAnswer);
  const auto wanted =
      needed.number == kAllOf ? static_cast<std::int64_t>(step.set.size()) : needed.number;
  if (wanted > 0 && wanted <= static_cast<std::int64_t>(least)) return truth(kYes);
  return if_possible(wanted <= static_cast<std::int64_t>(most));
}

}  // namespace

void ConditionMachine::leaf(const Step& step, const MemberFacts& member,
                            const RuleFacts& rule) {
  switch (step.op) {
    case Op::truth: return push(truth(step.number != 0 ? kYes : kNo));
    case Op::number: return push(number(step.number));
    case Op::text: return push(text(step.text));
    case Op::filesize:
    case Op::filename:
    case Op::filepath:
    case Op::filetype: return push(member.is_known ? variable(step.op, member) : Value{});
    case Op::string: return push(truth(any_string(step, rule)));
    case Op::count: return push(any_of_set(step, rule) ? Value{} : number(0));
    case Op::place:
      return push(any_of_set(step, rule) ? Value{} : Value{.kind = Kind::undefined});
    case Op::rule: return push(truth(any_rule(step, rule)));
    default: return push(Value{});  // unknown; run() sends nothing else here
  }
}

void ConditionMachine::of_one(const Step& step, const MemberFacts& member) {
  const Value value = pop();
  switch (step.op) {
    case Op::read:
    case Op::read_big: return push(member.is_known ? read_at(step, value, member) : Value{});
    case Op::negate: return push(arithmetic(Op::subtract, number(0), value));
    case Op::logical_not: return push(truth(negation(answers_of(value))));
    case Op::defined: return push(truth(kNo | kYes));
    case Op::within:
    case Op::loop: return push(if_possible((answers_of(value) & kYes) != 0));
    case Op::loop_all: return push(if_possible(answers_of(value) != kNo));
    default: return push(Value{});  // invert, loop_any_way
  }
}

void ConditionMachine::of_two(const Step& step) {
  const Value right = pop();
  const Value left = pop();
  if (step.op == Op::logical_and) {
    return push(truth(conjunction(answers_of(left), answers_of(right))));
  }
  if (step.op == Op::logical_or) {
    return push(truth(disjunction(answers_of(left), answers_of(right))));
  }
  if (step.op == Op::at) {
    return push(if_possible((answers_of(left) & kYes) != 0));
  }
  if (step.op >= Op::add) return push(arithmetic(step.op, left, right));
  push(truth(comparison(step.op, left, right)));
}

void ConditionMachine::of_set(const Step& step, const RuleFacts& rule) {
  const bool rules = step.op == Op::of_rules;
  const auto count = [&](auto is_counted) {
    return static_cast<std::size_t>(std::ranges::count_if(step.set, is_counted));
  };
  const std::size_t least = count([&](std::uint32_t i) {
    return rules ? rule.earlier[i] == kYes : rule.strings[i] == Presence::certain;
  });
  const std::size_t most = count([&](std::uint32_t i) {
    return rules ? (rule.earlier[i] & kYes) != 0 : rule.strings[i] != Presence::absent;
  });
  push(of_range(step, pop(), least, most));
}

void ConditionMachine::run(const Step& step, const MemberFacts& member, const RuleFacts& rule) {
  if (step.op < Op::read) return leaf(step, member, rule);
  if (step.op == Op::of_strings || step.op == Op::of_rules) return of_set(step, rule);
  if (step.op >= Op::logical_or && step.op <= Op::at) return of_two(step);
  of_one(step, member);
}

std::size_t ConditionMachine::after(const Step& step, std::size_t here) {
  const Answers left = answers_of(stack_[depth_ - 1]);
  const bool is_decided = step.op == Op::and_then ? (left & kYes) == 0 : left == kYes;
  if (!is_decided) return here + 1;
  stack_[depth_ - 1] = truth(left == kYes ? kYes : kNo | kUndefined);
  return static_cast<std::size_t>(step.number) + 1;
}

Answers ConditionMachine::evaluate(std::span<const Step> steps, const MemberFacts& member,
                                   const RuleFacts& rule) {
  if (stack_.size() < steps.size()) stack_.resize(steps.size());
  depth_ = 0;
  for (std::size_t i = 0; i < steps.size();) {
    const bool may_leave = steps[i].op == Op::and_then || steps[i].op == Op::or_else;
    if (!may_leave) run(steps[i], member, rule);
    i = may_leave ? after(steps[i], i) : i + 1;
  }
  return answers_of(pop());
}

}  // namespace assay
