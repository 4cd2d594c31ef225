#include <doctest/doctest.h>

#include <algorithm>

#include "policy/fixture.h"

namespace assay {
namespace {

using enum Answer::State;

// Requirements whose answer a test sets by the policy's serial.
Answer answer_met(const Evidence& /*e*/, const Policy& /*p*/, Time /*t*/) {
  return {.state = met};
}
Answer answer_unmet(const Evidence& /*e*/, const Policy& /*p*/, Time /*t*/) {
  return {.state = unmet, .reason = "finding"};
}
Answer answer_undecided(const Evidence& /*e*/, const Policy& /*p*/, Time /*t*/) {
  return {};
}

using Judge = Answer (*)(const Evidence&, const Policy&, Time);

Outcome outcome(const std::vector<Judge>& listed, const std::vector<Judge>& hard) {
  std::vector<Requirement> rows;
  const std::string names[] = {"a", "b", "c", "d"};
  Policy policy;
  for (const Judge judge : listed) {
    policy.require.push_back(names[rows.size()]);
    rows.push_back({names[rows.size()], false, "", judge});
  }
  for (const Judge judge : hard) rows.push_back({names[rows.size()], true, "", judge});
  std::vector<const Requirement*> known;
  known.reserve(rows.size());
  for (const Requirement& row : rows) known.push_back(&row);
  return judge(policy, Evidence(), known, kNow).outcome;
}

TEST_CASE("the outcome, all ways") {
  const Judge yes = answer_met, no = answer_unmet, open = answer_undecided;
  CHECK(outcome({yes}, {}) == Outcome::passed);
  CHECK(outcome({yes}, {yes}) == Outcome::passed);
  CHECK(outcome({yes, yes}, {yes, yes}) == Outcome::passed);
  CHECK(outcome({no}, {yes}) == Outcome::failed);
  CHECK(outcome({yes}, {no}) == Outcome::failed);
  CHECK(outcome({open}, {no}) == Outcome::failed);
  CHECK(outcome({no}, {open}) == Outcome::failed);
  CHECK(outcome({open}, {yes}) == Outcome::indeterminate);
  CHECK(outcome({yes}, {open}) == Outcome::indeterminate);
  // Nothing demanded is not success, whatever the hard ones say.
  CHECK(outcome({}, {}) == Outcome::indeterminate);
  CHECK(outcome({}, {yes}) == Outcome::indeterminate);
  CHECK(outcome({}, {no}) == Outcome::failed);
}

TEST_CASE("the zero values refuse") {
  CHECK(Verdict().outcome == Outcome::indeterminate);
  CHECK(Answer().state == undecided);
  CHECK(judge(Policy(), Evidence(), {}, Time()).outcome != Outcome::passed);
  CHECK(judge(Policy(), Evidence(), all_requirements(), Time()).outcome != Outcome::passed);
  CHECK(judge(good_policy(), Evidence(), all_requirements(), kNow).outcome == Outcome::failed);
  CHECK(judge(good_policy(), good_evidence(), {}, kNow).outcome == Outcome::indeterminate);
}

TEST_CASE("a good bundle passes and hard requirements are asked though not listed") {
  const Verdict verdict = judge(good_policy(), good_evidence(), all_requirements(), kNow);
  CHECK(verdict.outcome == Outcome::passed);
  std::vector<std::string> names;
  for (const Answer& answer : verdict.answers) names.push_back(answer.requirement);
  CHECK(names == std::vector<std::string>{"one-vendor", "trusted-signature", "vendor-terms",
                                          "no-bad-signature", "fully-examined", "well-formed",
                                          "clean-content", "current-rules"});
  for (const Answer& answer : verdict.answers) CHECK_FALSE(answer.detail.empty());
}

TEST_CASE("what nobody knows stays undecided") {
  Policy policy = good_policy();
  policy.require.push_back("of-\ntomorrow");
  const Verdict verdict = judge(policy, good_evidence(), all_requirements(), kNow);
  CHECK(verdict.outcome == Outcome::indeterminate);
  CHECK(verdict.answers.back().requirement == R"(of-\x0atomorrow)");
  CHECK(verdict.answers.back().reason == "not-judged");
}

TEST_CASE("a hard requirement that is listed is asked once") {
  Policy policy = good_policy();
  policy.require = {"well-formed"};
  const Verdict verdict = judge(policy, good_evidence(), all_requirements(), kNow);
  CHECK(std::ranges::count(verdict.answers, "well-formed", &Answer::requirement) == 1);
}

TEST_CASE("every single thing gone wrong keeps a good bundle from passing") {
  using Spoil = void (*)(Evidence&);
  const Spoil spoils[] = {
      [](Evidence& e) { e.vendor.vendors.clear(); },
      [](Evidence& e) { e.vendor.vendors.emplace_back("bolt"); },
      [](Evidence& e) { e.signatures.clear(); },
      [](Evidence& e) { e.signatures.front().verified = false; },
      [](Evidence& e) { e.signatures.emplace_back(); },
      [](Evidence& e) { e.findings.emplace_back(); },
      [](Evidence& e) { e.problems.emplace_back(); },
      [](Evidence& e) { e.members.emplace_back().kind = MemberKind::file; },
      [](Evidence& e) { e.members.clear(); },
      [](Evidence& e) { e.coverage = {}; },
      [](Evidence& e) { e.rules = {}; },
  };
  for (const Spoil spoil : spoils) {
    Evidence evidence = good_evidence();
    spoil(evidence);
    CHECK(judge(good_policy(), evidence, all_requirements(), kNow).outcome != Outcome::passed);
  }
}

}  // namespace
}  // namespace assay
