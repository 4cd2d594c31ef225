// clean-content: the scan saw nothing as severe as the policy's fail_at.

#include <fmt/format.h>

#include <tuple>

#include "base/bytes.h"
#include "policy/answer.h"
#include "policy/policy.h"
#include "policy/waiver.h"

namespace assay {
namespace {

/// The more severe one; between equals, the one whose name comes first.
bool worse(const Finding& a, const Finding& b, const Policy& policy) {
  const Severity left = judged_severity(a, policy), right = judged_severity(b, policy);
  if (left != right) return left > right;
  return std::tie(a.rule, a.member, a.offset) < std::tie(b.rule, b.member, b.offset);
}

/// The findings that the policy weighs.
struct Weighed {
  const Finding* worst = nullptr;  ///< of those that fail the bundle
  std::size_t failing = 0, milder = 0, borne = 0;
};

Weighed weigh_findings(const Evidence& evidence, const Policy& policy, Time now) {
  Weighed weighed;
  for (const Finding& finding : evidence.findings) {
    if (judged_severity(finding, policy) < policy.fail_at) {
      ++weighed.milder;
    } else if (waiver_for(finding, policy, evidence, now) != nullptr) {
      ++weighed.borne;
    } else {
      ++weighed.failing;
      const bool first = weighed.worst == nullptr;
      if (first || worse(finding, *weighed.worst, policy)) weighed.worst = &finding;
    }
  }
  return weighed;
}

Answer judge_findings(const Evidence& evidence, const Policy& policy, Time now) {
  const Weighed weighed = weigh_findings(evidence, policy, now);
  if (weighed.worst == nullptr) {
    std::string detail = fmt::format("no finding of severity {}{}", to_string(policy.fail_at),
                                     policy.fail_at == Severity::critical ? "" : " or above");
    if (weighed.borne > 0) detail += fmt::format(" but {} waived", weighed.borne);
    if (weighed.milder > 0) detail += fmt::format(", {} below", weighed.milder);
    return met(std::move(detail));
  }
  const Finding& worst = *weighed.worst;
  Answer answer =
      not_met("finding", fmt::format("{} ({}) in '{}'{}", printable(worst.rule),
                                     to_string(judged_severity(worst, policy)),
                                     printable(worst.member), and_more(weighed.failing)));
  if (!worst.remedy.empty()) answer.hint = printable(worst.remedy);
  return answer;
}

std::vector<std::string> see_findings(const Evidence& evidence, const Policy& policy,
                                      Time now) {
  std::vector<std::string> lines = {
      fmt::format("a finding fails from severity {} on", to_string(policy.fail_at))};
  for (const Finding& finding : evidence.findings) {
    const Severity severity = judged_severity(finding, policy);
    const Waiver* waiver = waiver_for(finding, policy, evidence, now);
    const std::string weight = severity < policy.fail_at ? "below"
                               : waiver != nullptr       ? "waived by " + printable(waiver->id)
                                                         : "fails";
    const std::string own = severity == finding.severity
                                ? std::string()
                                : fmt::format(", of itself {}", to_string(finding.severity));
    lines.push_back(fmt::format("{}: {} ({}{}) in '{}' at byte {}", weight,
                                printable(finding.rule), to_string(severity), own,
                                printable(finding.member), finding.offset));
  }
  return lines;
}

}  // namespace

extern const Requirement clean_content_requirement;
constinit const Requirement clean_content_requirement = {
    "clean-content", true, "The scan saw nothing as severe as [content] fail_at, or worse.",
    judge_findings, see_findings};

}  // namespace assay
