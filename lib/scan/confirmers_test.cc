#include "scan/confirmers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace assay {
namespace {

const std::string kMeta =
    " severity=\"low\" class=\"c\" family=\"f\" why=\"w\" remedy=\"r\" reference=\"x\" ";

std::string rule(const std::string& id, const std::string& text, const std::string& condition) {
  return "rule " + id + " { meta: id=\"" + id + "\"" + kMeta + "strings: $a = \"" + text +
         "\" nocase condition: " + condition + " }\n";
}

/// Three rules, in libyara's list at 0, 1 and 2; the last one's string can match too often.
const RuleSet& rules() {
  static const RuleSet set =
      RuleSet::compile(
          {{"a.yar", rule("one", "first", "$a") + rule("two", "second", "$a") +
                         rule("much", "aaaa", "#a > 2 and filesize < 100")},
           {"pack.toml", "schema = \"assay-rules/1\"\nname = \"t\"\nserial = 20260101\n"}})
          .take();
  return set;
}

Result<std::vector<Finding>> scan(Confirmers& confirmers,
                                  const std::vector<std::size_t>& places,
                                  const std::string& content) {
  const Member member{.path = "x", .type = "data"};
  return confirmers.scan(places, member, Variables(member), as_bytes(content));
}

std::vector<std::string> ids(const Result<std::vector<Finding>>& found) {
  REQUIRE(found);
  std::vector<std::string> all;
  for (const Finding& finding : *found) all.push_back(finding.rule);
  return all;
}

using Ids = std::vector<std::string>;

TEST_CASE("whatever was compiled before, the rules asked for answer") {
  Confirmers confirmers(rules().state(), 10);
  for (int i = 0; i < 2; ++i) {
    CHECK(ids(scan(confirmers, {0}, "FIRST")) == Ids{"one"});
    CHECK(ids(scan(confirmers, {0}, "none")).empty());
    CHECK(ids(scan(confirmers, {1}, "SECOND")) == Ids{"two"});
    CHECK(ids(scan(confirmers, {2}, "aaaaaaaaaaaa")) == Ids{"much"});
    CHECK(ids(scan(confirmers, {0, 1}, "firstsecond")) == Ids{"one", "two"});
    CHECK(ids(scan(confirmers, {0, 1, 2}, "firstsecondAAAAAAA")) == Ids{"much", "one", "two"});
  }
}

TEST_CASE("a rule that only others asked for does not spoil an answer") {
  const std::string many = std::string(1'100'000, 'a') + "first";
  Confirmers alone(rules().state(), 10);
  const Ids expected = ids(scan(alone, {0}, many));
  CHECK(expected == Ids{"one"});
  Confirmers after(rules().state(), 10);
  CHECK(ids(scan(after, {0}, "x")).empty());
  CHECK(ids(scan(after, {2}, "x")).empty());  // from here on they run together
  CHECK(ids(scan(after, {0}, many)) == expected);
  const auto asked = scan(after, {2}, many);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().what.find("matched too often") != std::string::npos);
}

}  // namespace
}  // namespace assay
