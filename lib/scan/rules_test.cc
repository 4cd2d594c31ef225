#include "scan/rules.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "model/evidence.h"

namespace assay {
namespace {

const std::string kPack = "schema = \"assay-rules/1\"\nname = \"test\"\nserial = 20261123\n";

std::string meta(const std::string& id, const std::string& severity = "high") {
  return "meta: id=\"" + id + "\" severity=\"" + severity +
         "\" class=\"miner\" family=\"f\" why=\"w\" remedy=\"r\" reference=\"x\"\n";
}

std::string rule(const std::string& name, const std::string& id) {
  return "rule " + name + " { " + meta(id) + " strings: $a = \"abcdef\" condition: $a }\n";
}

Result<RuleSet> compile(const std::string& text, const std::string& name = "a.yar") {
  return RuleSet::compile({{name, text}, {"pack.toml", kPack}});
}

void refuses(const std::string& text, const std::string& message) {
  CAPTURE(text);
  const Result<RuleSet> set = compile(text);
  REQUIRE_FALSE(set);
  CHECK(set.error().kind == Error::Kind::config);
  CAPTURE(set.error().what);
  CHECK(set.error().what.find(message) != std::string::npos);
}

TEST_CASE("a set knows its rules, sorted by id") {
  const Result<RuleSet> set = compile(rule("second", "B002") + rule("first", "A001"));
  REQUIRE(set);
  REQUIRE(set->rules().size() == 2);
  CHECK(set->rules()[0].id == "A001");
  CHECK(set->rules()[0].name == "first");
  CHECK(set->rules()[0].severity == Severity::high);
  CHECK(set->rules()[1].id == "B002");
  CHECK(set->info().loaded == 2);
  CHECK(set->info().serial == 20261123);
  CHECK(set->info().sha256.size() == 64);
}

TEST_CASE("private rules need no meta and do not count") {
  const Result<RuleSet> set =
      compile("private rule p { condition: filesize > 1 }\n" + rule("first", "A001"));
  REQUIRE(set);
  CHECK(set->info().loaded == 1);
}

TEST_CASE("errors name file, line and what libyara says") {
  refuses("rule a {\n  condition:\n    nonsense\n}\n", "a.yar:3: undefined identifier");
  refuses("rule a {", "a.yar: syntax error");
  refuses(rule("a", "A001") + rule("a", "A002"), "duplicated identifier \"a\"");
}

TEST_CASE("warnings are errors") {
  refuses("rule a { " + meta("A001") + " strings: $a = { 00 } condition: $a }", "warning");
  refuses("rule a { " + meta("A001") + " strings: $a = /.*a/ condition: $a }", "a.yar:2:");
}

TEST_CASE("every meta field is demanded, once, as text") {
  const std::string condition = " condition: filesize == 1 }";
  for (const std::string field :
       {"id", "severity", "class", "family", "why", "remedy", "reference"}) {
    const std::string text = "rule a { " + meta("A001");
    const std::size_t at = text.find(field + '=') - 1;
    REQUIRE(at != std::string::npos);
    std::string twice = text;
    twice.append(field).append("=\"y\"").append(condition);
    refuses(twice, "meta '" + field + "' is given twice");
    std::string without = text;
    without.insert(at + 1, "x").append(condition);
    refuses(without, "meta '" + field + "' is missing");
  }
  refuses("rule a { meta: id=7 condition: filesize == 1 }", "meta 'id' must be a string");
  refuses("rule a { " + meta("") + condition, "meta 'id' is empty");
  refuses("rule a { " + meta("A 1") + condition, "holds more than letters");
  refuses("rule a { " + meta("A001", "urgent") + condition, "severity 'urgent' is none of");
}

TEST_CASE("an id stands for one rule only, across files too") {
  refuses(rule("a", "A001") + rule("b", "A001"), "same id 'A001'");
  const Result<RuleSet> set = RuleSet::compile(
      {{"a.yar", rule("a", "A001")}, {"b.yar", rule("a", "A001")}, {"pack.toml", kPack}});
  CHECK_FALSE(set);
}

TEST_CASE("the same rule name in two files is fine") {
  const Result<RuleSet> set = RuleSet::compile(
      {{"a.yar", rule("a", "A001")}, {"b.yar", rule("a", "A002")}, {"pack.toml", kPack}});
  CHECK(set);
}

TEST_CASE("imports are refused however they are spelled") {
  refuses("import \"pe\"\n" + rule("a", "A001"), "a.yar:1: module 'pe' is imported");
  refuses("/* x */ import\n\"elf\"\n" + rule("a", "A001"), "module 'elf' is imported");
  refuses(rule("a", "A001") + "import \"dotnet\"", "module 'dotnet' is imported");
  CHECK(compile("import \"math\"\nimport \"hash\"\n" + rule("a", "A001")));
  refuses("import \"nonsense\"\n" + rule("a", "A001"), "unknown module");
}

TEST_CASE("the word import in a string or comment is fine") {
  CHECK(compile("// import \"pe\"\nrule a { " + meta("A001") +
                " strings: $a = \"import \\\"pe\\\"\" condition: $a }"));
}

TEST_CASE("includes are refused") {
  refuses("include \"/etc/passwd\"\n" + rule("a", "A001"), "include");
}

TEST_CASE("text behind a NUL byte would be lost, so it is refused") {
  refuses(rule("a", "A001") + std::string(1, '\0') + rule("b", "A002"), "NUL");
}

TEST_CASE("a set without rules is refused") {
  refuses("", "no rule");
  refuses("private rule p { condition: filesize > 1 }", "no rule");
  CHECK_FALSE(RuleSet::compile({}));
}

TEST_CASE("pack.toml is demanded and read strictly") {
  CHECK_FALSE(RuleSet::compile({{"a.yar", rule("a", "A001")}}));
  for (const std::string pack :
       {"", "schema = \"assay-rules/2\"\nname = \"t\"\nserial = 1\n",
        "schema = \"assay-rules/1\"\nserial = 1\n",
        "schema = \"assay-rules/1\"\nname = \"t\"\n",
        "schema = \"assay-rules/1\"\nname = \"t\"\nserial = 0\n",
        "schema = \"assay-rules/1\"\nname = \"\"\nserial = 1\n",
        "schema = \"assay-rules/1\"\nname = \"t\"\nserial = 1\nextra = 1\n"}) {
    CAPTURE(pack);
    const Result<RuleSet> set =
        RuleSet::compile({{"a.yar", rule("a", "A001")}, {"pack.toml", pack}});
    REQUIRE_FALSE(set);
    CHECK(set.error().kind == Error::Kind::config);
  }
}

TEST_CASE("files that are no rules, and names used twice, are refused") {
  CHECK_FALSE(compile(rule("a", "A001"), "a.yarc"));
  CHECK_FALSE(RuleSet::compile(
      {{"a.yar", rule("a", "A001")}, {"a.yar", rule("b", "A002")}, {"pack.toml", kPack}}));
}

TEST_CASE("the digest is over every file, in the order of names") {
  const RuleFile a{"a.yar", rule("a", "A001")};
  const RuleFile b{"b.yar", rule("b", "A002")};
  const RuleFile pack{"pack.toml", kPack};
  const Result<RuleSet> one = RuleSet::compile({a, b, pack});
  const Result<RuleSet> other = RuleSet::compile({pack, b, a});
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->info().sha256 == other->info().sha256);

