#include "scan/rule_table.h"

#include <doctest/doctest.h>

#include "scan/pack_test.h"
#include "scan/scanner.h"

namespace assay {
namespace {

std::vector<ListedRule> sample() {
  ListedRule seen{.name = {.file = "a.yar", .name = "seen"}};
  seen.meta = {.id = "A001",
               .name = "seen",
               .category = "miner",
               .family = "f",
               .why = "",
               .remedy = "two\nlines",
               .reference = "r",
               .severity = Severity::low};
  return {{.name = {.file = "a.yar", .name = "hidden", .is_private = true, .is_global = true}},
          seen};
}

TEST_CASE("a table is read as it was written") {
  const auto read = read_rule_table(write_rule_table(sample()));
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[0].name.is_private);
  CHECK((*read)[0].name.is_global);
  CHECK((*read)[0].name.file == "a.yar");
  CHECK((*read)[1].name.name == "seen");
  CHECK_FALSE((*read)[1].name.is_private);
  CHECK((*read)[1].meta.id == "A001");
  CHECK((*read)[1].meta.name == "seen");
  CHECK((*read)[1].meta.severity == Severity::low);
  CHECK((*read)[1].meta.why.empty());
  CHECK((*read)[1].meta.remedy == "two\nlines");
  CHECK((*read)[1].meta.reference == "r");
}

TEST_CASE("what is cut short or something else is no table") {
  const std::string whole = write_rule_table(sample());
  CHECK_FALSE(read_rule_table(""));
  const std::size_t first = write_rule_table({sample().front()}).size();
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(read_rule_table(whole.substr(0, size)).has_value() == (size == first));
  }
  CHECK_FALSE(read_rule_table("no table"));
}

TEST_CASE("rules from a table are those that libyara lists, and find the same") {
  const RuleSet quick = RuleSet::compile(built_in_rules().take(), {}, pack().prepare()).take();
  REQUIRE(quick.rules().size() == pack().rules().size());
  for (std::size_t i = 0; i < quick.rules().size(); ++i) {
    const RuleMeta& left = quick.rules()[i];
    const RuleMeta& right = pack().rules()[i];
    CHECK(left.id == right.id);
    CHECK(left.name == right.name);
    CHECK(left.category == right.category);
    CHECK(left.family == right.family);
    CHECK(left.why == right.why);
    CHECK(left.remedy == right.remedy);
    CHECK(left.reference == right.reference);
    CHECK(left.severity == right.severity);
    CHECK_FALSE(left.is_brought);
  }
  CHECK(quick.info().sha256 == pack().info().sha256);
  CHECK(quick.info().loaded == pack().info().loaded);
  CHECK(quick.prepare() == pack().prepare());
}

TEST_CASE("a table of other rules is not taken") {
  const std::string meta =
      "meta: id=\"X1\" severity=\"high\" class=\"c\" family=\"f\" why=\"w\" remedy=\"r\" "
      "reference=\"x\"";
  const Result<RuleSet> own = RuleSet::compile(
      {{"a.yar", "rule a { " + meta + " strings: $a = \"needle\" condition: $a }"},
       {"pack.toml", "schema = \"assay-rules/1\"\nname = \"test\"\nserial = 1\n"}},
      {}, pack().prepare());
  REQUIRE(own);
  REQUIRE(own->rules().size() == 1);
  Scanner scanner(*own);
  const auto found = scanner.scan({.path = "a", .type = "text"}, as_bytes("a needle"));
  REQUIRE(found);
  CHECK(found->size() == 1);
}

}  // namespace
}  // namespace assay
