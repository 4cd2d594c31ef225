#include "verdict/saved.h"

#include <doctest/doctest.h>

#include "verdict/dsse.h"
#include "verdict/fixture.h"

namespace assay {
namespace {

SigningKey make_signer() {
  return std::move(SigningKey::generate()).take();
}

std::string sealed(Report report, const Signer& signer) {
  return std::move(seal(report, good_run(), signer)).take();
}

TEST_CASE("what was sealed is read back, to the last field") {
  const SigningKey signer = make_signer();
  const GateConfig gate = good_gate(signer);
  for (Report report :
       {good_report(), bad_report(), bad_report(Answer::State::undecided, "limit-depth")}) {
    report.evidence.members.push_back({.path = "\xff\x1b", .link_target = "\xfe"});
    report.evidence.findings.front().context = std::string("\0\\x\xff##[", 8);
    const std::string file = sealed(report, signer);
    add_core(report);
    const auto back = read_saved(file, gate.keys, kNow);
    REQUIRE(back);
    CHECK(back->verdict.outcome == report.verdict.outcome);
    CHECK(back->core_sha256 == report.core_sha256);
    CHECK(back->read_back->verified);
    REQUIRE(back->verdict.answers.size() == report.verdict.answers.size() + 1);
    CHECK(back->verdict.answers.front().state == Answer::State::met);
    // Nothing is said of parts that are not shown.
    CHECK(back->verdict.answers.front().detail.find("not shown") == std::string::npos);
  }
}

TEST_CASE("without a pinned key that signed it a PASSED is none") {
  const SigningKey signer = make_signer();
  const SigningKey other = make_signer();
  const std::string file = sealed(good_report(), signer);
  GateConfig strangers = good_gate(other);
  GateConfig late = good_gate(signer);
  late.keys.front().valid_until = kNow;
  for (const std::vector<GateKey>& keys : {std::vector<GateKey>{}, strangers.keys, late.keys}) {
    const auto back = read_saved(file, keys, kNow);
    REQUIRE(back);
    CHECK(back->verdict.outcome == Outcome::indeterminate);
    CHECK_FALSE(back->read_back->verified);
    CHECK(back->read_back->claimed == Outcome::passed);
    CHECK(back->verdict.answers.front().reason == "verdict-signature");
    CHECK(back->key_id.empty());
  }
}

TEST_CASE("a file with anything changed is refused or not verified") {
  const SigningKey signer = make_signer();
  const GateConfig gate = good_gate(signer);
  const std::string file = sealed(good_report(), signer);
  for (std::size_t i = 0; i < file.size(); i += 7) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto back = read_saved(changed, gate.keys, kNow);
    if (back) CHECK(back->verdict.outcome == Outcome::indeterminate);
  }
  CHECK_FALSE(read_saved("", gate.keys, kNow));
  CHECK_FALSE(read_saved("a\nb\n", gate.keys, kNow));
  CHECK_FALSE(read_saved(file.substr(0, file.size() - 1), gate.keys, kNow));
  CHECK_FALSE(read_saved(file + file, gate.keys, kNow));
}

TEST_CASE("lines of two verdicts do not make one") {
  const SigningKey signer = make_signer();
  const GateConfig gate = good_gate(signer);
  const std::string good = sealed(good_report(), signer);
  const std::string bad = sealed(bad_report(), signer);
  const std::string mixed =
      bad.substr(0, bad.find('\n') + 1) + good.substr(good.find('\n') + 1);
  const auto back = read_saved(mixed, gate.keys, kNow);
  REQUIRE_FALSE(back);
  CHECK(back.error().code == "verdict-malformed");
}

TEST_CASE("evidence is read in every form it is kept in") {
  Report report = good_report();
  report.evidence.sandbox = "seccomp+landlock7";
  const std::string file = sealed(report, make_signer());
  const std::string line = file.substr(0, file.find('\n'));
  const std::string statement = parse_envelope(line, {.max_bytes = 1U << 20})->payload;
  add_core(report);
  const std::string json =
      Json(Json::Object{{"core", report.core}, {"sandbox", wall_json(report.evidence.sandbox)}})
          .pretty();
  for (const std::string& text : {file, line, statement, json, report.core.pretty()}) {
    const auto read = read_evidence(text);
    REQUIRE(read);
    CHECK(read->core_sha256 == report.core_sha256);
    CHECK(read->evidence.sandbox ==
          (text == report.core.pretty() ? "rlimits" : report.evidence.sandbox));
  }
  for (const std::string text : {"", "{}", "x", "{\"payload\":1}", "{\"core\":{}}", "[]"}) {
    CHECK(read_evidence(text).error().code == "verdict-malformed");
  }
}

TEST_CASE("evidence that left findings out is not judged again") {
  Report report = bad_report();
  report.evidence.findings.resize(kMaxFindings + 1, report.evidence.findings.front());
  CHECK(read_evidence(sealed(report, make_signer())).error().code == "verdict-malformed");
}

}  // namespace
}  // namespace assay
