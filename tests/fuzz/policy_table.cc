#include <algorithm>
#include <set>

#include "fuzz.h"
#include "policy/test_table.h"
#include "verify/registry.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {
      "schema = \"assay-policy-test/1\"\npolicy = \"strict\"\n[[case]]\nname = \"good\"\n"
      "evidence = \"e.jsonl\"\nresult = \"PASSED\"\nat = 2026-06-01T00:00:00Z\nreasons = []\n"
      "met = [\"one-vendor\"]\nwaivers = [\"w.json\"]\n",
      R"({"schema":"assay-policy-test/1","policy":"strict","case":[{"name":"a \"b\"",)"
      R"("evidence":"e","result":"FAILED","at":"2026-06-01T00:00:00Z",)"
      R"("reasons":["finding"],"unmet":["clean-content"],"undecided":[]}]})"};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  using fuzz::expect;
  const auto table =
      load_policy_table(std::string(fuzz::text(data, size)), "t", requirements());
  if (!table) {
    expect(table.error().kind == Error::Kind::config, "a bad table is told as such");
    return 0;
  }
  expect(!table->cases.empty(), "a table tests something");
  std::set<std::string> names;
  for (const PolicyCase& one : table->cases) {
    expect(!one.name.empty() && names.insert(one.name).second, "a case has a name of its own");
    expect(one.result != Outcome::passed || !mismatches(one, Verdict{}).empty(),
           "nothing judged is not what passes");
  }
  return 0;
}
