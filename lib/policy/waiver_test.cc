#include "policy/waiver.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "crypto/envelope.h"
#include "crypto/key.h"
#include "policy/fixture.h"

namespace assay {
namespace {

const SigningKey& lead() {
  static const SigningKey key = SigningKey::generate().take();
  return key;
}
const SigningKey& deputy() {
  static const SigningKey key = SigningKey::generate().take();
  return key;
}

std::string signed_by(const Waiver& waiver, std::initializer_list<const SigningKey*> keys) {
  Envelope envelope{.payload_type = std::string(kInTotoPayloadType),
                    .payload = waiver_statement(waiver)};
  const std::string message = dsse_pae(envelope.payload_type, envelope.payload);
  for (const SigningKey* key : keys) {
    const Ed25519Signature signature = key->sign(as_bytes(message)).take();
    envelope.signatures.push_back({key_id(key->public_key()), std::string(as_text(signature))});
  }
  return envelope_text(envelope);
}

Waiver good_waiver() {
  return {.id = "WVR-1",
          .bundle_name = "agent-1.4.tar.gz",
          .bundle_sha256 = std::string(64, 'a'),
          .rule = "PACK002",
          .member = "bin/agent",
          .reason = "confirmed by the vendor",
          .not_before = Time{kNow.seconds - 86'400},
          .expires = Time{kNow.seconds + 86'400}};
}

Evidence packed_evidence(Severity severity = Severity::high) {
  Evidence evidence = good_evidence();
  evidence.findings = {{.rule = "PACK002", .severity = severity, .member = "bin/agent"}};
  return evidence;
}

Policy policy_with(const Waiver& waiver) {
  Policy policy = good_policy();
  policy.approvers = {{"lead", lead().public_key()}, {"deputy", deputy().public_key()}};
  policy.waivers = {read_waiver(signed_by(waiver, {&lead()}), policy.approvers).take()};
  return policy;
}

Verdict judged(const Policy& policy, const Evidence& evidence) {
  return judge(policy, evidence, all_requirements(), kNow);
}

/// The bundle fails, and the waiver says why it did not help.
void refused(const Policy& policy, const Evidence& evidence, std::string_view reason) {
  const Verdict verdict = judged(policy, evidence);
  CAPTURE(reason);
  CHECK(verdict.outcome == Outcome::failed);
  REQUIRE(verdict.waivers.size() == 1);
  CHECK(verdict.waivers[0].reason == reason);
  CHECK(find_reason(reason) != nullptr);
}

TEST_CASE("a waiver bears the finding it names, and is told") {
  const Policy policy = policy_with(good_waiver());
  const Verdict verdict = judged(policy, packed_evidence());
  CHECK(verdict.outcome == Outcome::passed);
  REQUIRE(verdict.waivers.size() == 1);
  CHECK(verdict.waivers[0].reason.empty());
  CHECK(verdict.waivers[0].approved_by == std::vector<std::string>{"lead"});
  CHECK(judged(good_policy(), packed_evidence()).outcome == Outcome::failed);
}

TEST_CASE("a waiver for something else bears nothing") {
  Waiver waiver = good_waiver();
  waiver.bundle_sha256 = std::string(64, 'f');
  refused(policy_with(waiver), packed_evidence(), "waiver-other-bundle");
  waiver = good_waiver();
  waiver.rule = "PACK001";
  refused(policy_with(waiver), packed_evidence(), "waiver-idle");
  waiver = good_waiver();
  waiver.member = "bin/other";
  refused(policy_with(waiver), packed_evidence(), "waiver-idle");
}

TEST_CASE("a waiver has its time") {
  Waiver waiver = good_waiver();
  waiver.expires = kNow;
  refused(policy_with(waiver), packed_evidence(), "waiver-expired");
  waiver.not_before = Time{kNow.seconds + 1};
  waiver.expires = Time{kNow.seconds + 2};
  refused(policy_with(waiver), packed_evidence(), "waiver-not-yet");
  waiver.not_before = kNow;
  waiver.expires = Time{kNow.seconds + 91 * 86'400};
  refused(policy_with(waiver), packed_evidence(), "waiver-too-long");
}

TEST_CASE("nobody bears a critical finding, whatever the policy says of its rule") {
  Policy policy = policy_with(good_waiver());
  refused(policy, packed_evidence(Severity::critical), "waiver-not-allowed");
  policy.rule_terms = {{"PACK002", Severity::low, true}};
  refused(policy, packed_evidence(Severity::critical), "waiver-not-allowed");
  policy.rule_terms = {{"PACK002", std::nullopt, false}};
  refused(policy, packed_evidence(), "waiver-not-allowed");
  policy.rule_terms = {{"PACK002", Severity::critical, true}};
  refused(policy, packed_evidence(), "waiver-not-allowed");
}

TEST_CASE("a policy may take a rule more or less severely") {
  Policy policy = good_policy();
  policy.rule_terms = {{"PACK002", Severity::low, true}};
  CHECK(judged(policy, packed_evidence()).outcome == Outcome::passed);
  policy.rule_terms = {{"PACK002", Severity::high, true}};
  CHECK(judged(policy, packed_evidence(Severity::info)).outcome == Outcome::failed);
}

TEST_CASE("only different approvers of the policy count") {
  Policy policy = policy_with(good_waiver());
  policy.waiver_approvers = 2;
  refused(policy, packed_evidence(), "waiver-unapproved");
  const std::string twice = signed_by(good_waiver(), {&lead(), &lead()});
  policy.waivers = {read_waiver(twice, policy.approvers).take()};
  refused(policy, packed_evidence(), "waiver-unapproved");
  const std::string both = signed_by(good_waiver(), {&lead(), &deputy()});
  policy.waivers = {read_waiver(both, policy.approvers).take()};
  CHECK(judged(policy, packed_evidence()).outcome == Outcome::passed);
  policy.approvers.clear();
  policy.waiver_approvers = 0;  // never loaded so
  policy.waivers = {read_waiver(both, policy.approvers).take()};
  refused(policy, packed_evidence(), "waiver-unapproved");
}

TEST_CASE("every byte of a waiver counts") {
  const std::vector<Approver> approvers = {{"lead", lead().public_key()}};
  const std::string good = signed_by(good_waiver(), {&lead()});
  std::size_t hints = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    const auto read = read_waiver(bad, approvers);
    // The key id is a hint, and so is the name of its field.
    if (!read || read->approved_by.empty()) continue;
    ++hints;
    CHECK(waiver_statement(*read) == waiver_statement(good_waiver()));
  }
  MESSAGE(hints << " of " << good.size() << " bytes may change");
  CHECK(hints <= 64 + 5);
}

TEST_CASE("what is no waiver") {
  const auto text = [](std::string_view payload) {
    return envelope_text({.payload_type = std::string(kInTotoPayloadType),
                          .payload = std::string(payload),
                          .signatures = {{"", std::string(64, 'x')}}});
  };
  CHECK(read_waiver(text(waiver_statement(good_waiver())), {}));
  for (const std::string& wrong : {std::string("{}"), std::string("[]"), std::string("x"),
                                   waiver_statement(good_waiver()) + " "}) {
    CHECK_FALSE(read_waiver(text(wrong), {}));
  }
  Waiver waiver = good_waiver();
  waiver.expires = waiver.not_before;
  CHECK_FALSE(read_waiver(text(waiver_statement(waiver)), {}));
  waiver = good_waiver();
  waiver.reason.clear();
  CHECK_FALSE(read_waiver(text(waiver_statement(waiver)), {}));
  waiver = good_waiver();
  waiver.member = std::string("a\xff\0b", 4);  // names are bytes
  CHECK(read_waiver(text(waiver_statement(waiver)), {}).take().member == waiver.member);
}

}  // namespace
}  // namespace assay
