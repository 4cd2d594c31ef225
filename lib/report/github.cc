// GitHub Actions: annotations on standard output, the report in the step's summary, and
// the result among the step's outputs. A step shows ten annotations of a level; the
// last is kept for saying how many more there are.

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"
#include "model/exit_code.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"
#include "report/markdown.h"

namespace assay {
namespace {

constexpr std::size_t kShown = 9;
constexpr std::size_t kMaxMessage = 2000;
constexpr std::size_t kMaxSummary = 1'000'000;  // bytes; GitHub drops one above 1 MiB

std::string_view command(Issue::Level level) {
  switch (level) {
    case Issue::Level::note: return "notice";
    case Issue::Level::warning: return "warning";
    case Issue::Level::error: break;
  }
  return "error";
}

std::string annotation(Issue::Level level, const Subject& bundle, std::string_view title,
                       std::string_view message) {
  return fmt::format("::{} file={},line=1,col=1,title={}::{}\n", command(level),
                     workflow_property(printable(bundle.name)), workflow_property(title),
                     workflow_data(shortened(visible(message), kMaxMessage)));
}

std::string issue_annotation(const Issue& issue, const Subject& bundle) {
  return annotation(issue.level, bundle, "assay " + issue.id,
                    issue.message + (issue.remedy.empty() ? "" : " - " + issue.remedy));
}

std::string emit(const Report& report, const Style& style) {
  const Subject& bundle = report.evidence.bundle;
  const bool passed = report.verdict.outcome == Outcome::passed;
  std::string text = annotation(passed ? Issue::Level::note : Issue::Level::error, bundle,
                                "assay", printable(bundle.name) + ": " + headline(report));
  std::array<std::size_t, 3> met{};
  met.at(static_cast<std::size_t>(passed ? Issue::Level::note : Issue::Level::error)) = 1;
  for (const Issue& issue : issues(report)) {
    if (issue.level == Issue::Level::note && issue.waiver.empty() && !style.verbose) continue;
    if (++met.at(static_cast<std::size_t>(issue.level)) <= kShown) {
      text += issue_annotation(issue, bundle);
    }
  }
  for (const Issue::Level level :
       {Issue::Level::error, Issue::Level::warning, Issue::Level::note}) {
    const std::size_t count = met.at(static_cast<std::size_t>(level));
    if (count <= kShown) continue;
    text += annotation(level, bundle, "assay",
                       fmt::format("and {} more; the summary has them", count - kShown));
  }
  return text;
}

std::string summary(const Report& report, const Style& /*style*/) {
  std::string text = markdown_report(report);
  if (text.size() <= kMaxSummary) return text;
  // Cut where a line ends, so that no table is left half open.
  text.resize(text.rfind('\n', kMaxSummary) + 1);
  return text + "\n(cut: too long for a summary)\n";
}

/// NAME=VALUE lines; none of the values is the bundle's.
std::string outputs(const Report& report, const Style& /*style*/) {
  return fmt::format("result={}\nexit-code={}\nsha256={}\nwaived={}\n",
                     to_string(report.verdict.outcome), static_cast<int>(exit_code(report)),
                     dotenv_value(report.evidence.bundle.sha256), waived_findings(report));
}

constexpr Appendix kAppendices[] = {{"GITHUB_STEP_SUMMARY", summary},
                                    {"GITHUB_OUTPUT", outputs}};

}  // namespace

extern const Emitter github_emitter;
constinit const Emitter github_emitter = {
    "github", "for GitHub Actions: annotations, step summary and outputs", emit, kAppendices};

}  // namespace assay
