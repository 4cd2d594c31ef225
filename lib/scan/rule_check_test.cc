#include "scan/rule_check.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace assay {
namespace {

using Kind = RuleComplaint::Kind;

std::vector<RuleComplaint> check(const std::string& text, bool tolerant = false) {
  static_cast<void>(RuleSet::compile({}));  // starts libyara
  return check_rules({{.name = "mine/a.yar", .text = text, .tolerant = tolerant}});
}

void complains(const std::string& text, Kind kind, const std::string& rule, std::size_t line) {
  CAPTURE(text);
  const std::vector<RuleComplaint> found = check(text);
  REQUIRE(found.size() == 1);
  CAPTURE(to_text(found[0]));
  CHECK(found[0].kind == kind);
  CHECK(found[0].rule == rule);
  CHECK(found[0].line == line);
}

const std::string kGood = "rule good { strings: $a = \"abcdef\" condition: $a }\n";

TEST_CASE("rules in order") {
  CHECK(check(kGood).empty());
  CHECK(check("import \"math\"\nrule a { strings: $a = \"abcdef\" condition: $a and "
              "math.entropy(0, filesize) > 7.0 }\n")
            .empty());
  CHECK(check("rule a { condition: filesize == 3 }\n").empty());
}

TEST_CASE("a rule that does not compile, among others that do") {
  complains(kGood + "rule b {\n  condition:\n    nonsense\n}\n" + kGood.substr(0, 5) + "c" +
                kGood.substr(9),
            Kind::broken, "b", 4);
  complains("rule b {\n  condition: true\n\nrule c { condition: filesize > 1 }\n", Kind::broken,
            "b", 1);
  complains("rule b { strings: $a = \"abc condition: $a }\n" + kGood, Kind::broken, "b", 1);
  complains("import \"nothing\"\n" + kGood, Kind::broken, "", 1);
}

TEST_CASE("every bad rule of a file is named") {
  const std::vector<RuleComplaint> found =
      check("rule b { condition: x }\n" + kGood +
            "rule c { condition: y }\nrule d { strings: "
            "$a = \"abcdef\" condition: #a in (1..9) == 1 }\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].rule == "b");
  CHECK(found[1].rule == "c");
  CHECK(found[2].rule == "d");
  CHECK(found[2].kind == Kind::unsupported);
}

TEST_CASE("what libyara compiles and assay does not take") {
  complains(
      "rule a {\n strings: $a = \"abcdef\"\n condition:\n  #a in (100..filesize) > 2\n}\n",
      Kind::unsupported, "a", 4);
  complains("import \"pe\"\nrule a {\n condition: pe.is_pe\n}\n", Kind::module, "a", 3);
  complains("rule a { strings: $a = /ab[0-9]{2}cd/ condition: $a }\n", Kind::no_literal, "a",
            1);
  complains("rule a { strings: $a = \"abcdef\" condition: 3 of them }\n", Kind::unreachable,
            "a", 1);
}

TEST_CASE("slow is accepted of a pack that says so") {
  const std::string slow = "rule a { strings: $a = { 00 } condition: $a }\n";
  CHECK_FALSE(check(slow).empty());
  CHECK(check(slow)[0].kind == Kind::slow);
  CHECK(check(slow, true).empty());
}

TEST_CASE("a module the policy allows") {
  static_cast<void>(RuleSet::compile({}));
  const RuleFile file{.name = "mine/a.yar",
                      .text = "import \"pe\"\nrule a { condition: pe.is_pe }\n"};
  CHECK(check_rules({file}, {"pe"}).empty());
}

TEST_CASE("carets stand below what is meant") {
  const std::vector<RuleComplaint> found = check("rule b {\n  condition: nonsense\n}\n");
  REQUIRE(found.size() == 1);
  CHECK(to_text(found[0]) ==
        "mine/a.yar:2: rule 'b': broken: undefined identifier \"nonsense\"\n"
        "  2 |   condition: nonsense\n"
        "    |              ^^^^^^^^");
}

}  // namespace
}  // namespace assay
