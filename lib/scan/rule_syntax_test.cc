#include "scan/rule_syntax.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "scan/rules.h"

namespace assay {
namespace {

using Op = Step::Op;

RuleSyntax only_rule(const std::string& text) {
  std::vector<RuleSyntax> rules = parse_rules(text);
  REQUIRE(rules.size() == 1);
  return std::move(rules.front());
}

/// The operators of a condition over $a, $b and the rule `other`, in their order.
std::vector<Op> steps_of(const std::string& condition) {
  CAPTURE(condition);
  const std::vector<RuleSyntax> rules = parse_rules(
      "rule other { condition: true } rule r { strings: $a = \"aaaa\" $b = \"bbbb\" "
      "condition: " +
      condition + " }");
  REQUIRE(rules.size() == 2);
  CHECK_FALSE(rules[1].opaque);
  std::vector<Op> ops;
  for (const Step& step : rules[1].condition) {
    if (step.op != Op::and_then && step.op != Op::or_else) ops.push_back(step.op);
  }
  return ops;
}

bool is_opaque(const std::string& condition) {
  CAPTURE(condition);
  return only_rule("rule r { strings: $a = \"aaaa\" condition: " + condition + " }").opaque;
}

TEST_CASE("names, flags, tags, comments and meta") {
  const std::vector<RuleSyntax> rules = parse_rules(
      "import \"pe\" // rule no { condition: true }\n"
      "private global rule a1 : tag other { meta: x = \"}\" y = -3 z = true /* } */\n"
      "  condition: true }\n"
      "rule _b { strings: $ = \"x\" condition: all of them }");
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].name == "a1");
  CHECK(rules[0].is_private);
  CHECK(rules[0].is_global);
  CHECK(rules[1].name == "_b");
  CHECK_FALSE(rules[1].is_private);
  CHECK(rules[1].strings.front().id.empty());
}

TEST_CASE("strings and what stands behind them") {
  const RuleSyntax rule = only_rule(
      "rule r { strings:\n"
      "  $t = \"a\\\"\\\\\\t\\x41}\" wide nocase fullword private\n"
      "  $h = { 41 ?? /* } */ ( 42 | 43 ) [2-3] // }\n 44 }\n"
      "  $r = /a\\/[b]\\./is ascii\n"
      "  $x = \"xx\" xor(0x01-0xff)\n  $y = \"yyyy\" base64(\"abc\") base64wide\n"
      "condition: any of them }");
  REQUIRE_FALSE(rule.opaque);
  REQUIRE(rule.strings.size() == 5);
  CHECK(rule.strings[0].body == "a\"\\\tA}");
  CHECK(rule.strings[0].wide);
  CHECK_FALSE(rule.strings[0].ascii);
  CHECK(rule.strings[0].caseless);
  CHECK(rule.strings[1].kind == StringSyntax::Kind::hex);
  CHECK(rule.strings[1].body.find('}') == std::string::npos);
  CHECK(rule.strings[2].body == "a/[b]\\.");
  CHECK(rule.strings[2].caseless);
  CHECK(rule.strings[2].ascii);
  CHECK(rule.strings[3].encoded);
  CHECK(rule.strings[4].encoded);
}

TEST_CASE("operators bind as in YARA") {
  CHECK(steps_of("not $a and $b") ==
        std::vector{Op::string, Op::logical_not, Op::string, Op::logical_and});
  CHECK(steps_of("$a or $b and $a") ==
        std::vector{Op::string, Op::string, Op::string, Op::logical_and, Op::logical_or});
  CHECK(steps_of("not filesize == 1 + 2 * 3") ==
        std::vector{Op::filesize, Op::number, Op::number, Op::number, Op::multiply, Op::add,
                    Op::equal, Op::logical_not});
  CHECK(steps_of("$a at 1 + 2 and $b") == std::vector{Op::string, Op::number, Op::number,
                                                      Op::add, Op::at, Op::string,
                                                      Op::logical_and});
  CHECK(steps_of("1 + 1 of them") ==
        std::vector{Op::number, Op::number, Op::add, Op::of_strings});
  CHECK(steps_of("8 - 4 - 2 == -filesize") == std::vector{Op::number, Op::number, Op::subtract,
                                                          Op::number, Op::subtract,
                                                          Op::filesize, Op::negate, Op::equal});
  CHECK(steps_of("any of (other, oth*) or uint8(filesize - 1) == 3") ==
        std::vector{Op::number, Op::of_rules, Op::filesize, Op::number, Op::subtract, Op::read,
                    Op::number, Op::equal, Op::logical_or});
  CHECK(steps_of("for any of them : ($ at 0) and other") ==
        std::vector{Op::string, Op::number, Op::at, Op::loop, Op::rule, Op::logical_and});
}

TEST_CASE("loops are read by what they need") {
  CHECK(steps_of("for all of them : ($)").back() == Op::loop_all);
  CHECK(steps_of("for 2 i in (1..3) : ($a)").back() == Op::loop);
  CHECK(steps_of("for all i in (1..3) : ($a)").back() == Op::loop_any_way);
  CHECK(steps_of("for 0 i in (1..3) : ($a)").back() == Op::loop_any_way);
  CHECK(steps_of("for none of them : ($)").back() == Op::loop_any_way);
  CHECK(steps_of("for (#a - 1) of them : ($)").back() == Op::loop_any_way);
  CHECK(steps_of("for 50% of them : ($)").back() == Op::loop_any_way);
}

TEST_CASE("what a module says can be anything") {
  CHECK_FALSE(is_opaque("pe.number_of_sections == 1"));
  CHECK_FALSE(is_opaque("math.entropy(0, filesize) > 7 and $a"));
  CHECK_FALSE(is_opaque("for any s in pe.sections : (s.name == \"x\")"));
}

TEST_CASE("what is not understood makes one rule opaque") {
  CHECK(is_opaque("unknown_rule"));
  CHECK(is_opaque("any of ($b*)"));
  CHECK(is_opaque("$"));
  CHECK(is_opaque("$a and"));
  CHECK(is_opaque("($a"));
  CHECK(is_opaque("$a)"));
  CHECK(is_opaque(""));
  const std::vector<RuleSyntax> rules = parse_rules(
      "rule a { strings: $s = \"x\" strange condition: $s } rule b { condition: filesize > 1 "
      "}");
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].opaque);
  CHECK_FALSE(rules[1].opaque);
}

TEST_CASE("deep nesting is no trouble") {
  const std::string open(100'000, '(');
  const std::string close(100'000, ')');
  CHECK_FALSE(is_opaque(open + "$a" + close));
  CHECK(is_opaque(open + "$a"));
}

TEST_CASE("cut off anywhere, nothing but fewer rules") {
  for (const RuleFile& file : built_in_rules().take()) {
    if (file.name != "loader.yar" && file.name != "miner_script.yar") continue;
    const std::size_t all = parse_rules(file.text).size();
    for (std::size_t size = 0; size < file.text.size(); size += 7) {
      CHECK(parse_rules(std::string_view(file.text).substr(0, size)).size() <= all);
    }
  }
}

TEST_CASE("the shipped rules are read whole") {
  for (const RuleFile& file : built_in_rules().take()) {
    for (const RuleSyntax& rule : parse_rules(file.text)) {
      CAPTURE(rule.name);
      CHECK_FALSE(rule.opaque);
    }
  }
}

}  // namespace
}  // namespace assay
