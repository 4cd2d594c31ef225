// GitLab's Code Quality report: a JSON array its merge request widget reads.

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/json.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"

namespace assay {
namespace {

constexpr std::size_t kMaxIssues = 5000;
constexpr std::size_t kMaxDescription = 2000;

/// GitLab's words; what keeps a bundle from PASSED is never below major.
std::string_view severity(const Issue& issue) {
  if (!issue.waiver.empty()) return "info";
  if (issue.severity == Severity::critical) return "blocker";
  if (issue.severity == Severity::high) return "critical";
  if (issue.level == Issue::Level::error) return "major";
  return issue.level == Issue::Level::note ? "info" : "minor";
}

std::string emit(const Report& report, const Style& /*style*/) {
  const std::vector<Issue> all = issues(report);
  std::set<std::string> seen;
  Json::Array array;
  for (const Issue& issue : all) {
    std::string print = fingerprint(issue);
    if (array.size() == kMaxIssues || !seen.insert(print).second) continue;
    array.emplace_back(Json::Object{
        {"description", shortened(visible(issue.id + ": " + issue.message), kMaxDescription)},
        {"check_name", visible(issue.id)},
        {"fingerprint", std::move(print)},
        {"severity", severity(issue)},
        {"location", Json::Object{{"path", printable(report.evidence.bundle.name)},
                                  {"lines", Json::Object{{"begin", 1}}}}}});
  }
  return Json(std::move(array)).pretty() + "\n";
}

}  // namespace

extern const Emitter gitlab_emitter;
constinit const Emitter gitlab_emitter = {"gitlab", "for GitLab: a Code Quality report", emit};

}  // namespace assay
