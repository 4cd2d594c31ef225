#include "policy/test_table.h"

#include <doctest/doctest.h>

#include "policy/fixture.h"

namespace assay {
namespace {

constexpr const char* kHead = "schema = \"assay-policy-test/1\"\n";
constexpr const char* kCase =
    "[[case]]\nname = \"good\"\nevidence = \"e.jsonl\"\nresult = \"PASSED\"\n";

Result<PolicyTable> load(const std::string& text) {
  return load_policy_table(text, "t.toml", all_requirements());
}

TEST_CASE("TOML and JSON of the same shape are the same table") {
  const auto toml = load(std::string(kHead) + "policy = \"strict\"\n" + kCase +
                         "at = 2026-06-01T00:00:00Z\nreasons = []\nmet = [\"one-vendor\"]\n"
                         "waivers = [\"a \\\"b\\\"\"]\n");
  REQUIRE(toml);
  const auto json =
      load(R"({"schema":"assay-policy-test/1","policy":"strict","case":[{"name":"good",)"
           R"("evidence":"e.jsonl","result":"PASSED","at":"2026-06-01T00:00:00Z","reasons":[],)"
           R"("met":["one-vendor"],"waivers":["a \"b\""]}]})");
  REQUIRE(json);
  for (const auto& table : {*toml, *json}) {
    CHECK(table.policy == "strict");
    REQUIRE(table.cases.size() == 1);
    CHECK(table.cases.front().at == Time{1780272000});
    CHECK(table.cases.front().result == Outcome::passed);
    CHECK(table.cases.front().reasons->empty());
    CHECK(table.cases.front().waivers == std::vector<std::string>{"a \"b\""});
  }
}

TEST_CASE("a table that says anything unclear is refused") {
  for (const std::string& text :
       {std::string(), std::string(kHead), kHead + std::string("[[case]]\nname = \"x\"\n"),
        std::string(kHead) + kCase + "reslt = \"PASSED\"\n",
        std::string(kHead) + kCase + "met = [\"clean-contents\"]\n",
        std::string(kHead) + kCase + "reasons = [\"nonsense\"]\n",
        std::string(kHead) + kCase + kCase, std::string("schema = \"x/1\"\n") + kCase,
        std::string("{}"), std::string("{\"case\":[]}"),
        std::string(R"({"schema":"assay-policy-test/1","case":[{"a.b":"c"}]})"),
        std::string(R"({"schema":"assay-policy-test/1","case":[{"name":1}]})")}) {
    const auto table = load(text);
    CAPTURE(text);
    REQUIRE_FALSE(table);
    CHECK(table.error().kind == Error::Kind::config);
  }
}

TEST_CASE("a mismatch shows what was expected and what came") {
  Evidence evidence = good_evidence();
  evidence.findings.push_back({.rule = "X", .severity = Severity::high, .member = "bin/agent"});
  const Verdict verdict = judge(good_policy(), evidence, all_requirements(), kNow);
  const PolicyCase right{.result = Outcome::failed,
                         .reasons = std::vector<std::string>{"finding"},
                         .met = {"one-vendor"},
                         .unmet = {"clean-content"}};
  CHECK(mismatches(right, verdict).empty());
  const auto lines = mismatches({.result = Outcome::passed,
                                 .reasons = std::vector<std::string>{"no-rules"},
                                 .met = {"clean-content", "signed-list"}},
                                verdict);
  REQUIRE(lines.size() == 8);
  CHECK(lines[0] == "- result PASSED");
  CHECK(lines[1] == "+ result FAILED");
  CHECK(lines[2] == "- reason no-rules");
  CHECK(lines[3] == "+ reason finding");
  CHECK(lines[4] == "- clean-content met");
  CHECK(lines[5].starts_with("+ clean-content unmet [finding] X (high)"));
  CHECK(lines[7] == "+ signed-list not demanded");
}

TEST_CASE("every requirement shows what it looked at") {
  for (const Requirement* requirement : all_requirements()) {
    CAPTURE(requirement->name);
    const bool shows = requirement->seen != nullptr;
    REQUIRE(shows);
    CHECK_NOTHROW(requirement->seen(good_evidence(), good_policy(), kNow));
  }
}

}  // namespace
}  // namespace assay
