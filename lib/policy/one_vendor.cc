// one-vendor: it is known whose bundle this claims to be, and it is one.

#include "base/bytes.h"
#include "policy/answer.h"
#include "policy/policy.h"

namespace assay {
namespace {

Answer judge_vendor(const Evidence& evidence, const Policy& /*policy*/, Time /*now*/) {
  const VendorMatch& match = evidence.vendor;
  const std::string file = "'" + printable(evidence.bundle.name) + "'";
  if (match.vendors.empty()) return not_met("no-vendor", "no vendor may sign " + file);
  std::string names;
  for (const std::string& vendor : match.vendors) {
    names += (names.empty() ? "" : ", ") + printable(vendor);
  }
  if (match.vendors.size() > 1) return not_met("ambiguous-vendor", names + " may sign " + file);
  return met("vendor " + names + (match.chosen_by_hand ? ", chosen by hand" : " may sign ") +
             (match.chosen_by_hand ? "" : file));
}

std::vector<std::string> see_vendors(const Evidence& evidence, const Policy& /*policy*/,
                                     Time /*now*/) {
  const VendorMatch& match = evidence.vendor;
  std::vector<std::string> lines = {"file name '" + printable(evidence.bundle.name) + "'"};
  for (const std::string& vendor : match.vendors) {
    lines.push_back("vendor " + printable(vendor) +
                    (match.chosen_by_hand ? ", chosen by hand" : " may sign it"));
  }
  return lines;
}

}  // namespace

extern const Requirement one_vendor_requirement;
constinit const Requirement one_vendor_requirement = {
    "one-vendor", false, "Exactly one vendor of the trust store may sign a file of this name.",
    judge_vendor, see_vendors};

}  // namespace assay
