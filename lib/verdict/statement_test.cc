#include "verdict/statement.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "verdict/dsse.h"
#include "verdict/fixture.h"
#include "verdict/json_at.h"
#include "verdict/summary.h"

namespace assay {
namespace {

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& member : object(json)) keys.push_back(member.first);
  return keys;
}

using Names = std::vector<std::string>;

std::string core_text(const Report& report) {
  return evidence_core(report).canonical();
}

Json predicate_of(const Report& report, const RunInfo& run = good_run()) {
  return at(vsa_statement(report, run, std::string(64, '9')), "predicate");
}

TEST_CASE("the core has these fields and no other") {
  const Json core = evidence_core(good_report());
  CHECK(keys_of(core) == Names{"bundle", "checks", "coverage", "effectiveTime", "findings",
                               "members", "policy", "problems", "reasons", "result", "rules",
                               "sandboxed", "signatures", "tool", "truncated", "trust",
                               "vendor"});
  CHECK(keys_of(at(core, "bundle")) ==
        Names{"contentsSha256", "format", "name", "sha256", "sha512", "size"});
  CHECK(keys_of(at(core, "coverage")) ==
        Names{"bytes", "complete", "depth", "ledger", "members", "scanned"});
  CHECK(keys_of(at(at(core, "coverage"), "ledger")) ==
        Names{"member", "metadata", "padding", "signature", "unknown"});
  CHECK(keys_of(list_at(core, "members").back()) ==
        Names{"kind", "mode", "path", "scanned", "sha256", "size", "type"});
  CHECK(keys_of(list_at(core, "checks").front()) == Names{"detail", "id", "result"});
  CHECK(core.text_or_empty("result") == "PASSED");
  CHECK(core.text_or_empty("effectiveTime") == "2026-06-01T00:00:00Z");
  CHECK(at(core, "reasons") == Json(Json::Array{}));
}

TEST_CASE("the core does not depend on the order things were found in") {
  const Report report = good_report();
  Report other = good_report();
  std::ranges::reverse(other.evidence.members);
  std::ranges::reverse(other.evidence.findings);
  std::ranges::reverse(other.evidence.problems);
  std::ranges::reverse(other.evidence.signatures);
  std::ranges::reverse(other.verdict.answers);
  CHECK(core_text(report) == core_text(report));
  CHECK(core_text(report) == core_text(other));
}

TEST_CASE("the core says nothing of this machine and this run") {
  Report other = good_report();
  other.policy.source = "/home/u/p.toml";
  other.verdict_file = "/tmp/v";
  other.key_id = "k";
  other.core_sha256 = "c";
  other.tool.verifier_id = "urn:other";
  CHECK(core_text(good_report()) == core_text(other));
}

TEST_CASE("the core changes with everything it binds") {
  using Change = void (*)(Report&);
  const Change changes[] = {
      [](Report& r) { r.evidence.bundle.sha256.back() = '0'; },
      [](Report& r) { r.evidence.bundle.name += "x"; },
      [](Report& r) { r.evidence.members.back().mode = 04755; },
      [](Report& r) { r.evidence.members.back().scanned = false; },
      [](Report& r) { r.evidence.findings.back().offset = 8; },
      [](Report& r) { r.evidence.problems.back().member = "q"; },
      [](Report& r) { r.evidence.signatures.back().detail = "q"; },
      [](Report& r) { r.evidence.coverage.complete = false; },
      [](Report& r) { r.evidence.coverage.ledger.member = 0; },
      [](Report& r) { r.evidence.coverage.ledger.metadata = 0; },
      [](Report& r) { r.evidence.coverage.ledger.padding = 1; },
      [](Report& r) { r.evidence.coverage.ledger.signature = 1; },
      [](Report& r) { r.evidence.coverage.ledger.unknown = 1; },
      [](Report& r) { r.evidence.sandbox = "none"; },
      [](Report& r) { r.evidence.trust_sha256.back() = '0'; },
      [](Report& r) { r.evidence.rules.serial++; },
      [](Report& r) {
        r.evidence.rules.packs.push_back({"ours", 20260529, "x"});
      },
      [](Report& r) { r.evidence.vendor.chosen_by_hand = true; },
      [](Report& r) { r.policy.serial++; },
      [](Report& r) { r.policy.sha256.back() = '0'; },
      [](Report& r) { r.tool.sha256.back() = '0'; },
      [](Report& r) { r.effective_time.seconds++; },
      [](Report& r) { r.verdict.outcome = Outcome::failed; },
      [](Report& r) { r.verdict.answers.back().detail = "q"; },
  };
  for (const Change change : changes) {
    Report other = good_report();
    change(other);
    CHECK(core_text(other) != core_text(good_report()));
  }
}

