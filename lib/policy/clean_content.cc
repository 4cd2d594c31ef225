// clean-content: the scan saw nothing as severe as the policy's fail_at.

#include <fmt/format.h>

#include <tuple>

#include "base/bytes.h"
#include "policy/answer.h"
#include "policy/policy.h"

namespace assay {
namespace {

/// The more severe one; between equals, the one whose name comes first.
bool worse(const Finding& a, const Finding& b) {
  if (a.severity != b.severity) return a.severity > b.severity;
  return std::tie(a.rule, a.member, a.offset) < std::tie(b.rule, b.member, b.offset);
}

Answer judge_findings(const Evidence& evidence, const Policy& policy, Time /*now*/) {
  const Finding* worst = nullptr;
  std::size_t count = 0;
  for (const Finding& finding : evidence.findings) {
    if (finding.severity < policy.fail_at) continue;
    ++count;
    if (worst == nullptr || worse(finding, *worst)) worst = &finding;
  }
  const std::string_view limit = to_string(policy.fail_at);
  if (worst == nullptr) {
    const std::size_t milder = evidence.findings.size();
    return met(fmt::format("no finding of severity {}{}", limit,
                           policy.fail_at == Severity::critical ? "" : " or above") +
               (milder == 0 ? "" : fmt::format(", {} below", milder)));
  }
  Answer answer = not_met("finding", fmt::format("{} ({}) in '{}'{}", printable(worst->rule),
                                                 to_string(worst->severity),
                                                 printable(worst->member), and_more(count)));
  if (!worst->remedy.empty()) answer.hint = printable(worst->remedy);
  return answer;
}

}  // namespace

extern const Requirement clean_content_requirement;
constinit const Requirement clean_content_requirement = {
    "clean-content", true, "The scan saw nothing as severe as [content] fail_at, or worse.",
    judge_findings};

}  // namespace assay
