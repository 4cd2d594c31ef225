#include "scan/rules.h"

#include <algorithm>

#include "fuzz.h"
#include "scan/literals.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> made;
  for (const RuleFile& file : built_in_rules().take()) made.push_back(file.text);
  made.push_back(R"(
    private rule a { strings: $x = /ab(c|d){2,3}[^e-g]+\x41$/is wide $y = { 01 ?2 [2-4] (03|04 05) }
      $z = "te\x78t" nocase ascii wide xor(1-5) fullword condition: any of ($x*) and #y > 2 }
    global rule b : t { meta: i = 1 condition: a and for all i in (1..3): (@a[i] < filesize - 1KB)
      and not (uint16be(0) == 0x5a4d or 50% of them) // end
    })");
  return made;
}

namespace {

void try_literals(const StringSyntax& string) {
  for (const auto& group : literals_of(string)) {
    expect(!group.empty(), "a group has a literal");
    for (const Literal& it : group) {
      expect(it.bytes.size() >= 4 && it.bytes.size() <= 16 && it.bytes[0] != '\0',
             "that can be looked for");
    }
  }
}

/// What a condition names exists, and it leaves one value.
void try_rule(const std::vector<RuleSyntax>& rules, std::size_t place) {
  const RuleSyntax& rule = rules[place];
  for (const StringSyntax& string : rule.strings) try_literals(string);
  if (rule.opaque) return;
  expect(!rule.condition.empty(), "a rule that is understood has a condition");
  for (const Step& step : rule.condition) {
    const bool of_rules = step.op == Step::Op::rule || step.op == Step::Op::of_rules;
    const std::size_t count = of_rules ? place : rule.strings.size();
    expect(std::ranges::all_of(step.set, [&](auto it) { return it < count; }),
           "what it names stands before it");
    if (step.op == Step::Op::and_then || step.op == Step::Op::or_else) {
      expect(step.number >= 0 && static_cast<std::size_t>(step.number) <= rule.condition.size(),
             "and it stays inside itself");
    }
  }
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const std::vector<RuleSyntax> rules = parse_rules(input);
  for (std::size_t i = 0; i < rules.size(); ++i) fuzz::try_rule(rules, i);
  (void)hex_runs(input);
  (void)regex_runs(input);
  return 0;
}