  const Result<RuleSet> renamed = RuleSet::compile({a, {"c.yar", b.text}, pack});
  const Result<RuleSet> changed = RuleSet::compile({a, {"b.yar", b.text + "\n"}, pack});
  const Result<RuleSet> repacked = RuleSet::compile({a, b, {"pack.toml", kPack + "\n"}});
  REQUIRE((renamed && changed && repacked));
  CHECK(renamed->info().sha256 != one->info().sha256);
  CHECK(changed->info().sha256 != one->info().sha256);
  CHECK(repacked->info().sha256 != one->info().sha256);
}

TEST_CASE("the built-in rules compile and say everything about themselves") {
  const Result<RuleSet> set = RuleSet::compile(built_in_rules().take());
  if (!set) FAIL(to_text(set.error()));
  CHECK(set->rules().size() >= 50);
  for (const RuleMeta& it : set->rules()) {
    CAPTURE(it.id);
    CHECK(it.why.ends_with("."));
    CHECK(it.remedy.ends_with("."));
    CHECK(it.reference.starts_with("https://"));
    // A dual-use rule decides nothing alone, and only those are notes.
    CHECK((it.category == "dual-use") == (it.severity == Severity::info));
    CHECK(it.id.starts_with("DUAL") == (it.category == "dual-use"));
  }
}

TEST_CASE("the built-in rules are those of the source tree") {
  Result<std::vector<RuleFile>> built_in = built_in_rules();
  Result<std::vector<RuleFile>> tree = read_rules(ASSAY_SOURCE_DIR "/policies/rules");
  REQUIRE(built_in);
  REQUIRE(tree);
  std::ranges::sort(*built_in, {}, &RuleFile::name);
  REQUIRE(built_in->size() == tree->size());
  for (std::size_t i = 0; i < tree->size(); ++i) {
    CHECK((*built_in)[i].name == (*tree)[i].name);
    CHECK((*built_in)[i].text == (*tree)[i].text);
  }
}

TEST_CASE("a folder that is not there is an error") {
  const Result<std::vector<RuleFile>> files = read_rules(ASSAY_SOURCE_DIR "/no such folder");
  REQUIRE_FALSE(files);
  CHECK(files.error().kind == Error::Kind::config);
}

}  // namespace
}  // namespace assay
