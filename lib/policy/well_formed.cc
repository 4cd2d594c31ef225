// well-formed: nothing in the bundle contradicts its own format.

#include "policy/policy.h"
#include "policy/problems.h"

namespace assay {
namespace {

Answer judge_form(const Evidence& evidence, const Policy& policy, Time /*now*/) {
  return judge_problems(evidence, policy, Effect::fails, "nothing contradicts its format");
}

std::vector<std::string> see_form(const Evidence& evidence, const Policy& policy,
                                  Time /*now*/) {
  std::vector<std::string> lines = see_problems(evidence, policy, Effect::fails);
  const std::size_t notes = see_problems(evidence, policy, Effect::note).size();
  if (notes > 0) lines.push_back(std::to_string(notes) + " notes, which decide nothing");
  return lines;
}

}  // namespace

extern const Requirement well_formed_requirement;
constinit const Requirement well_formed_requirement = {
    "well-formed", true,
    "No archive, stream or name in the bundle is malformed, ambiguous or unsafe.", judge_form,
    see_form};

}  // namespace assay
