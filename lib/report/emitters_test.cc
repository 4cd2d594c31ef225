#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

#include "base/json.h"
#include "report/emitter.h"
#include "report/issues.h"

namespace assay {

extern const Emitter text_emitter, json_emitter, html_emitter, markdown_emitter, sarif_emitter,
    junit_emitter, github_emitter, gitlab_emitter, dotenv_emitter, prometheus_emitter,
    cyclonedx_emitter;

namespace {

Json parsed(const std::string& text) {
  auto json = Json::parse(text);
  if (!json) throw std::runtime_error(json.error().what);
  return std::move(json).take();
}
const Json& at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr) throw std::runtime_error("no key " + std::string(key));
  return *value;
}
const Json::Array& list(const Json& json) {
  const Json::Array* array = json.array();
  if (array == nullptr) throw std::runtime_error("no list");
  return *array;
}

constexpr const Emitter* kAll[] = {&text_emitter,       &json_emitter,     &html_emitter,
                                   &markdown_emitter,   &sarif_emitter,    &junit_emitter,
                                   &github_emitter,     &gitlab_emitter,   &dotenv_emitter,
                                   &prometheus_emitter, &cyclonedx_emitter};

Report failed(const std::string& name) {
  Report report;
  Evidence& evidence = report.evidence;
  evidence.bundle = {
      .name = name, .size = 9, .sha256 = std::string(64, 'a'), .sha512 = std::string(128, 'b')};
  evidence.members.push_back(
      {.path = name + "!/" + name, .kind = MemberKind::file, .type = "elf"});
  evidence.findings.push_back({.rule = "TEST001",
                               .severity = Severity::high,
                               .member = name + "!/" + name,
                               .context = name,
                               .why = "why",
                               .remedy = "remedy",
                               .reference = "javascript:alert(1)"});
  evidence.problems.push_back(make_problem("truncated", name, "detail"));
  evidence.signatures.push_back({.source = name, .verified = true, .verified_comment = name});
  evidence.vendor = {.vendors = {name}, .product = name};
  report.policy.id = "urn:assay:policy:test";
  report.policy.fail_at = Severity::medium;
  report.verdict.outcome = Outcome::failed;
  report.verdict.answers.push_back({.requirement = "clean-content",
                                    .state = Answer::State::unmet,
                                    .reason = "finding",
                                    .detail = "detail",
                                    .hint = "hint"});
  return report;
}

const std::string kNasty = "x\x1b[2J\r\n::error::##[debug]<script>\"'&]]>|`\xff\xe2\x80\xae\\";