TEST_CASE("bytes that are no UTF-8 are carried whole, and the JSON stays JSON") {
  Report report = good_report();
  for (Member& member : report.evidence.members) member.path += "\xff";
  report.evidence.bundle.name = "a\xc3\x28";
  report.evidence.findings.front().why = "\x80";
  report.evidence.findings.front().context = std::string("\0\xff", 2);
  const Json core = Json::parse(core_text(report)).take();
  const Json& path = at(list_at(core, "members").back(), "path");
  CHECK(as_text(*from_base64(path.text_or_empty("raw"))) == "bin\xff");
  const std::string statement = evidence_statement(report, good_run(), core.canonical());
  const Json evidence = Json::parse(statement).take();
  CHECK(evidence.canonical() == statement);
  CHECK(list_at(evidence, "subject").front().text_or_empty("name") == R"(a\xc3()");
}

TEST_CASE("more findings than the evidence carries: truncated, and never PASSED") {
  Report report = good_report();
  report.evidence.findings.assign(kMaxFindings + 1, {.rule = "X"});
  const Json core = evidence_core(report);
  CHECK(list_at(core, "findings").size() == kMaxFindings);
  CHECK(at(core, "truncated") == Json(true));
  const SigningKey key = SigningKey::generate().take();
  CHECK(seal(report, good_run(), key).error().kind == Error::Kind::internal);
  report.verdict = bad_report().verdict;
  CHECK(seal(report, good_run(), key));
}

TEST_CASE("the VSA, field by field") {
  Report report = good_report();
  report.core_sha256 = std::string(64, '7');
  const Json vsa = vsa_statement(report, good_run(), std::string(64, '9'));
  const std::string expected =
      R"({"_type":"https://in-toto.io/Statement/v1","predicate":{"inputAttestations":[{"digest":{"sha256":")" +
      std::string(64, '9') + R"("},"uri":"urn:sha256:)" + std::string(64, '9') +
      R"("}],"policy":{"digest":{"sha256":")" + std::string(64, '1') +
      R"("},"uri":"urn:assay:policy:test"},"resourceUri":"pkg:generic/acme/agent@1.4",)"
      R"("timeVerified":"2026-06-01T00:00:00Z","urn:assay:verdict:v1":{"audience":["prod","stage"],"coreSha256":")" +
      std::string(64, '7') + R"(","evidenceSha256":")" + std::string(64, '9') +
      R"(","nonce":"n-1","notAfter":"2026-06-08T00:00:00Z","policySerial":3,"rulesSerial":20260530,"rulesSha256":")" +
      std::string(64, 'd') + R"(","schema":1,"toolSha256":")" + std::string(64, '2') +
      R"(","trustSha256":")" + std::string(64, 'e') +
      R"(","waivers":[]},"verificationResult":"PASSED","verifiedLevels":["ASSAY_CONTENT_CLEAN",)"
      R"("ASSAY_FULLY_EXAMINED","ASSAY_SANDBOX_SECCOMP_LANDLOCK","ASSAY_SIGNED_1"],"verifier":{"id":"urn:assay:verifier:test",)"
      R"("version":{"assay":"0.1.0","rules":"20260530"}}},"predicateType":"https://slsa.dev/verification_summary/v1",)"
      R"("subject":[{"digest":{"sha256":")" +
      std::string(64, 'a') + R"(","sha512":")" + std::string(128, 'b') +
      R"("},"name":"agent-1.4.tar.gz"}]})";
  CHECK(vsa.canonical() == expected);
}

TEST_CASE("the VSA of a verdict that is not PASSED") {
  for (const auto& [report, reason] :
       {std::pair{bad_report(), "finding"},
        std::pair{bad_report(Answer::State::undecided, "limit-depth"), "limit-depth"},
        std::pair{bad_report(Answer::State::undecided, ""), "not-judged"}}) {
    const Json predicate = predicate_of(report);
    CHECK(predicate.text_or_empty("verificationResult") == "FAILED");
    CHECK(at(predicate, "verifiedLevels") == Json(Json::Array{"FAILED"}));
    CHECK(at(predicate, kExtension).text_or_empty("reason") == reason);
  }
}

