#include "policy/demands.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "policy/fixture.h"

namespace assay {
namespace {

const Difference* find(const std::vector<Difference>& all, std::string_view key) {
  const auto found = std::ranges::find(all, key, &Difference::key);
  return found == all.end() ? nullptr : &*found;
}

TEST_CASE("a policy does not differ from itself") {
  CHECK(differences(good_policy(), good_policy()).empty());
}

TEST_CASE("each key stands there once") {
  std::vector<Demand> all = demands(good_policy());
  std::ranges::sort(all, {}, &Demand::key);
  CHECK(std::ranges::adjacent_find(all, {}, &Demand::key) == all.end());
}

TEST_CASE("a difference says which way it goes") {
  Policy after = good_policy();
  after.fail_at = Severity::high;
  after.signatures = 2;
  after.require = {"one-vendor", "trusted-signature", "signed-list"};
  after.formats = {"cab"};
  after.rules_max_age = 86'400;
  after.log_required = false;
  after.rule_terms = {{.id = "PACK002", .severity = Severity::low, .waivable = false}};
  const auto all = differences(good_policy(), after);
  CHECK(all.size() == 8);
  CHECK(find(all, "content.fail_at")->direction == -1);
  CHECK(find(all, "content.fail_at")->before == "medium");
  CHECK(find(all, "signature.count")->direction == 1);
  CHECK(find(all, "require signed-list")->direction == 1);
  CHECK_FALSE(find(all, "require signed-list")->before);
  CHECK(find(all, "examine.formats cab")->direction == -1);
  CHECK(find(all, "rules.max_age")->after == "1d");
  CHECK(find(all, "rules.max_age")->direction == 1);
  CHECK(find(all, "verdict.log_required")->direction == -1);
  CHECK(find(all, "rule PACK002 severity")->direction == 0);
  CHECK(find(all, "rule PACK002 not waivable")->direction == 1);
}

}  // namespace
}  // namespace assay
