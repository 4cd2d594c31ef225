// trusted-signature: as many different pinned keys of the vendor as the policy
// demands signed the bundle, each itself or by a list that names it.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "policy/answer.h"
#include "policy/policy.h"
#include "policy/signatures.h"

namespace assay {
namespace {

/// The first signature that speaks for this bundle and does not count, or null.
const SignatureRecord* first_refused(const Evidence& evidence) {
  for (const SignatureRecord& record : evidence.signatures) {
    if (!record.verified && find_reason(record.reason) != nullptr) return &record;
  }
  return nullptr;
}

/// "0 of 1 needed", what lies there instead, and what helps with that.
Answer too_few(const Evidence& evidence, std::size_t have, std::size_t need) {
  Answer answer = not_met("no-trusted-signature", fmt::format("{} of {} needed", have, need));
  if (const SignatureRecord* refused = first_refused(evidence)) {
    answer.detail += fmt::format("; {} is {}", printable(refused->source), refused->reason);
    answer.hint = find_reason(refused->reason)->remedy;
  } else if (evidence.signatures.empty()) {
    answer.detail += "; none is in the bundle or beside it";
  }
  return answer;
}

Answer judge_signatures(const Evidence& evidence, const Policy& policy, Time /*now*/) {
  if (evidence.vendor.vendors.size() > 1) {
    return not_met("ambiguous-vendor", "it is not known whose signature to demand");
  }
  std::set<std::string> keys;  // names are unique in a trust store
  std::string detail;
  for (const SignatureRecord& record : evidence.signatures) {
    if (!counts(record, evidence) || !keys.insert(record.key).second) continue;
    detail += (detail.empty() ? "" : "; ") + describe(record);
  }
  const auto need = static_cast<std::size_t>(std::max<std::int64_t>(1, policy.signatures));
  return keys.size() >= need ? met(std::move(detail)) : too_few(evidence, keys.size(), need);
}

std::vector<std::string> see_signatures(const Evidence& evidence, const Policy& policy,
                                        Time /*now*/) {
  std::vector<std::string> lines = {fmt::format("{} different keys are demanded",
                                                std::max<std::int64_t>(1, policy.signatures))};
  for (const SignatureRecord& record : evidence.signatures) {
    lines.push_back(see_record(record, evidence));
  }
  return lines;
}

}  // namespace

extern const Requirement trusted_signature_requirement;
constinit const Requirement trusted_signature_requirement = {
    "trusted-signature", false,
    "As many pinned keys of the vendor as [signature] count says signed the bundle.",
    judge_signatures, see_signatures};

}  // namespace assay
