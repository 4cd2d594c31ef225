#include "verdict/gate.h"

#include <doctest/doctest.h>

#include <functional>

#include "crypto/digest.h"
#include "model/reason.h"
#include "verdict/dsse.h"
#include "verdict/fixture.h"
#include "verdict/json_at.h"

namespace assay {
namespace {

/// One key for all: making keys is not what is tested.
const SigningKey& test_key() {
  static const SigningKey kKey = SigningKey::generate().take();
  return kKey;
}
const SigningKey& other_key() {
  static const SigningKey kKey = SigningKey::generate().take();
  return kKey;
}

std::string sealed(Report report = good_report(), const RunInfo& run = good_run(),
                   const Signer& signer = test_key()) {
  return seal(report, run, signer).take();
}

GateDecision gate(std::string_view file) {
  return decide(good_gate(test_key()), good_request(file));
}

void refused(const GateDecision& decision, std::string_view reason, int exit_code = 4) {
  CAPTURE(decision.detail);
  CHECK_FALSE(decision.accepted);
  CHECK(decision.reason == reason);
  CHECK(decision.exit_code == exit_code);
  CHECK_FALSE(decision.detail.empty());
  CHECK_FALSE(decision.hint.empty());
  REQUIRE(find_reason(reason) != nullptr);
}

std::string joined(std::string head, std::string_view middle, std::string_view tail) {
  head += middle;
  head += tail;
  return head;
}

struct Lines {
  std::string evidence, verdict;
};
Lines lines_of(const std::string& file) {
  const std::size_t end = file.find('\n');
  return {file.substr(0, end), file.substr(end + 1, file.size() - end - 2)};
}

TEST_CASE("a good verdict is accepted, step by step") {
  const std::string file = sealed();
  const GateDecision decision = gate(file);
  CAPTURE(decision.reason);
  CAPTURE(decision.detail);
  CHECK(decision.accepted);
  CHECK(decision.exit_code == 0);
  CHECK(decision.reason.empty());
  CHECK(decision.steps.size() == 17);
}

TEST_CASE("the zero values refuse") {
  CHECK_FALSE(GateDecision().accepted);
  CHECK(GateDecision().exit_code == 4);
  refused(decide({}, {}), "envelope-malformed");
  const std::string file = sealed();
  refused(decide({}, good_request(file)), "envelope-signature");
  refused(decide(good_gate(test_key()), {.verdict_file = file}), "verdict-other-file");
  GateConfig config = good_gate(test_key());
  config.policies.clear();
  refused(decide(config, good_request(file)), "verdict-policy");
  config = good_gate(test_key());
  config.max_age = 0;
  refused(decide(config, good_request(file)), "verdict-too-old");
}

TEST_CASE("a verdict that is not PASSED, for this file: exit 1") {
  refused(gate(sealed(bad_report())), "verdict-not-passed", 1);
  refused(gate(sealed(bad_report(Answer::State::undecided, "limit-depth"))),
          "verdict-not-passed", 1);
  CHECK(gate(sealed(bad_report())).detail == "the verdict gives 'finding'");
}

TEST_CASE("every single byte changed, dropped or doubled, every cut: never accepted") {
  const std::string file = sealed();
  const GateConfig config = good_gate(test_key());
  const auto accepts = [&config](const std::string& changed) {
    return decide(config, good_request(changed)).accepted;
  };
  REQUIRE(accepts(file));
  std::size_t accepted = 0;
  for (std::size_t n = 0; n < file.size(); ++n) {
    const std::string head = file.substr(0, n);
    const std::string tail = file.substr(n + 1);
    const auto flipped = [c = file[n]](int mask) {
      return std::string(1, static_cast<char>(c ^ mask));
    };
    accepted += accepts(joined(head, flipped(1), tail)) ? 1U : 0U;
    if (n % 2 == 0) accepted += accepts(joined(head, flipped(2 << (n % 7)), tail)) ? 1U : 0U;
    accepted += accepts(head) ? 1U : 0U;
    if (n % 4 == 1) accepted += accepts(file[n] + tail) ? 1U : 0U;
    if (n % 4 == 2) accepted += accepts(head + tail) ? 1U : 0U;
    if (n % 4 == 3) accepted += accepts(joined(head, std::string(2, file[n]), tail)) ? 1U : 0U;
  }
  CHECK(accepted == 0);
}

TEST_CASE("lines: one, three, swapped, doubled, mixed") {
  const std::string file = sealed();
  const auto [evidence, verdict] = lines_of(file);
  RunInfo later = good_run();
  later.started.seconds += 1;
  const Lines other = lines_of(sealed(good_report(), later));
  const std::vector<std::string> all_bad = {std::string(),
                                            std::string("\n"),
                                            std::string("\n\n"),
                                            evidence + "\n",
                                            verdict + "\n",
                                            evidence + "\n" + verdict,
                                            file + "\n",
                                            "\n" + file,
                                            file + file,
                                            file + verdict + "\n",
                                            verdict + "\n" + evidence + "\n",
                                            verdict + "\n" + verdict + "\n",
                                            evidence + "\n" + evidence + "\n",
                                            evidence + "\r\n" + verdict + "\r\n",
                                            evidence + " \n" + verdict + "\n",
                                            evidence + "\n" + verdict + " \n",
                                            other.evidence + "\n" + verdict + "\n",
                                            evidence + "\n" + other.verdict + "\n",
                                            "x\n" + verdict + "\n",
                                            evidence + "\nx\n"};
  for (const std::string& bad : all_bad) {
    refused(gate(bad), "envelope-malformed");
  }
}

TEST_CASE("signed by another key") {
  const std::string file = sealed(good_report(), good_run(), other_key());
  refused(gate(file), "envelope-signature");
  // The evidence by another key than the verdict, both pinned.
  GateConfig config = good_gate(test_key());
  config.keys.push_back(good_gate(other_key()).keys.front());
  CHECK(decide(config, good_request(file)).accepted);
  Report report = good_report();
  const std::string core = add_core(report);
  const std::string evidence =
      dsse_sign(kInTotoPayloadType, evidence_statement(report, good_run(), core), other_key())
          .take();
  const Json vsa = vsa_statement(report, good_run(), sha256_hex(as_bytes(evidence)));
  const std::string verdict = dsse_sign(kInTotoPayloadType, vsa.canonical(), test_key()).take();
  refused(decide(config, good_request(evidence + "\n" + verdict + "\n")), "envelope-signature");
}

TEST_CASE("another payload type") {
  const Lines lines = lines_of(sealed());
  const std::string verdict = dsse_sign("text/plain", "x", test_key()).take();
  refused(gate(lines.evidence + "\n" + verdict + "\n"), "envelope-type");
}

using Change = std::function<void(Report&, RunInfo&, GateConfig&, GateRequest&)>;
struct Condition {
  const char* reason;  // or "" when it is accepted all the same
  Change change;
};

// Every condition of the gate, violated alone, with its neighbour that holds.
const Condition kConditions[] = {
    {"verdict-other-file",
     [](auto&, auto&, auto&, auto& q) { q.artifact.sha256.back() = 'b'; }},
    {"verdict-other-file",
     [](auto&, auto&, auto&, auto& q) { q.artifact.sha512.back() = 'a'; }},
    {"verdict-other-file", [](auto&, auto&, auto&, auto& q) { q.artifact.sha512.clear(); }},
    {"", [](auto&, auto&, auto&, auto& q) { q.artifact.name = "renamed"; }},
    {"verdict-key-window",
     [](auto&, auto&, auto& c, auto& q) { c.keys[0].valid_from = Time{q.now.seconds + 1}; }},
    {"", [](auto&, auto&, auto& c, auto& q) { c.keys[0].valid_from = q.now; }},
    {"verdict-key-window",
     [](auto&, auto&, auto& c, auto& q) { c.keys[0].valid_until = q.now; }},
    {"",
     [](auto&, auto&, auto& c, auto& q) { c.keys[0].valid_until = Time{q.now.seconds + 1}; }},
    {"verdict-verifier",
     [](auto&, auto&, auto& c, auto&) { c.keys[0].verifier_id = "urn:other"; }},
    {"verdict-verifier", [](auto&, auto&, auto& c, auto&) { c.keys[0].verifier_id.clear(); }},
    {"verdict-resource", [](auto&, auto&, auto& c, auto&) { c.resource = "pkg:generic/x"; }},
    {"verdict-resource", [](auto&, auto&, auto&, auto& q) { q.resource = "pkg:generic/x"; }},
    {"",
     [](auto&, auto& run, auto& c, auto& q) { c.resource = q.resource = run.resource_uri; }},
    {"verdict-resource", [](auto&, auto& run, auto& c,
                            auto& q) { c.resource = run.resource_uri, q.resource = "x"; }},
    {"verdict-level", [](auto&, auto&, auto& c, auto&) { c.levels = {"ASSAY_SIGNED_2"}; }},
    {"verdict-level", [](auto&, auto&, auto& c, auto&) { c.levels = {"ASSAY_SIGNED_x"}; }},
    {"verdict-level", [](auto&, auto&, auto& c, auto&) { c.levels = {"ASSAY_SIGNED_"}; }},
    {"verdict-level", [](auto&, auto&, auto& c, auto&) { c.levels = {"ASSAY_DIGEST_PINNED"}; }},
    {"verdict-level", [](auto&, auto&, auto& c, auto&) { c.levels = {"FAILED"}; }},
    {"",
     [](auto&, auto&, auto& c, auto&) {
       c.levels = {"ASSAY_SIGNED_1", "ASSAY_CONTENT_CLEAN", "ASSAY_FULLY_EXAMINED"};
     }},
    {"",
     [](auto& r, auto&, auto& c, auto&) {  // two keys serve who demands one
       r.evidence.signatures.push_back(r.evidence.signatures[0]);
       r.evidence.signatures.back().key_id = "2";
       c.levels = {"ASSAY_SIGNED_1", "ASSAY_SIGNED_2"};
     }},
    {"", [](auto&, auto&, auto& c, auto&) { c.min_sandbox = WallLevel::seccomp_landlock; }},
    {"", [](auto&, auto&, auto& c, auto&) { c.min_sandbox = WallLevel::rlimits; }},
    {"verdict-sandbox",
     [](auto& r, auto&, auto& c, auto&) {
       r.evidence.sandbox = "seccomp", c.min_sandbox = WallLevel::seccomp_landlock;
     }},
    {"verdict-sandbox",
     [](auto& r, auto&, auto& c, auto&) {
       r.evidence.sandbox = "none", c.min_sandbox = WallLevel::rlimits;
     }},
    {"verdict-policy", [](auto&, auto&, auto& c, auto&) { c.policies = {"urn:other"}; }},
    {"verdict-policy",
     [](auto&, auto&, auto& c, auto&) { c.policy_sha256 = {std::string(64, '0')}; }},
    {"",
     [](auto& r, auto&, auto& c, auto&) {
       c.policy_sha256 = {std::string(64, '0'), r.policy.sha256};
     }},
    {"verdict-policy", [](auto&, auto&, auto& c, auto&) { c.min_policy_serial = 4; }},
    {"", [](auto&, auto&, auto& c, auto&) { c.min_policy_serial = 3; }},
    {"verdict-rules", [](auto&, auto&, auto& c, auto&) { c.min_rules_serial = 20260531; }},
    {"verdict-rules", [](auto&, auto&, auto& c, auto&) { c.min_rules_serial = 2026053001; }},
    {"", [](auto&, auto&, auto& c, auto&) { c.min_rules_serial = 20260530; }},
    {"", [](auto& r, auto&, auto& c,
            auto&) { r.evidence.rules.serial = 2026053101, c.min_rules_serial = 20260531; }},
    {"verdict-trust",
     [](auto&, auto&, auto& c, auto&) { c.trust_sha256 = {std::string(64, '0')}; }},
    {"verdict-trust",
     [](auto& r, auto&, auto& c,
        auto&) { r.evidence.trust_sha256.clear(), c.trust_sha256 = {std::string(64, '0')}; }},
    {"", [](auto& r, auto&, auto& c, auto&) { c.trust_sha256 = {r.evidence.trust_sha256}; }},
    {"verdict-from-future",
     [](auto& r, auto&, auto&, auto& q) { r.effective_time.seconds = q.now.seconds + 301; }},
    {"",
     [](auto& r, auto&, auto&, auto& q) { r.effective_time.seconds = q.now.seconds + 300; }},
    {"verdict-expired",
     [](auto&, auto& run, auto&, auto& q) { run.not_after.seconds = q.now.seconds - 1; }},
    {"", [](auto&, auto& run, auto&, auto& q) { run.not_after = q.now; }},
    {"verdict-too-old", [](auto&, auto&, auto& c, auto&) { c.max_age = 59; }},
    {"", [](auto&, auto&, auto& c, auto&) { c.max_age = 60; }},
    {"verdict-audience", [](auto&, auto&, auto& c, auto&) { c.audience = {"lab"}; }},
    {"verdict-audience",
     [](auto&, auto& run, auto& c, auto&) { run.audience.clear(), c.audience = {"prod"}; }},
    {"", [](auto&, auto&, auto& c, auto&) { c.audience = {"lab", "stage"}; }},
    {"verdict-nonce", [](auto&, auto&, auto&, auto& q) { q.nonce = "n-2"; }},
    {"verdict-nonce",
     [](auto&, auto& run, auto&, auto& q) { run.nonce.clear(), q.nonce = "n-1"; }},
    {"", [](auto&, auto&, auto&, auto& q) { q.nonce = "n-1"; }},
};

TEST_CASE("each condition violated alone gives its reason and its neighbour holds") {
  for (const Condition& condition : kConditions) {
    Report report = good_report();
    RunInfo run = good_run();
    GateConfig config = good_gate(test_key());
    GateRequest request = good_request({});
    condition.change(report, run, config, request);
    const std::string file = sealed(report, run);
    request.verdict_file = file;
    const GateDecision decision = decide(config, request);
    CAPTURE(condition.reason);
    if (*condition.reason == '\0') {
      CAPTURE(decision.reason);
      CHECK(decision.accepted);
    } else {
      refused(decision, condition.reason);
    }
  }
}

TEST_CASE("replays: what was good once, elsewhere, for another file") {
  const std::string file = sealed();
  GateRequest late = good_request(file);
  late.now.seconds = kNow.seconds + 7 * kDay + 1;
  refused(decide(good_gate(test_key()), late), "verdict-expired");
  // FAILED, and for another file: the other file is what is said.
  const std::string failed = sealed(bad_report());
  GateRequest other = good_request(failed);
  other.artifact.sha256 = std::string(64, '0');
  refused(decide(good_gate(test_key()), other), "verdict-other-file");
}

/// A verdict whose statement was changed before it was signed.
std::string signed_after(const std::function<void(Json&)>& change) {
  Report report = good_report();
  const std::string core = add_core(report);
  const std::string evidence =
      dsse_sign(kInTotoPayloadType, evidence_statement(report, good_run(), core), test_key())
          .take();
  Json vsa = vsa_statement(report, good_run(), sha256_hex(as_bytes(evidence)));
  change(vsa);
  return evidence + "\n" + dsse_sign(kInTotoPayloadType, vsa.canonical(), test_key()).take() +
         "\n";
}

Json::Object& inside(Json& json, std::initializer_list<std::string_view> path) {
  Json* here = &json;
  for (const std::string_view key : path) {
    here = const_cast<Json*>(&at(*here, key));
  }
  return const_cast<Json::Object&>(object(*here));
}

TEST_CASE("statements signed by the right key, and not what this gate knows") {
  CHECK(gate(signed_after([](Json&) {})).accepted);
  const std::string ext(kExtension);
  const std::function<void(Json&)> changes[] = {
      [](Json& j) { inside(j, {})["more"] = 1; },
      [](Json& j) { inside(j, {})["subject"] = Json::Array{}; },
      [](Json& j) {
        const Json one = list_at(j, "subject").front();
        inside(j, {})["subject"] = Json::Array{one, one};
      },
      [](Json& j) { inside(j, {})["predicate"] = "x"; },
      [](Json& j) { inside(j, {"predicate"})["dependencyLevels"] = Json::Object{}; },
      [](Json& j) { inside(j, {"predicate"})["verificationResult"] = "passed"; },
      [](Json& j) { inside(j, {"predicate"})["verificationResult"] = "FAILED"; },
      [](Json& j) { inside(j, {"predicate"})["verificationResult"] = true; },
      [](Json& j) { inside(j, {"predicate"})["verifiedLevels"] = Json::Array{"FAILED"}; },
      [](Json& j) { inside(j, {"predicate"})["verifiedLevels"] = Json::Array{1}; },
      [](Json& j) { inside(j, {"predicate"})["timeVerified"] = "2026-06-01 00:00:00Z"; },
      [](Json& j) { inside(j, {"predicate"})["timeVerified"] = "2026-06-01T00:00:00+00:00"; },
      [](Json& j) { inside(j, {"predicate"})["inputAttestations"] = Json::Array{}; },
      [](Json& j) {
        inside(j, {"predicate", "verifier"})["key"] = "k";
      },
      [](Json& j) {
        inside(j, {"predicate", "verifier", "version"})["x"] = "k";
      },
      [](Json& j) {
        inside(j, {"predicate", "policy", "digest"})["sha256"] = "1";
      },
      [](Json& j) {
        inside(j, {"predicate", "policy"}).erase("digest");
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["schema"] = 2;
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["schema"] = "1";
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["critical"] = true;
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["reason"] = "finding";
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["nonce"] = 1;
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["notAfter"] = "never";
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["rulesSerial"] = "20260530";
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["audience"] = "prod";
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["toolSha256"] = "";
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["coreSha256"] = std::string(64, 'A');
      },
      [&](Json& j) {
        inside(j, {"predicate", ext})["evidenceSha256"] = std::string(64, '0');
      },
  };
  for (const auto& change : changes) refused(gate(signed_after(change)), "verdict-malformed");
  for (const std::string key :
       {"schema", "coreSha256", "evidenceSha256", "trustSha256", "rulesSha256", "rulesSerial",
        "toolSha256", "policySerial", "audience", "notAfter", "waivers"}) {
    CAPTURE(key);
    refused(gate(signed_after([&](Json& j) {
              inside(j, {"predicate", ext}).erase(key);
            })),
            "verdict-malformed");
  }
  for (const std::string key :
       {"verifier", "timeVerified", "resourceUri", "policy", "inputAttestations",
        "verificationResult", "verifiedLevels", ext.c_str()}) {
    CAPTURE(key);
    refused(gate(signed_after([&](Json& j) { inside(j, {"predicate"}).erase(key); })),
            "verdict-malformed");
  }
  refused(gate(signed_after([](Json& j) { inside(j, {})["predicateType"] = "x"; })),
          "envelope-malformed");
  refused(gate(signed_after([](Json& j) { inside(j, {})["_type"] = "x"; })),
          "envelope-malformed");
  refused(gate(signed_after([&](Json& j) {
            inside(j, {"predicate", ext})["waivers"] = Json::Array{"W-1"};
          })),
          "verdict-waiver");
}

}  // namespace
}  // namespace assay