TEST_CASE("no format lets a bundle's bytes through") {
  const Report report = failed(kNasty);
  for (const Emitter* emitter : kAll) {
    CAPTURE(emitter->name);
    std::string text = emitter->emit(report, {.verbose = true});
    for (const Appendix& more : emitter->appendices) text += more.emit(report, {});
    CHECK(text.find("\n::error::") == std::string::npos);
    CHECK(text.find("##[") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\r') == std::string::npos);
    CHECK(text.find('\xff') == std::string::npos);
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    if (emitter->name == "html" || emitter->name == "junit" || emitter->name == "markdown") {
      CHECK(text.find("<script") == std::string::npos);
      CHECK(text.find("href=\"javascript") == std::string::npos);
    }
  }
}

TEST_CASE("a result stands in a file with a URI, whatever the bundle is called") {
  for (const std::string name : {"", "..", "a b", "javascript:x", "\xff", "a/b", "agent.deb"}) {
    const Json sarif = parsed(sarif_emitter.emit(failed(name), {}));
    const Json::Array& results = list(at(list(at(sarif, "runs")).at(0), "results"));
    REQUIRE(results.size() == 2);
    for (const Json& result : results) {
      const Json& place = at(list(at(result, "locations")).at(0), "physicalLocation");
      const std::string uri = at(place, "artifactLocation").text_or_empty("uri");
      CHECK(!uri.empty());
      CHECK(uri.find_first_of(" :/\\") == std::string::npos);
    }
  }
}

TEST_CASE("a success is a run without results, which closes old alerts") {
  Report report = failed("a");
  report.evidence.findings.clear();
  report.evidence.problems.clear();
  report.verdict = {.outcome = Outcome::passed,
                    .answers = {{.requirement = "r", .state = Answer::State::met}}};
  const Json sarif = parsed(sarif_emitter.emit(report, {}));
  CHECK(list(at(list(at(sarif, "runs")).at(0), "results")).empty());
  CHECK(list(parsed(gitlab_emitter.emit(report, {}))).empty());
  CHECK(junit_emitter.emit(report, {}).find("tests=\"1\" failures=\"0\"") != std::string::npos);
}

TEST_CASE("GitHub shows ten of a level: the tenth says how many more") {
  Report report = failed("a");
  for (std::uint64_t i = 0; i < 30; ++i) {
    report.evidence.findings.push_back(report.evidence.findings.front());
    report.evidence.findings.back().offset = i + 1;
  }
  const std::string text = github_emitter.emit(report, {});
  CHECK(std::ranges::count(text, '\n') == 10);
  CHECK(text.find("and 24 more") != std::string::npos);
}

TEST_CASE("issues that differ anywhere have fingerprints of their own") {
  std::vector<std::string> prints;
  for (const char* member : {"a", "b"}) {
    for (const std::uint64_t offset : {0U, 1U}) {
      prints.push_back(fingerprint({.id = "R", .member = member, .offset = offset}));
    }
  }
  std::ranges::sort(prints);
  CHECK(std::ranges::adjacent_find(prints) == prints.end());
}

TEST_CASE("an unverified verdict is PASSED in no format") {
  Report report = failed("a");
  report.verdict = {.outcome = Outcome::indeterminate,
                    .answers = {{.requirement = "verdict-signature",
                                 .reason = "verdict-signature",
                                 .detail = "NOT VERIFIED"}}};
  report.read_back = ReadBack{.claimed = Outcome::passed};
  for (const Emitter* emitter : kAll) {
    CAPTURE(emitter->name);
    const std::string text = emitter->emit(report, {});
    CHECK(text.find("result\":\"PASSED") == std::string::npos);
    CHECK(text.find("RESULT=PASSED") == std::string::npos);
    CHECK(text.find("result=\"PASSED\"} 1") == std::string::npos);
    CHECK(text.find(">PASSED<") == std::string::npos);
  }
  CHECK(dotenv_emitter.emit(report, {}).find("ASSAY_EXIT_CODE=4") != std::string::npos);
}

/// A bundle that passes because a waiver bears its only finding.
Report waived() {
  Report report = failed("agent");
  report.evidence.problems.clear();
  report.verdict.outcome = Outcome::passed;
  report.verdict.answers.front() = {.requirement = "clean-content",
                                    .state = Answer::State::met};
  report.verdict.waivers = {{.id = "WVR-7",
                             .rule = "TEST001",
                             .member = "agent!/agent",
                             .approved_by = {"lead", "chief"},
                             .expires = {1'800'000'000},
                             .reason = {}},
                            {.id = "WVR-8",
                             .rule = "TEST002",
                             .member = "agent",
                             .expires = {1'800'000'000},
                             .reason = "waiver-idle"}};
  return report;
}

TEST_CASE("a waived finding is named with its waiver, and is no error") {
  const Report report = waived();
  for (const Emitter* emitter : kAll) {
    if (emitter == &json_emitter) continue;  // the core has them
    CAPTURE(emitter->name);
    std::string text = emitter->emit(report, {});
    for (const Appendix& more : emitter->appendices) text += more.emit(report, {});
    const bool counted = emitter == &dotenv_emitter || emitter == &cyclonedx_emitter;
    CHECK((text.find("WVR-7") != std::string::npos) == !counted);
    CHECK(text.find("::error") == std::string::npos);
    CHECK(text.find("<failure") == std::string::npos);
  }
  CHECK(dotenv_emitter.emit(report, {}).find("ASSAY_WAIVED=1\n") != std::string::npos);

  const Json sarif = parsed(sarif_emitter.emit(report, {}));
  const Json& result = list(at(list(at(sarif, "runs")).at(0), "results")).at(0);
  CHECK(result.text_or_empty("level") == "error");  // what it would be without
  const Json& suppression = list(at(result, "suppressions")).at(0);
  CHECK(suppression.text_or_empty("status") == "accepted");
  CHECK(suppression.text_or_empty("justification") ==
        "WVR-7 until 2027-01-15T08:00:00Z, approved by lead, chief");
  const std::string junit = junit_emitter.emit(report, {});
  CHECK(junit.find("failures=\"0\" errors=\"0\"") != std::string::npos);
  CHECK(junit.find("<skipped message=\"waived by WVR-7") != std::string::npos);
  CHECK(list(parsed(gitlab_emitter.emit(report, {}))).at(0).text_or_empty("severity") ==
        "info");
}

TEST_CASE("no waiver bears what is critical, mild, or of another rule or member") {
  Report report = waived();
  const auto errors = [&] {
    std::size_t count = 0;
    for (const Issue& issue : issues(report))
      count += issue.level == Issue::Level::error ? 1 : 0;
    return count;
  };
  CHECK(errors() == 0);
  report.evidence.findings.front().severity = Severity::critical;
  CHECK(errors() == 1);
  report = waived();
  report.verdict.waivers.front().member = "agent";
  CHECK(errors() == 1);
  report = waived();
  report.verdict.waivers.front().reason = "waiver-expired";
  CHECK(errors() == 1);
  report = waived();
  report.evidence.findings.front().severity = Severity::low;
  CHECK(waived_findings(report) == 0);
  CHECK(errors() == 0);
}

TEST_CASE("reports weigh a finding as the policy does") {
  Report report = failed("agent");
  report.policy.rule_terms = {{.id = "TEST001", .severity = Severity::low, .waivable = true}};
  for (const Issue& issue : issues(report)) {
    if (issue.id != "TEST001") continue;
    CHECK(issue.severity == Severity::low);
    CHECK(issue.level == Issue::Level::warning);
  }
}

TEST_CASE("the log's metrics are those the alert rules ask for") {
  Report report = failed("agent");
  CHECK(prometheus_emitter.emit(report, {}).find("assay_log_") == std::string::npos);
  report.log = LogStanding{
      .origin = "l", .size = 9, .at = {1000}, .witnesses = {{.name = "w\"1", .at = {900}}}};
  const std::string text = prometheus_emitter.emit(report, {});
  CHECK(text.find("assay_log_checkpoint_timestamp_seconds{") != std::string::npos);
  CHECK(text.find("witness=\"w\\\"1\"} 900\n") != std::string::npos);
}

}  // namespace
}  // namespace assay
