// assay policy explain, test, diff: what a policy says of evidence that was saved. No
// bundle is read, and nobody's signature is asked for: the question is what would be said.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/policy.h"
#include "cmd/terminal.h"
#include "policy/demands.h"
#include "policy/test_table.h"
#include "verdict/saved.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

constexpr std::size_t kMostLines = 20;  // of what one requirement looked at

/// Evidence, and as of when it is judged.
struct Saved {
  Report report{};
  Time at{};
};

Result<Saved> read_saved_evidence(const std::string& path, std::optional<Time> at) {
  const std::string text =
      TRY(read_input(path, std::size_t{1} << 30).context("reading the evidence"));
  Report report =
      TRY(read_evidence(text).context("reading the evidence '" + printable(path) + "'"));
  const Time then = at.value_or(report.effective_time);
  return Saved{std::move(report), then};
}

/// A policy with the waivers that are at hand.
Result<Policy> load(const PolicyOptions& options, const std::string& policy,
                    const std::vector<std::string>& waivers) {
  const Home home = Home::find(options.globals->home);
  Policy loaded = TRY(home.load_policy(policy, system_now()));
  loaded.waivers = TRY(home.load_waivers(waivers, loaded.approvers));
  return loaded;
}

Result<std::optional<Time>> time_of(const PolicyOptions& options) {
  JudgeOptions time;
  time.at = options.at;
  return time.time();
}

Verdict judged(const Policy& policy, const Saved& saved) {
  return judge(policy, saved.report.evidence, requirements(), saved.at);
}

std::string answer_line(const Answer& answer) {
  return fmt::format("{:<10} {}{}{}", to_string(answer.state), answer.requirement,
                     answer.reason.empty() ? "" : " [" + answer.reason + "]",
                     answer.detail.empty() ? "" : ": " + answer.detail);
}

std::string seen_text(const Answer& answer, const Policy& policy, const Saved& saved) {
  const auto found = std::ranges::find(requirements(), answer.requirement, &Requirement::name);
  if (found == requirements().end()) return {};
  const Requirement& requirement = **found;
  std::string text =
      fmt::format("  demands  {}{}\n", requirement.what, requirement.hard ? " Always." : "");
  const auto lines = requirement.seen(saved.report.evidence, policy, saved.at);
  for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
    text += fmt::format("  {:<8} {}\n", i == 0 ? "saw" : "", lines[i]);
  }
  if (lines.empty()) text += "  saw      nothing\n";
  if (lines.size() > kMostLines) {
    text += fmt::format("           and {} more\n", lines.size() - kMostLines);
  }
  return text;
}

std::string explained(const Policy& policy, const Saved& saved) {
  const Verdict verdict = judged(policy, saved);
  std::string text =
      fmt::format("{}: {} by policy '{}' serial {}, as of {}\n",
                  printable(saved.report.evidence.bundle.name), to_string(verdict.outcome),
                  printable(policy.id), policy.serial, to_rfc3339(saved.at));
  if (saved.report.verdict.outcome != verdict.outcome) {
    text += fmt::format("when it was examined, {} was said, by policy '{}' serial {}\n",
                        to_string(saved.report.verdict.outcome),
                        printable(saved.report.policy.id), saved.report.policy.serial);
  }
  for (const Answer& answer : verdict.answers) {
    text += "\n" + answer_line(answer) + "\n" + seen_text(answer, policy, saved);
    if (answer.state != Answer::State::met && !answer.hint.empty()) {
      text += "  to do    " + answer.hint + "\n";
    }
  }
  for (const WaiverUse& use : verdict.waivers) {
    text +=
        fmt::format("\nwaiver     {} {} in '{}'{}\n", printable(use.id), printable(use.rule),
                    printable(use.member), use.reason.empty() ? "" : " [" + use.reason + "]");
  }
  return text;
}

/// A file of the table, beside it unless it is absolute.
std::string beside(const std::string& table, const std::string& file) {
  const auto folder = std::filesystem::path(table).parent_path();
  return file.starts_with('/') || table == "-" ? file : (folder / file).string();
}

/// --policy, else the table's, a file of its folder before a built-in of that name.
std::string policy_of(const PolicyOptions& options, const PolicyTable& table) {
  if (!options.policy.empty() || table.policy.empty()) return options.policy;
  const std::string near = beside(options.file, table.policy);
  return exists(near) ? near : table.policy;
}

