#include "report/issues.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "model/reason.h"

namespace assay {
namespace {

Issue finding_issue(const Finding& finding, const Report& report) {
  const WaiverUse* waiver = waiver_of(finding, report);
  const Severity severity = judged_severity(finding, report.policy);
  const bool error = counts(finding, report.policy) && waiver == nullptr;
  const bool note = severity == Severity::info || waiver != nullptr;
  Issue issue{.kind = Issue::Kind::finding,
              .id = finding.rule,
              .title = finding.name.empty() ? finding.rule : finding.name,
              .level = error  ? Issue::Level::error
                       : note ? Issue::Level::note
                              : Issue::Level::warning,
              .severity = severity,
              .message = fmt::format("{} in {}", finding.why, printable(finding.member)),
              .meaning = finding.why,
              .remedy = finding.remedy,
              .reference = finding.reference,
              .category = finding.category,
              .member = finding.member,
              .member_sha256 = finding.member_sha256,
              .offset = finding.offset,
              .context = finding.context};
  if (waiver == nullptr) return issue;
  issue.waiver = printable(waiver->id);
  issue.waived = describe(*waiver);
  issue.message += "; waived by " + issue.waived;
  return issue;
}

/// What the table says of an id goes into the issue.
void add_reason(Issue& issue) {
  const Reason* reason = find_reason(issue.id);
  if (reason == nullptr) return;
  issue.meaning = reason->meaning;
  issue.remedy = reason->remedy;
}

/// True if a requirement was not met for this reason.
bool refused_for(const Report& report, std::string_view reason) {
  return std::ranges::any_of(report.verdict.answers, [&](const Answer& answer) {
    return answer.state != Answer::State::met && answer.reason == reason;
  });
}

Issue problem_issue(const Problem& problem, const Report& report) {
  const bool note = problem.effect == Effect::note && !refused_for(report, problem.code);
  const bool bad = problem.effect == Effect::fails;
  Issue issue{.kind = Issue::Kind::problem,
              .id = problem.code,
              .title = problem.code,
              .level = note ? Issue::Level::note : Issue::Level::error,
              .undecided = problem.effect == Effect::indeterminate,
              .severity = note  ? Severity::info
                          : bad ? Severity::high
                                : Severity::medium,
              .message = problem.detail,
              .detail = problem.detail,
              .member = problem.member};
  if (!problem.member.empty()) issue.message += " in " + printable(problem.member);
  add_reason(issue);
  return issue;
}

/// True if a finding or problem already says what this answer says.
bool is_explained(const Answer& answer, const Report& report) {
  const Evidence& evidence = report.evidence;
  if (answer.reason == "finding") {
    return std::ranges::any_of(evidence.findings, [&](const Finding& finding) {
      return counts(finding, report.policy) && waiver_of(finding, report) == nullptr;
    });
  }
  return std::ranges::any_of(
      evidence.problems, [&](const Problem& problem) { return problem.code == answer.reason; });
}

Issue answer_issue(const Answer& answer) {
  const bool unmet = answer.state == Answer::State::unmet;
  Issue issue{.kind = Issue::Kind::requirement,
              .id = answer.reason.empty() ? answer.requirement : answer.reason,
              .title = answer.requirement,
              .undecided = !unmet,
              .severity = unmet ? Severity::high : Severity::medium,
              .message = answer.detail.empty() ? answer.requirement : answer.detail};
  add_reason(issue);
  if (!answer.hint.empty()) issue.remedy = answer.hint;
  return issue;
}

}  // namespace

std::vector<Issue> issues(const Report& report) {
  std::vector<Issue> all;
  for (const Answer& answer : report.verdict.answers) {
    if (answer.state == Answer::State::met || is_explained(answer, report)) continue;
    all.push_back(answer_issue(answer));
  }
  for (const Finding& finding : report.evidence.findings) {
    all.push_back(finding_issue(finding, report));
  }
  for (const Problem& problem : report.evidence.problems) {
    all.push_back(problem_issue(problem, report));
  }
  std::ranges::stable_sort(all, [](const Issue& a, const Issue& b) {
    return a.level != b.level ? a.level > b.level : a.severity > b.severity;
  });
  return all;
}

bool counts(const Finding& finding, const Policy& policy) {
  return judged_severity(finding, policy) >= policy.fail_at;
}

const WaiverUse* waiver_of(const Finding& finding, const Report& report) {
  if (!counts(finding, report.policy) ||
      judged_severity(finding, report.policy) == Severity::critical) {
    return nullptr;
  }
  for (const WaiverUse& use : report.verdict.waivers) {
    if (use.reason.empty() && use.rule == finding.rule && use.member == finding.member) {
      return &use;
    }
  }
  return nullptr;
}

std::size_t waived_findings(const Report& report) {
  const auto borne = [&](const Finding& finding) {
    return waiver_of(finding, report) != nullptr;
  };
  return static_cast<std::size_t>(std::ranges::count_if(report.evidence.findings, borne));
}

std::string_view waiver_state(const WaiverUse& use) {
  return use.reason.empty() ? std::string_view("used") : use.reason;
}

std::string describe(const WaiverUse& use) {
  std::string text =
      fmt::format("{} until {}, approved by", printable(use.id), to_rfc3339(use.expires));
  if (use.approved_by.empty()) return text + " nobody";
  std::string_view gap = " ";
  for (const std::string& name : use.approved_by) {
    text += gap;
    text += printable(name);
    gap = ", ";
  }
  return text;
}

std::string fingerprint(const Issue& issue) {
  // NUL ends each part, and stands in none of them but a member's name, which the digest
  // of fixed form follows.
  const std::string text =
      fmt::format("{}{}{}{}{}{}{}", issue.id, '\0', issue.member, '\0', issue.member_sha256,
                  '\0', issue.offset) +
      (issue.kind == Issue::Kind::finding ? std::string() : '\0' + issue.message);
  return sha256_hex(as_bytes(text));
}

std::string_view to_string(Issue::Level level) {
  switch (level) {
    case Issue::Level::note: return "note";
    case Issue::Level::warning: return "warning";
    case Issue::Level::error: break;
  }
  return "error";
}

std::string_view short_policy(std::string_view id) {
  return id.substr(id.find_last_of(':') + 1);
}

std::vector<std::string> hints(const Report& report) {
  std::vector<std::string> known;
  for (const Finding& finding : report.evidence.findings) known.push_back(finding.remedy);
  const auto said = static_cast<std::ptrdiff_t>(known.size());
  for (const Answer& answer : report.verdict.answers) {
    const bool again = std::ranges::find(known, answer.hint) != known.end();
    if (answer.state != Answer::State::met && !answer.hint.empty() && !again) {
      known.push_back(answer.hint);
    }
  }
  return {std::make_move_iterator(known.begin() + said), std::make_move_iterator(known.end())};
}

std::string headline(const Report& report) {
  const std::string plain = fmt::format("{} by policy '{}'", to_string(report.verdict.outcome),
                                        short_policy(report.policy.id));
  if (!report.read_back || report.read_back->verified) return plain;
  return fmt::format("NOT VERIFIED: no pinned key signed this; it claims {}",
                     to_string(report.read_back->claimed));
}

}  // namespace assay