TEST_CASE("levels count what counts") {
  Report report = good_report();
  auto& signatures = report.evidence.signatures;
  const auto levels = [&report] {
    return at(predicate_of(report), "verifiedLevels").canonical();
  };
  signatures.push_back(signatures.front());
  CHECK(levels() == R"(["ASSAY_CONTENT_CLEAN","ASSAY_FULLY_EXAMINED",)"
                    R"("ASSAY_SANDBOX_SECCOMP_LANDLOCK","ASSAY_SIGNED_1"])");
  // A list's signature: it alone says nothing of the bundle.
  signatures.back().key_id = "2";
  signatures.back().subject = "SHA256SUMS";
  CHECK(levels() == R"(["ASSAY_CONTENT_CLEAN","ASSAY_FULLY_EXAMINED",)"
                    R"("ASSAY_SANDBOX_SECCOMP_LANDLOCK","ASSAY_SIGNED_1"])");
  signatures.back().is_list = true;
  CHECK(levels() == R"(["ASSAY_CONTENT_CLEAN","ASSAY_DIGEST_PINNED","ASSAY_FULLY_EXAMINED",)"
                    R"("ASSAY_SANDBOX_SECCOMP_LANDLOCK","ASSAY_SIGNED_2"])");
  // Not asked for, not claimed.
  report.verdict.answers.erase(report.verdict.answers.begin() + 1);
  CHECK(levels() == R"(["ASSAY_CONTENT_CLEAN","ASSAY_FULLY_EXAMINED",)"
                    R"("ASSAY_SANDBOX_SECCOMP_LANDLOCK"])");
  report.evidence.sandbox = "rlimits";
  CHECK(levels() ==
        R"(["ASSAY_CONTENT_CLEAN","ASSAY_FULLY_EXAMINED","ASSAY_SANDBOX_RLIMITS"])");
  report.evidence.sandbox = "none";
  CHECK(levels() == R"(["ASSAY_CONTENT_CLEAN","ASSAY_FULLY_EXAMINED"])");
}

TEST_CASE("without a resource the VSA names the file") {
  RunInfo run = good_run();
  run.resource_uri.clear();
  Report report = good_report();
  report.evidence.bundle.name = "a b\xff#?.zip";
  CHECK(predicate_of(report, run).text_or_empty("resourceUri") == "file:a%20b%FF%23%3F.zip");
}

TEST_CASE("seal: two lines, each by the key, the second naming the first") {
  const SigningKey key = SigningKey::generate().take();
  Report report = good_report();
  const std::string file = seal(report, good_run(), key).take();
  CHECK(std::ranges::count(file, '\n') == 2);
  CHECK(file.back() == '\n');
  const std::string first = file.substr(0, file.find('\n'));
  const std::string second = file.substr(first.size() + 1, file.size() - first.size() - 2);
  const Json evidence =
      Json::parse(dsse_open_exact(first, kInTotoPayloadType, key.public_key()).take()).take();
  CHECK(evidence.text_or_empty("predicateType") == kEvidenceType);
  const Json& predicate = at(evidence, "predicate");
  CHECK(keys_of(predicate) == Names{"core", "run", "schema"});
  CHECK(at(predicate, "core") == report.core);
  const Summary summary =
      read_summary(dsse_open_exact(second, kInTotoPayloadType, key.public_key()).take()).take();
  CHECK(summary.evidence_sha256 == sha256_hex(as_bytes(first)));
  CHECK(summary.core_sha256 == report.core_sha256);
  CHECK(summary.core_sha256 == sha256_hex(as_bytes(evidence_core(report).canonical())));
  CHECK(report.key_id == key_id(key.public_key()));
  Report again = good_report();
  CHECK(seal(again, good_run(), key).take() == file);
}

TEST_CASE("seal refuses a gap") {
  const SigningKey key = SigningKey::generate().take();
  using Change = void (*)(Report&);
  const Change changes[] = {
      [](Report& r) { r = Report(); },
      [](Report& r) { r.evidence.bundle.sha256.clear(); },
      [](Report& r) { r.evidence.bundle.sha512.pop_back(); },
      [](Report& r) { r.policy.sha256.clear(); },
      [](Report& r) { r.policy.sha256.back() = 'x'; },
      [](Report& r) { r.policy.id.clear(); },
      [](Report& r) { r.tool.verifier_id.clear(); },
      [](Report& r) { r.verdict.answers.clear(); },
      [](Report& r) { r.verdict.answers.back().state = Answer::State::undecided; },
      [](Report& r) { r.policy.id += std::string(kMaxVsaBytes, 'x'); },
  };
  for (const Change change : changes) {
    Report report = good_report();
    change(report);
    const Result<std::string> sealed = seal(report, good_run(), key);
    REQUIRE_FALSE(sealed);
    CHECK(sealed.error().kind == Error::Kind::internal);
  }
}

}  // namespace
}  // namespace assay
