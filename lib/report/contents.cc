#include "report/contents.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "report/issues.h"

namespace assay {
namespace {

/// More of one kind than this nobody reads; the json report has all of them.
constexpr std::size_t kShown = 25;

int severity_color(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high: return 31;
    case Severity::medium: return 33;
    case Severity::low:
    case Severity::info: break;
  }
  return 2;
}

/// As `report` judges it, if there is one.
std::string finding_text(const Finding& finding, const Style& style, const Report* report) {
  const Severity severity =
      report == nullptr ? finding.severity : judged_severity(finding, report->policy);
  const WaiverUse* waiver = report == nullptr ? nullptr : waiver_of(finding, *report);
  std::string text = fmt::format(
      "  {} {}  {}\n",
      colored(fmt::format("{:<8}", to_string(severity)), severity_color(severity), style),
      finding.rule, printable(finding.member));
  text += fmt::format("           {}\n", finding.why);
  text +=
      fmt::format("           at byte {}: {}\n", finding.offset, printable(finding.context));
  if (waiver != nullptr) {
    text += fmt::format("           waived by {}\n", describe(*waiver));
  } else if (severity > Severity::info) {
    text += fmt::format("           do: {}\n", finding.remedy);
  }
  return text;
}

/// "  12 more ...": what was left out, and where it is.
std::string rest_text(std::size_t count, std::string_view what) {
  if (count <= kShown) return {};
  return fmt::format("  and {} more {}; --format json has them all\n", count - kShown, what);
}

std::string member_line(const Member& member) {
  const std::string link =
      member.link_target.empty() ? "" : " -> " + printable(member.link_target);
  return fmt::format("  {:<9} {:>12}  {:<12}  {}{}\n", to_string(member.kind), member.size,
                     member.type, printable(member.path), link);
}

/// "  member  123456 bytes  98.1 %": what the bundle's own bytes are.
std::string ledger_text(const Ledger& ledger, std::uint64_t size) {
  std::string text;
  const auto line = [&](std::string_view what, std::uint64_t count) {
    if (count == 0) return;
    text += fmt::format("  {:<9} {:>12} bytes  {:>5.1f} %\n", what, count,
                        100.0 * static_cast<double>(count) / static_cast<double>(size));
  };
  line("member", ledger.member);
  line("metadata", ledger.metadata);
  line("padding", ledger.padding);
  line("signature", ledger.signature);
  line("unknown", ledger.unknown);
  return text;
}

}  // namespace

std::string colored(const std::string& text, int sgr, const Style& style) {
  return style.color ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : text;
}

std::string findings_text(const std::vector<Finding>& findings, const Style& style,
                          const Report* report) {
  std::vector<const Finding*> shown;
  for (const Finding& finding : findings) {
    if (style.verbose || finding.severity > Severity::info) shown.push_back(&finding);
  }
  std::ranges::stable_sort(shown, std::ranges::greater{}, &Finding::severity);
  std::string text;
  for (std::size_t i = 0; i < std::min(shown.size(), kShown); ++i) {
    text += finding_text(*shown[i], style, report);
  }
  return text + rest_text(shown.size(), "findings");
}

std::string problems_text(const std::vector<Problem>& problems, const Style& style) {
  std::vector<const Problem*> shown;
  for (const Problem& problem : problems) shown.push_back(&problem);
  // What decides nothing shall not crowd out what does.
  std::stable_partition(shown.begin(), shown.end(),
                        [](const Problem* problem) { return problem->effect != Effect::note; });
  std::string text;
  for (std::size_t i = 0; i < std::min(shown.size(), kShown); ++i) {
    const Problem& problem = *shown[i];
    text += fmt::format("  {}  {}\n           {}\n",
                        colored(problem.code, problem.effect == Effect::fails ? 31 : 33, style),
                        printable(problem.member), problem.detail);
  }
  return text + rest_text(shown.size(), "problems");
}

std::string inspect_text(const Evidence& evidence, const Style& style) {
  const Subject& bundle = evidence.bundle;
  std::string text =
      fmt::format("{}: {}, {} bytes\n  sha256  {}\n  sha512  {}\n", printable(bundle.name),
                  evidence.format, bundle.size, bundle.sha256, bundle.sha512);
  for (const Member& member : evidence.members) text += member_line(member);
  for (const SignatureRecord& record : evidence.signatures) {
    text += fmt::format("  {}: {} ({})\n", record.subject.empty() ? "beside it" : "in it",
                        printable(record.source), record.format);
  }
  text += problems_text(evidence.problems, style);
  const Coverage& coverage = evidence.coverage;
  text += fmt::format("  {} of {} members looked at, {} bytes unpacked, {} {} deep{}\n",
                      coverage.scanned, coverage.members, coverage.bytes, coverage.depth,
                      coverage.depth == 1 ? "layer" : "layers",
                      coverage.complete ? "" : "; not everything could be opened");
  text += ledger_text(coverage.ledger, bundle.size);
  return text;
}

}  // namespace assay
