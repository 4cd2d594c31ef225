#include <doctest/doctest.h>

#include "base/serial.h"
#include "policy/fixture.h"

namespace assay {
namespace {

using enum Answer::State;

Answer ask(const Requirement& requirement, const Evidence& evidence,
           const Policy& policy = good_policy()) {
  return requirement.judge(evidence, policy, kNow);
}

void expect(const Answer& answer, Answer::State state, std::string_view reason) {
  CAPTURE(answer.detail);
  CHECK(answer.state == state);
  CHECK(answer.reason == reason);
  CHECK_FALSE(answer.detail.empty());
  if (state != met) CHECK_FALSE(answer.hint.empty());
  if (!reason.empty()) CHECK(find_reason(reason) != nullptr);
}

TEST_CASE("every requirement: the good bundle meets it") {
  Evidence evidence = good_evidence();
  evidence.signatures.push_back(good_list());
  for (const Requirement* requirement : all_requirements()) {
    CAPTURE(requirement->name);
    expect(ask(*requirement, evidence), met, "");
  }
}

TEST_CASE("every requirement but the negative ones: no evidence does not meet it") {
  for (const Requirement* requirement : all_requirements()) {
    const Answer answer = ask(*requirement, Evidence(), Policy());
    const bool negative = requirement == &no_bad_signature_requirement ||
                          requirement == &vendor_terms_requirement ||
                          requirement == &well_formed_requirement ||
                          requirement == &clean_content_requirement;
    CAPTURE(requirement->name);
    CHECK((answer.state == met) == negative);
  }
}

TEST_CASE("one-vendor") {
  Evidence evidence = good_evidence();
  CHECK(ask(one_vendor_requirement, evidence).detail ==
        "vendor acme may sign 'agent-1.4.tar.gz'");
  evidence.vendor.chosen_by_hand = true;
  CHECK(ask(one_vendor_requirement, evidence).detail == "vendor acme, chosen by hand");
  evidence.vendor.vendors = {"acme", "bolt"};
  expect(ask(one_vendor_requirement, evidence), undecided, "ambiguous-vendor");
  evidence.vendor.vendors.clear();
  evidence.bundle.name = "a\x1b[31m";
  const Answer answer = ask(one_vendor_requirement, evidence);
  expect(answer, unmet, "no-vendor");
  CHECK(answer.detail == R"(no vendor may sign 'a\x1b[31m')");
}

TEST_CASE("vendor-terms: the worst term decides, and unasked is not met") {
  Evidence evidence = good_evidence();
  const auto answer = [&] { return ask(vendor_terms_requirement, evidence); };
  CHECK(answer().detail == "the vendor's entry demands nothing more");
  evidence.vendor.terms = {{"require", "", "2 of [*]: a, b"}, {"version", "", "1.4"}};
  expect(answer(), met, "");
  CHECK(answer().detail == "product acme; require 2 of [*]: a, b; version 1.4");
  evidence.vendor.terms.push_back({"clock", "clock-suspect", "behind"});
  expect(answer(), undecided, "clock-suspect");
  evidence.vendor.terms.push_back({"version", "below-floor", "1.3"});
  expect(answer(), unmet, "below-floor");
  evidence.vendor.terms = {Term{}};
  CHECK(answer().state == undecided);
  evidence.vendor.terms.clear();
  evidence.vendor.product.clear();
  CHECK(answer().state == undecided);
  evidence.vendor.vendors = {"acme", "bolt"};
  expect(answer(), undecided, "ambiguous-vendor");
  evidence.vendor.vendors.clear();
  expect(answer(), met, "");
  evidence.vendor.terms = {{"revoked", "revoked-file", "since 2026"}};
  expect(answer(), unmet, "revoked-file");
}

TEST_CASE("trusted-signature: what counts") {
  Evidence evidence = good_evidence();
  const auto answer = [&evidence] { return ask(trusted_signature_requirement, evidence); };
  CHECK(answer().detail == "minisign key E7620F1842B4E81F 'acme-2026' of vendor acme");
  SUBCASE("a signed list counts as well") {
    evidence.signatures = {good_list()};
    CHECK(answer().detail ==
          "list SHA256SUMS by key E7620F1842B4E81F 'acme-2026' of vendor acme");
  }
  SUBCASE("no signature") {
    evidence.signatures.clear();
    expect(answer(), unmet, "no-trusted-signature");
    CHECK(answer().detail == "0 of 1 needed; none is in the bundle or beside it");
  }
  SUBCASE("several vendors") {
    evidence.vendor.vendors = {"acme", "bolt"};
    expect(answer(), undecided, "ambiguous-vendor");
  }
}

TEST_CASE("trusted-signature: what does not count") {
  Evidence evidence = good_evidence();
  SignatureRecord& record = evidence.signatures.front();
  SUBCASE("not verified") {
    record.verified = false;
  }
  SUBCASE("verified, and yet something against it") {
    record.reason = "expired-key";
  }
  SUBCASE("no pinned key") {
    record.key.clear();
  }
  SUBCASE("no key id") {
    record.key_id.clear();
  }
  SUBCASE("another vendor's key") {
    record.vendor = "bolt";
  }
  SUBCASE("no vendor") {
    record.vendor.clear();
  }
  SUBCASE("a list's signature, and the list does not name the bundle") {
    record.subject = "SHA256SUMS";
  }
  SUBCASE("nobody may sign this name") {
    evidence.vendor.vendors.clear();
  }
  SUBCASE("nobody, and an empty name") {
    evidence.vendor.vendors = {""}, record.vendor = "";
  }
  expect(ask(trusted_signature_requirement, evidence), unmet, "no-trusted-signature");
}

TEST_CASE("trusted-signature: distinct keys are counted") {
  Evidence evidence = good_evidence();
  Policy policy = good_policy();
  policy.signatures = 2;
  evidence.signatures.push_back(good_list());
  Answer answer = ask(trusted_signature_requirement, evidence, policy);
  expect(answer, unmet, "no-trusted-signature");
  CHECK(answer.detail == "1 of 2 needed");
  evidence.signatures.back().key_id = "0000000000000001";
  evidence.signatures.back().key = "acme-2027";
  expect(ask(trusted_signature_requirement, evidence, policy), met, "");
  policy.signatures = -5;
  evidence.signatures.clear();
  expect(ask(trusted_signature_requirement, evidence, policy), unmet, "no-trusted-signature");
}

TEST_CASE("no-bad-signature: one bad record outweighs the good ones") {
  for (const std::string reason :
       {"bad-signature", "digest-mismatch", "list-conflict", "list-malformed",
        "list-not-naming", "filename-mismatch", "revoked-key", "sidecar-malformed",
        "expired-key", "key-not-yet-valid", "weak-algorithm", "wrong-file-name"}) {
    for (const bool claims_to_be_verified : {false, true}) {
      Evidence evidence = good_evidence();
      evidence.signatures.push_back(good_signature());
      evidence.signatures.back().verified = claims_to_be_verified;
      evidence.signatures.back().reason = reason;
      evidence.signatures.back().detail = "d";
      const Answer answer = ask(no_bad_signature_requirement, evidence);
      expect(answer, unmet, reason);
      CHECK(answer.detail == "agent-1.4.tar.gz.minisig: d");
    }
  }
}

TEST_CASE("no-bad-signature: notes, and records nobody understands") {
  Evidence evidence = good_evidence();
  SignatureRecord& record = evidence.signatures.emplace_back();
  for (const std::string reason : {"unknown-key", "list-unsigned"}) {
    record.reason = reason;
    const Answer answer = ask(no_bad_signature_requirement, evidence);
    expect(answer, met, "");
    CHECK(answer.detail == "2 looked at, none is bad, 1 of no weight");
  }
  for (const std::string reason : {"scan-incomplete", "verdict-policy", "of-tomorrow"}) {
    record.reason = reason;
    CHECK(ask(no_bad_signature_requirement, evidence).state == undecided);
  }
  record.reason.clear();
  expect(ask(no_bad_signature_requirement, evidence), undecided, "not-judged");
  evidence.signatures.push_back(good_signature());
  evidence.signatures.back().reason = "bad-signature";
  expect(ask(no_bad_signature_requirement, evidence), unmet, "bad-signature");
}

TEST_CASE("signed-list") {
  Evidence evidence = good_evidence();
  expect(ask(signed_list_requirement, evidence), unmet, "no-signed-list");
  evidence.signatures.push_back(good_list());
  expect(ask(signed_list_requirement, evidence), met, "");
  evidence.signatures.back().verified = false;
  expect(ask(signed_list_requirement, evidence), unmet, "no-signed-list");
  evidence.vendor.vendors = {"acme", "bolt"};
  expect(ask(signed_list_requirement, evidence), undecided, "ambiguous-vendor");
}

TEST_CASE("fully-examined") {
  Evidence evidence = good_evidence();
  Member& file = evidence.members.back();
  std::string reason = "not-examined";
  SUBCASE("the walk broke off") {
    evidence.coverage.complete = false;
  }
  SUBCASE("bytes that are nothing") {
    evidence.coverage.ledger = {.member = 1200, .metadata = 30, .unknown = 4};
  }
  SUBCASE("bytes nobody counted") {
    evidence.coverage.ledger.metadata = 0;
  }
  SUBCASE("bytes counted twice") {
    evidence.coverage.ledger.padding = 1;
  }
  SUBCASE("nothing counted") {
    evidence.coverage.ledger = {};
  }
  SUBCASE("not scanned") {
    file.scanned = false;
  }
  SUBCASE("not hashed") {
    file.sha256.clear();
  }
  SUBCASE("of no known kind") {
    file.kind = MemberKind::other;
    file.sha256.clear();
  }
  SUBCASE("no member") {
    evidence.members.clear();
    reason = "empty-bundle";
  }
  SUBCASE("nothing but a folder") {
    evidence.members.pop_back();
    reason = "empty-bundle";
  }
  SUBCASE("no member counted") {
    evidence.coverage.members = 0;
    reason = "empty-bundle";
  }
  SUBCASE("no member scanned") {
    evidence.coverage.scanned = 0;
    reason = "empty-bundle";
  }
  SUBCASE("a limit") {
    evidence.problems = {make_problem("limit-depth", "a.zip", "7 deep")};
    reason = "limit-depth";
  }
  SUBCASE("a problem of no known code") {
    evidence.problems = {make_problem("of-tomorrow", "", "x")};
    reason = "of-tomorrow";
    CHECK(ask(fully_examined_requirement, evidence).state == undecided);
    return;
  }
  SUBCASE("a limit that calls itself a note") {
    evidence.problems = {make_problem("limit-members", "", "x")};
    evidence.problems.front().effect = Effect::note;
    reason = "limit-members";
  }
  expect(ask(fully_examined_requirement, evidence), undecided, reason);
}

TEST_CASE("well-formed") {
  Evidence evidence = good_evidence();
  evidence.problems = {make_problem("limit-depth", "", "x")};
  expect(ask(well_formed_requirement, evidence), met, "");
  evidence.problems.push_back(make_problem("trailing-data", "a\nb.zip", "9 bytes"));
  evidence.problems.push_back(make_problem("unsafe-name", "../x", "y"));
  const Answer answer = ask(well_formed_requirement, evidence);
  expect(answer, unmet, "trailing-data");
  CHECK(answer.detail == R"('a\x0ab.zip': 9 bytes, and 1 more)");
}

TEST_CASE("well-formed: a note fails where the policy refuses it") {
  Evidence evidence = good_evidence();
  evidence.problems = {make_problem("setuid-member", "b!/x", "its mode is 4755")};
  Policy policy = good_policy();
  const auto judged = [&] {
    return well_formed_requirement.judge(evidence, policy, kNow).state;
  };
  CHECK(judged() == Answer::State::met);
  policy.refuse = {"world-writable"};
  CHECK(judged() == Answer::State::met);
  policy.refuse = {"setuid-member"};
  CHECK(judged() == Answer::State::unmet);
}

TEST_CASE("well-formed: a problem graver than its reason fails too") {
  Evidence evidence = good_evidence();
  evidence.problems = {make_problem("unsupported-feature", "", "x")};
  evidence.problems.front().effect = Effect::fails;
  expect(ask(well_formed_requirement, evidence), unmet, "unsupported-feature");
}

TEST_CASE("clean-content: from fail_at on, worst first") {
  Evidence evidence = good_evidence();
  Policy policy = good_policy();
  for (int severity = 0; severity < 5; ++severity) {
    for (int fail_at = 0; fail_at < 5; ++fail_at) {
      evidence.findings = {
          {.rule = "X1", .severity = static_cast<Severity>(severity), .member = "m"}};
      policy.fail_at = static_cast<Severity>(fail_at);
      const bool fails = severity >= fail_at;
      expect(ask(clean_content_requirement, evidence, policy), fails ? unmet : met,
             fails ? "finding" : "");
    }
  }
}

TEST_CASE("clean-content: what it says") {
  Evidence evidence = good_evidence();
  evidence.findings = {{.rule = "B2", .severity = Severity::high, .member = "z"},
                       {.rule = "A1", .severity = Severity::critical, .member = "\xff"},
                       {.rule = "A0", .severity = Severity::low, .member = "z"}};
  evidence.findings[1].remedy = "Remove it.";
  Answer answer = ask(clean_content_requirement, evidence);
  CHECK(answer.detail == R"(A1 (critical) in '\xff', and 1 more)");
  CHECK(answer.hint == "Remove it.");
  std::swap(evidence.findings[0], evidence.findings[1]);
  CHECK(ask(clean_content_requirement, evidence).detail == answer.detail);
  evidence.findings = {{.rule = "A0", .severity = Severity::low, .member = "z"}};
  CHECK(ask(clean_content_requirement, evidence).detail ==
        "no finding of severity medium or above, 1 below");
  // A severity nobody set is the gravest.
  evidence.findings = {Finding()};
  expect(ask(clean_content_requirement, evidence), unmet, "finding");
}

TEST_CASE("current-rules") {
  Evidence evidence = good_evidence();
  Policy policy = good_policy();
  const auto answer = [&] { return ask(current_rules_requirement, evidence, policy); };
  SUBCASE("none") {
    evidence.rules.loaded = 0;
    policy.min_rules = -1;
    expect(answer(), undecided, "no-rules");
  }
  SUBCASE("too few") {
    policy.min_rules = 41;
    expect(answer(), undecided, "no-rules");
    policy.min_rules = 40;
    expect(answer(), met, "");
  }
  SUBCASE("serial") {
    policy.rules_min_serial = 20260531;
    expect(answer(), undecided, "rules-stale");
    policy.rules_min_serial = 20260530;
    expect(answer(), met, "");
    policy.rules_min_serial = 2026053001;  // the day's first, and ours is its zeroth
    expect(answer(), undecided, "rules-stale");
    evidence.rules.serial = 2026053001;
    expect(answer(), met, "");
    policy.rules_min_serial = 20260531;
    expect(answer(), undecided, "rules-stale");
  }
  SUBCASE("age") {
    policy.rules_max_age = 172'800;  // two days
    expect(answer(), met, "");
    policy.rules_max_age -= 1;
    expect(answer(), undecided, "rules-stale");
    for (const std::int64_t serial : {20260602, 2026060301, 99991231}) {
      evidence.rules.serial = serial;
      policy.rules_max_age = 86400;
      CHECK((answer().state == met) == (serial == 20260602));  // a day of leeway
    }
    for (const std::int64_t serial : {0, -1, 20261301, 20260230, 7}) {
      evidence.rules.serial = serial;
      policy.rules_max_age = std::int64_t{1} << 60;
      expect(answer(), undecided, "rules-stale");
    }
  }
}

TEST_CASE("fully-examined: behind a wall as strong as the policy demands") {
  const std::string walls[] = {"none", "rlimits", "landlock7", "seccomp", "seccomp+landlock7"};
  Evidence evidence = good_evidence();
  Policy policy = good_policy();
  for (int floor = 1; floor < 5; ++floor) {
    policy.min_sandbox = static_cast<WallLevel>(floor);
    for (int reached = 0; reached < 5; ++reached) {
      CAPTURE(floor);
      CAPTURE(reached);
      evidence.sandbox = walls[reached];
      const Answer answer = ask(fully_examined_requirement, evidence, policy);
      if (reached >= floor) {
        expect(answer, met, "");
      } else {
        expect(answer, undecided, reached == 0 ? "no-sandbox" : "weak-sandbox");
      }
    }
  }
  policy.min_sandbox = WallLevel::none;  // no file says that, and it allows nothing
  for (const std::string wall : {"none", "", "seccomp7", "SECCOMP"}) {
    evidence.sandbox = wall;
    expect(ask(fully_examined_requirement, evidence, policy), undecided, "no-sandbox");
  }
}

TEST_CASE("serials") {
  CHECK(serial_date(20260601) == kNow);
  CHECK(serial_date(2026060199) == kNow);
  CHECK_FALSE(serial_date(202606010));
  CHECK_FALSE(serial_date(INT64_MAX));
  CHECK_FALSE(serial_date(INT64_MIN));
}

}  // namespace
}  // namespace assay
