#include <doctest/doctest.h>

#include "report/contents.h"
#include "report/emitter.h"

namespace assay {

extern const Emitter text_emitter, json_emitter;

namespace {

/// Everything a bundle may put into a report, at its worst.
Report hostile_report() {
  const std::string nasty = "x\x1b[2J\n::error::y\xff\u202e<script>";
  Report report;
  Evidence& evidence = report.evidence;
  evidence.bundle = {.name = nasty, .size = 1, .sha256 = "aa", .sha512 = "bb"};
  evidence.members.push_back(
      {.path = nasty, .kind = MemberKind::symlink, .link_target = nasty});
  evidence.findings.push_back({.rule = "TEST001",
                               .severity = Severity::high,
                               .member = nasty,
                               .context = nasty,
                               .why = "why",
                               .remedy = "remedy"});
  evidence.problems.push_back({.code = "truncated", .member = nasty, .detail = "detail"});
  evidence.signatures.push_back({.source = nasty, .verified = true, .verified_comment = nasty});
  report.policy.id = "urn:assay:policy:test";
  report.verdict.answers.push_back({.requirement = "clean-content",
                                    .state = Answer::State::unmet,
                                    .reason = "finding",
                                    .detail = "detail",
                                    .hint = "hint"});
  return report;
}

TEST_CASE("no report lets a bundle's bytes through") {
  const Report report = hostile_report();
  const Style style{.color = false, .verbose = true};
  for (const std::string& text :
       {text_emitter.emit(report, style), json_emitter.emit(report, style),
        inspect_text(report.evidence, style)}) {
    for (const char c : text) CHECK(((c >= 0x20 && c < 0x7f) || c == '\n'));
    CHECK(text.find("\n::error") == std::string::npos);
  }
}

TEST_CASE("inspect says what the bytes are, and leaves out what there is none of") {
  Evidence evidence;
  evidence.bundle.size = 1000;
  evidence.coverage.ledger = {.member = 981, .metadata = 12, .unknown = 7};
  const std::string text = inspect_text(evidence, {});
  CHECK(text.find("\n  member             981 bytes   98.1 %\n") != std::string::npos);
  CHECK(text.find("\n  unknown              7 bytes    0.7 %\n") != std::string::npos);
  CHECK(text.find("padding") == std::string::npos);
}

TEST_CASE("the first line is the verdict, for grep") {
  Report report = hostile_report();
  report.evidence.bundle.name = "a.deb";
  const auto first = [&] {
    const std::string text = text_emitter.emit(report, {});
    return text.substr(0, text.find('\n'));
  };
  CHECK(first() == "a.deb: INDETERMINATE by policy 'test'");
  report.verdict.outcome = Outcome::failed;
  CHECK(first() == "a.deb: FAILED by policy 'test'");
  report.verdict.outcome = Outcome::passed;
  CHECK(first() == "a.deb: PASSED by policy 'test'");
}

TEST_CASE("colour only when asked for") {
  const Report report = hostile_report();
  CHECK(text_emitter.emit(report, {}).find('\x1b') == std::string::npos);
  CHECK(text_emitter.emit(report, {.color = true}).find("\x1b[31mFAIL\x1b[0m") !=
        std::string::npos);
}

TEST_CASE("findings of severity info are for the curious and long lists are cut and say so") {
  std::vector<Finding> findings(30, Finding{.rule = "R", .severity = Severity::low});
  findings.push_back({.rule = "NOTE", .severity = Severity::info});
  const std::string text = findings_text(findings, {});
  CHECK(text.find("NOTE") == std::string::npos);
  CHECK(text.find("and 5 more findings") != std::string::npos);
  CHECK(findings_text(findings, {.verbose = true}).find("and 6 more") != std::string::npos);
  CHECK(findings_text({{.rule = "NOTE", .severity = Severity::info}}, {}).empty());
}

}  // namespace
}  // namespace assay
