#include "scan/gate_state.h"

namespace assay {
namespace {

/// Sets what is known of the rule's strings by the literals that were seen.
void set_presence(const GateRule& rule, std::span<const std::uint8_t> seen,
                  std::vector<Presence>& presence) {
  presence.clear();
  for (const GateString& string : rule.strings) {
    presence.push_back(string.may_match(seen) ? Presence::possible : Presence::absent);
  }
}

bool is_settled(const GateRule& rule, std::span<const std::uint8_t> seen) {
  return rule.needs_string && std::ranges::none_of(rule.strings, [&](const GateString& string) {
           return string.may_match(seen);
         });
}

}  // namespace

/// A rule matches or does not; undefined is a no.
Answers GateInquiry::evaluate(const GateRule& rule, const MemberFacts& member) {
  const RuleFacts facts{.strings = presence_, .earlier = answers_};
  const Answers found = machine_.evaluate(rule.condition, member, facts);
  return static_cast<Answers>((found & kYes) | ((found & (kNo | kUndefined)) != 0 ? kNo : 0));
}

/// The rule's answers, and where its first string is when that is known too.
Answers GateInquiry::answers_of(const GateRule& rule, const MemberFacts& member,
                                std::span<const std::uint8_t> seen,
                                const LookCloser& look_closer,
                                std::optional<std::uint64_t>& first) {
  if (!rule.understood) return kYes | kNo;
  set_presence(rule, seen, presence_);
  const Answers found = evaluate(rule, member);
  if ((found & kYes) == 0) return found;
  first = look_closer(rule, presence_);
  return evaluate(rule, member);
}

/// From the last rule to the first: a rule is named only by those behind it.
void GateInquiry::choose(std::span<const std::uint8_t> seen) {
  asked_ = gate_.unsettled;
  for (std::size_t literal = 0; literal < seen.size(); ++literal) {
    if (seen[literal] == 0) continue;
    for (const std::uint32_t rule : gate_.rules_of[literal]) asked_[rule] = 1;
  }
  named_.assign(gate_.rules.size(), 0);
  for (std::size_t i = gate_.rules.size(); i-- > 0;) {
    if (asked_[i] == 0) continue;
    const GateRule& rule = gate_.rules[i];
    asked_[i] = (named_[i] != 0 || !rule.is_private) && !is_settled(rule, seen) ? 1 : 0;
    if (asked_[i] == 0 || !rule.understood) continue;
    for (const std::uint32_t name : rule.names) named_[name] = 1;
  }
}

void GateInquiry::ask(const MemberFacts& member, std::span<const std::uint8_t> seen,
                      const LookCloser& look_closer, std::vector<Candidate>& candidates) {
  candidates.clear();
  answers_.assign(gate_.rules.size(), kNo);
  choose(seen);
  for (std::size_t i = 0; i < gate_.rules.size(); ++i) {
    if (asked_[i] == 0) continue;
    Candidate candidate{.place = i};
    answers_[i] = answers_of(gate_.rules[i], member, seen, look_closer, candidate.first);
    if ((answers_[i] & kYes) == 0 || gate_.rules[i].is_private) continue;
    if (answers_[i] != kYes) candidate.first.reset();
    candidates.push_back(candidate);
  }
}

}  // namespace assay
