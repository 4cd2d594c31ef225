// JUnit XML as Jenkins' schema has it and GitLab reads it: a test for every requirement,
// finding and problem, so that nothing checked is not nothing failed. GitLab shows only
// an element's text, and of equal names only the first, so each says all and has its own.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"

namespace assay {
namespace {

constexpr std::size_t kMaxIssues = 1000;

/// One test, and how it ended: "" passed, "failure", "error" or "skipped".
struct Case {
  std::string suite{}, name{}, ended{}, type{}, message{}, text{};
};

Case answer_case(const Answer& answer) {
  Case one{.suite = "policy",
           .name = answer.requirement,
           .type = answer.reason,
           .message = answer.detail,
           .text = answer.detail};
  if (answer.state == Answer::State::met) return one;
  one.ended = answer.state == Answer::State::unmet ? "failure" : "error";
  one.text = fmt::format("[{}] {}", answer.reason, answer.detail);
  if (!answer.hint.empty()) one.text += "\n" + visible(answer.hint);
  return one;
}

Case issue_case(const Issue& issue) {
  const bool finding = issue.kind == Issue::Kind::finding;
  Case one{.suite = finding ? "content" : "file",
           .name = fmt::format("{} {}", issue.id, printable(issue.member)),
           .type = issue.id,
           .message = issue.message};
  if (issue.level == Issue::Level::error) one.ended = issue.undecided ? "error" : "failure";
  if (!issue.waiver.empty()) {
    one.ended = "skipped";
    one.message = "waived by " + issue.waived;
  }
  one.text = fmt::format("{}\nseverity: {}", visible(issue.message), to_string(issue.severity));
  if (finding) {
    one.name += fmt::format(" at byte {}", issue.offset);
    one.text += fmt::format("\nat byte {}: {}", issue.offset, printable(issue.context));
  }
  if (!issue.member_sha256.empty()) one.text += "\nsha256: " + visible(issue.member_sha256);
  if (!issue.remedy.empty()) one.text += "\ndo: " + visible(issue.remedy);
  return one;
}

/// One that bears nothing is there to be cleared away, and fails nothing.
Case waiver_case(const WaiverUse& use) {
  Case one{.suite = "waivers", .name = printable(use.id), .type = use.reason};
  one.message = fmt::format("{}: {} in {}: {}", describe(use), printable(use.rule),
                            printable(use.member), waiver_state(use));
  one.text = one.message;
  if (!use.reason.empty()) one.ended = "skipped";
  return one;
}

std::vector<Case> cases(const Report& report) {
  std::vector<Case> all;
  for (const Answer& answer : report.verdict.answers) all.push_back(answer_case(answer));
  for (const WaiverUse& use : report.verdict.waivers) all.push_back(waiver_case(use));
  std::size_t left_out = 0, taken = 0;
  for (const Issue& issue : issues(report)) {
    if (issue.kind == Issue::Kind::requirement) continue;  // its answer is there
    if (taken == kMaxIssues) {
      ++left_out;
    } else {
      all.push_back(issue_case(issue));
      ++taken;
    }
  }
  if (left_out > 0) {
    const std::string text = fmt::format("{} more; --format json has them all", left_out);
    all.push_back({.suite = "content",
                   .name = "the rest",
                   .ended = "error",
                   .type = "too-many",
                   .message = text,
                   .text = text});
  }
  if (report.verdict.answers.empty()) {
    all.push_back({.suite = "policy",
                   .name = "judged",
                   .ended = "error",
                   .type = "not-judged",
                   .message = "nothing was judged",
                   .text = "nothing was judged"});
  }
  std::set<std::string> names;
  for (Case& one : all) {
    for (int again = 2; !names.insert(one.suite + one.name).second; ++again) {
      one.name += fmt::format(" ({})", again);
    }
  }
  return all;
}

/// Our own line breaks stay, the bundle's do not: each line is escaped by itself.
std::string body(std::string_view text) {
  std::string safe;
  while (true) {
    const std::size_t end = text.find('\n');
    safe += xml_text(text.substr(0, end));
    if (end == text.npos) return safe;
    safe += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string case_xml(const Case& one) {
  std::string xml = fmt::format("    <testcase classname=\"assay.{}\" name=\"{}\">", one.suite,
                                xml_text(one.name));
  if (one.ended == "skipped") {
    xml += fmt::format("<skipped message=\"{}\">{}</skipped>", xml_text(one.message),
                       body(one.text));
  } else if (one.ended.empty()) {
    xml += fmt::format("<system-out>{}</system-out>", body(one.text));
  } else {
    xml += fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>", one.ended,
                       xml_text(one.type), xml_text(one.message), body(one.text));
  }
  return xml + "</testcase>\n";
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_text(value));
}

std::string properties(const Report& report) {
  return "    <properties>\n" + property("verdict", to_string(report.verdict.outcome)) +
         property("headline", headline(report)) +
         property("bundle.sha256", report.evidence.bundle.sha256) +
         property("policy.id", report.policy.id) +
         property("policy.sha256", report.policy.sha256) +
         property("core.sha256", report.core_sha256) + "    </properties>\n";
}

std::string emit(const Report& report, const Style& /*style*/) {
  const std::vector<Case> all = cases(report);
  const auto ended = [&](std::string_view how) {
    return std::ranges::count(all, how, &Case::ended);
  };
  const std::string skipped = fmt::format(" skipped=\"{}\"", ended("skipped"));
  const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\"",
                                         all.size(), ended("failure"), ended("error"));
  std::string time = to_rfc3339(report.effective_time);
  if (time.ends_with('Z')) time.pop_back();  // the schema's own form has no zone
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"assay\" {0}>\n"
      "  <testsuite name=\"{1}\" {0}{3} timestamp=\"{2}\">\n",
      counts, xml_text(printable(report.evidence.bundle.name)), time, skipped);
  xml += properties(report);
  for (const Case& one : all) xml += case_xml(one);
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace

extern const Emitter junit_emitter;
constinit const Emitter junit_emitter = {"junit", "for test reports: JUnit XML", emit};

}  // namespace assay
