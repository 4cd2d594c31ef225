// well-formed: nothing in the bundle contradicts its own format.

#include "policy/policy.h"
#include "policy/problems.h"

namespace assay {
namespace {

Answer judge_form(const Evidence& evidence, const Policy& policy, Time /*now*/) {
  return judge_problems(evidence, policy, Effect::fails, "nothing contradicts its format");
}

}  // namespace

extern const Requirement well_formed_requirement;
constinit const Requirement well_formed_requirement = {
    "well-formed", true,
    "No archive, stream or name in the bundle is malformed, ambiguous or unsafe.", judge_form};

}  // namespace assay