/// What does not fit, a line each.
Result<std::vector<std::string>> try_case(const PolicyOptions& options, const PolicyCase& one,
                                          const std::string& policy) {
  std::vector<std::string> waivers = options.waivers;
  for (const std::string& file : one.waivers) waivers.push_back(beside(options.file, file));
  const Policy loaded = TRY(load(options, policy, waivers));
  const Saved saved = TRY(read_saved_evidence(beside(options.file, one.evidence), one.at));
  return mismatches(one, judged(loaded, saved));
}

std::string difference_text(const Difference& difference) {
  const std::string_view way = difference.direction > 0   ? "  stricter"
                               : difference.direction < 0 ? "  looser"
                                                          : "";
  std::string text;
  if (difference.before) text += fmt::format("- {} = {}\n", difference.key, *difference.before);
  if (difference.after) {
    text += fmt::format("+ {} = {}{}\n", difference.key, *difference.after, way);
  } else if (!way.empty()) {
    text.insert(text.size() - 1, way);
  }
  return text;
}

const Answer* find_answer(const Verdict& verdict, const std::string& requirement) {
  const auto found = std::ranges::find(verdict.answers, requirement, &Answer::requirement);
  return found == verdict.answers.end() ? nullptr : &*found;
}

/// The answers that are other ones; each once.
std::string changes_text(const Verdict& before, const Verdict& after) {
  std::string text;
  for (const Answer& answer : before.answers) {
    const Answer* now = find_answer(after, answer.requirement);
    if (now != nullptr && now->state == answer.state && now->reason == answer.reason) continue;
    text += "  - " + answer_line(answer) + "\n";
    if (now != nullptr) text += "  + " + answer_line(*now) + "\n";
  }
  for (const Answer& answer : after.answers) {
    if (find_answer(before, answer.requirement) != nullptr) continue;
    text += "  + " + answer_line(answer) + "\n";
  }
  return text;
}

}  // namespace

Result<ExitCode> run_policy_explain(const PolicyOptions& options) {
  const Saved saved = TRY(read_saved_evidence(options.file, TRY(time_of(options))));
  const Policy policy = TRY(load(options, options.policy, options.waivers));
  TRY(print(explained(policy, saved)));
  return ExitCode::passed;
}

Result<ExitCode> run_policy_test(const PolicyOptions& options) {
  const std::string text = TRY(read_input(options.file, 1U << 24).context("reading the table"));
  const PolicyTable table = TRY(load_policy_table(text, options.file, requirements()));
  const std::string policy = policy_of(options, table);
  std::size_t wrong = 0;
  for (const PolicyCase& one : table.cases) {
    const auto lines =
        TRY(try_case(options, one, policy).context("the case '" + printable(one.name) + "'"));
    if (!lines.empty()) ++wrong;
    if (lines.empty() && options.globals->quiet) continue;
    TRY(print(fmt::format("{}  {}\n", lines.empty() ? "ok  " : "FAIL", printable(one.name))));
    for (const std::string& line : lines) TRY(print("  " + line + "\n"));
  }
  if (!options.globals->quiet) {
    TRY(print(fmt::format("{} {}, {} not as expected\n", table.cases.size(),
                          table.cases.size() == 1 ? "case" : "cases", wrong)));
  }
  return wrong == 0 ? ExitCode::passed : ExitCode::failed;
}

Result<ExitCode> run_policy_diff(const PolicyOptions& options) {
  const Policy before = TRY(load(options, options.policy, options.waivers));
  const Policy after = TRY(load(options, options.other, options.waivers));
  const std::optional<Time> at = TRY(time_of(options));
  const std::vector<Difference> demands = differences(before, after);
  std::string text;
  for (const Difference& difference : demands) text += difference_text(difference);
  if (demands.empty()) text = "both say the same\n";
  std::size_t changed = 0;
  for (const std::string& path : options.evidence) {
    const Saved saved = TRY(read_saved_evidence(path, at));
    const Verdict was = judged(before, saved), is = judged(after, saved);
    const bool same = was.outcome == is.outcome;
    if (!same) ++changed;
    text += fmt::format("\n{}: {}{}\n", printable(path), to_string(was.outcome),
                        same ? " by both" : fmt::format(" becomes {}", to_string(is.outcome)));
    text += changes_text(was, is);
  }
  if (!options.globals->quiet) TRY(print(text));
  const bool same = options.evidence.empty() ? demands.empty() : changed == 0;
  return same ? ExitCode::passed : ExitCode::failed;
}

}  // namespace assay::cmd
