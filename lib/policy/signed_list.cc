// signed-list: the bundle's digest stands in a checksum list that the vendor
// signed, so it belongs to a release and was not merely signed once.

#include "policy/answer.h"
#include "policy/policy.h"
#include "policy/signatures.h"

namespace assay {
namespace {

Answer judge_list(const Evidence& evidence, const Policy& /*policy*/, Time /*now*/) {
  if (evidence.vendor.vendors.size() > 1) {
    return not_met("ambiguous-vendor", "it is not known whose list to demand");
  }
  for (const SignatureRecord& record : evidence.signatures) {
    if (record.is_list && counts(record, evidence)) return met(describe(record));
  }
  return not_met("no-signed-list", "no signed list names the bundle's digest");
}

std::vector<std::string> see_lists(const Evidence& evidence, const Policy& /*policy*/,
                                   Time /*now*/) {
  std::vector<std::string> lines;
  for (const SignatureRecord& record : evidence.signatures) {
    if (record.is_list) lines.push_back(see_record(record, evidence));
  }
  return lines;
}

}  // namespace

extern const Requirement signed_list_requirement;
constinit const Requirement signed_list_requirement = {
    "signed-list", false,
    "The bundle's digest stands in a checksum list signed by a pinned key of the vendor.",
    judge_list, see_lists};

}  // namespace assay
