// The report an admin reads: the verdict first and greppable, every requirement
// answered, then what was seen and what to do.

#include <fmt/format.h>

#include "base/bytes.h"
#include "report/contents.h"
#include "report/emitter.h"
#include "report/issues.h"
#include "report/pin.h"

namespace assay {
namespace {

int outcome_color(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return 32;
    case Outcome::failed: return 31;
    case Outcome::indeterminate: break;
  }
  return 33;
}

std::string mark(Answer::State state, const Style& style) {
  switch (state) {
    case Answer::State::met: return colored("ok  ", 32, style);
    case Answer::State::unmet: return colored("FAIL", 31, style);
    case Answer::State::undecided: break;
  }
  return colored("??  ", 33, style);
}

std::string answers_text(const Report& report, const Style& style) {
  std::string text;
  for (const Answer& answer : report.verdict.answers) {
    const std::string reason =
        answer.state == Answer::State::met ? "" : "[" + answer.reason + "] ";
    text += fmt::format("  {}  {:<18} {}{}\n", mark(answer.state, style), answer.requirement,
                        reason, answer.detail);
  }
  return text;
}

/// Every signature and list that was met, and what the signed ones say.
std::string signatures_text(const Report& report) {
  std::string text;
  for (const SignatureRecord& record : report.evidence.signatures) {
    text += fmt::format("  {} {}: {}\n", record.verified ? "verified" : record.reason,
                        printable(record.source), record.detail);
    if (record.verified && !record.verified_comment.empty()) {
      text +=
          fmt::format("           signed comment: {}\n", printable(record.verified_comment));
    }
  }
  return text;
}

/// Every waiver at hand, and what it did.
std::string waivers_text(const Report& report) {
  std::string text;
  for (const WaiverUse& use : report.verdict.waivers) {
    text +=
        fmt::format("  {} {}: {} in '{}', until {}, by", waiver_state(use), printable(use.id),
                    printable(use.rule), printable(use.member), to_rfc3339(use.expires));
    if (use.approved_by.empty()) text += " no approver";
    for (const std::string& name : use.approved_by) text += " " + printable(name);
    text += "\n";
  }
  return text;
}

std::string section(std::string_view title, const std::string& body) {
  return body.empty() ? std::string() : fmt::format("\n{}\n{}", title, body);
}

std::string hints_text(const Report& report) {
  std::string text;
  for (const std::string& hint : hints(report)) text += "hint: " + hint + "\n";
  return text;
}

/// "PASSED by policy 'baseline'", its first word in colour.
std::string headline_text(const Report& report, const Style& style) {
  const std::string line = headline(report);
  const std::string word(to_string(report.verdict.outcome));
  if (!line.starts_with(word)) return colored(line, 31, style);
  return colored(word, outcome_color(report.verdict.outcome), style) + line.substr(word.size());
}

std::string emit(const Report& report, const Style& style) {
  const Evidence& evidence = report.evidence;
  std::string text =
      fmt::format("{}: {}\n", printable(evidence.bundle.name), headline_text(report, style));
  text += answers_text(report, style);
  text += section("signatures", signatures_text(report));
  for (const std::string& line : report.new_voices) text += "note: " + line + "\n";
  text += section("findings", findings_text(evidence.findings, style, &report));
  text += section("waivers", waivers_text(report));
  text += section("problems", problems_text(evidence.problems, style));
  const std::string next = hints_text(report);
  if (!next.empty()) text += "\n" + next;
  if (report.verdict.outcome != Outcome::passed) text += pin_text(evidence);
  text += fmt::format("\nsha256   {}\n", evidence.bundle.sha256);
  if (!report.verdict_file.empty()) {
    text += fmt::format("verdict  {}\n", printable(report.verdict_file));
  }
  if (!report.log_entry.empty()) text += fmt::format("logged   {}\n", report.log_entry);
  return text;
}

}  // namespace

extern const Emitter text_emitter;
constinit const Emitter text_emitter = {"text", "for a person at a terminal", emit};

}  // namespace assay
