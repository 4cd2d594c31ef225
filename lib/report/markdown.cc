#include "report/markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"

namespace assay {
namespace {

constexpr std::size_t kShown = 50;
constexpr std::size_t kMaxCell = 600;  // bytes before they are escaped

std::string cell(std::string_view text) {
  return markdown_text(shortened(visible(text), kMaxCell));
}
std::string code(std::string_view raw) {
  return markdown_code(shortened(printable(raw), kMaxCell));
}

std::string_view mark(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "\xe2\x9c\x85";
    case Outcome::failed: return "\xe2\x9b\x94";
    case Outcome::indeterminate: break;
  }
  return "\xe2\x9a\xa0\xef\xb8\x8f";
}

std::string_view mark(Answer::State state) {
  switch (state) {
    case Answer::State::met: return mark(Outcome::passed);
    case Answer::State::unmet: return mark(Outcome::failed);
    case Answer::State::undecided: break;
  }
  return mark(Outcome::indeterminate);
}

std::string answers_table(const Report& report) {
  std::string text = "| | requirement | why |\n|---|---|---|\n";
  for (const Answer& answer : report.verdict.answers) {
    const std::string reason = answer.state == Answer::State::met || answer.reason.empty()
                                   ? std::string()
                                   : markdown_code(answer.reason) + " ";
    text += fmt::format("| {} | {} | {}{} |\n", mark(answer.state), cell(answer.requirement),
                        reason, cell(answer.detail));
  }
  return text;
}

std::string findings_table(const std::vector<Issue>& all) {
  std::string text;
  std::size_t count = 0;
  for (const Issue& issue : all) {
    const bool waived = !issue.waiver.empty();
    if (issue.kind != Issue::Kind::finding) continue;
    if (issue.level == Issue::Level::note && !waived) continue;
    if (++count > kShown) continue;
    text +=
        fmt::format("| {}{} | {} | {} at byte {}: {} | {} {} |\n", to_string(issue.severity),
                    waived ? ", waived" : "", markdown_code(issue.id), code(issue.member),
                    issue.offset, code(issue.context), cell(issue.meaning),
                    waived ? cell("Waived by " + issue.waived) : cell(issue.remedy));
  }
  if (count == 0) return {};
  if (count > kShown) text += fmt::format("| | | and {} more | |\n", count - kShown);
  return "\n### Findings\n\n| severity | rule | where | what, and what to do |\n"
         "|---|---|---|---|\n" +
         text;
}

std::string problems_table(const std::vector<Issue>& all) {
  std::string text;
  std::size_t count = 0;
  for (const Issue& issue : all) {
    if (issue.kind != Issue::Kind::problem) continue;
    if (++count > kShown) continue;
    text += fmt::format("| {} | {} | {} |\n", markdown_code(issue.id), code(issue.member),
                        cell(issue.message));
  }
  if (count == 0) return {};
  if (count > kShown) text += fmt::format("| | | and {} more |\n", count - kShown);
  return "\n### Problems\n\n| problem | member | what |\n|---|---|---|\n" + text;
}

std::string waivers_table(const Report& report) {
  const std::vector<WaiverUse>& uses = report.verdict.waivers;
  if (uses.empty()) return {};
  std::string text = "\n### Waivers\n\n| | waiver | for |\n|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(uses.size(), kShown); ++i) {
    text += fmt::format("| {} | {} | {} in {} |\n", cell(waiver_state(uses[i])),
                        cell(describe(uses[i])), code(uses[i].rule), code(uses[i].member));
  }
  if (uses.size() > kShown) text += fmt::format("| | and {} more | |\n", uses.size() - kShown);
  return text;
}

std::string signatures_table(const Report& report) {
  const std::vector<SignatureRecord>& records = report.evidence.signatures;
  if (records.empty()) return {};
  std::string text = "\n### Signatures and lists\n\n| | file | what it says |\n|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(records.size(), kShown); ++i) {
    const SignatureRecord& record = records[i];
    text += fmt::format("| {} | {} | {} |\n", record.verified ? "counts" : cell(record.reason),
                        code(record.source), cell(record.detail));
  }
  if (records.size() > kShown) {
    text += fmt::format("| | and {} more | |\n", records.size() - kShown);
  }
  return text;
}

std::string emit(const Report& report, const Style& /*style*/) {
  return markdown_report(report);
}

}  // namespace

std::string markdown_report(const Report& report) {
  const std::vector<Issue> all = issues(report);
  std::string text = fmt::format("## {} {}: {}\n\n", mark(report.verdict.outcome),
                                 code(report.evidence.bundle.name), cell(headline(report)));
  text +=
      answers_table(report) + findings_table(all) + waivers_table(report) + problems_table(all);
  text += signatures_table(report);
  for (const std::string& hint : hints(report)) text += "\n> " + cell(hint) + "\n";
  text += fmt::format("\nSHA-256 {}, {} of {} members looked at, judged as of {}",
                      markdown_code(report.evidence.bundle.sha256),
                      report.evidence.coverage.scanned, report.evidence.coverage.members,
                      to_rfc3339(report.effective_time));
  return text + "\n";
}

extern const Emitter markdown_emitter;
constinit const Emitter markdown_emitter = {"markdown", "for a comment or a page: Markdown",
                                            emit};

}  // namespace assay
