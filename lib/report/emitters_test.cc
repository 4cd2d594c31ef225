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

}  // namespace
}  // namespace assay
