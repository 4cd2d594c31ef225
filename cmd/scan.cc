// assay scan: content only, no trust: a file, an archive or a whole folder.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "examine/examiner.h"
#include "policy/waiver.h"
#include "report/contents.h"

namespace assay::cmd {
namespace {

namespace fs = std::filesystem;

struct Options {
  const Globals* globals = nullptr;
  std::vector<std::string> paths{};
  JudgeOptions judge{};
};

/// What scanning many files adds up to.
struct Tally {
  std::size_t files = 0, members = 0, findings = 0, severe = 0, problems = 0;
};

/// Every regular file below `path`, sorted; links are not followed.
Result<std::vector<std::string>> files_below(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  fs::recursive_directory_iterator walk(path, error), end;
  while (!error && walk != end) {
    if (walk->symlink_status(error).type() == fs::file_type::regular) {
      files.push_back(walk->path().string());
    }
    if (!error) walk.increment(error);
  }
  if (error) return io_error("cannot read the folder '" + printable(path) + "'", error.value());
  std::ranges::sort(files);
  return files;
}

/// One file: prints what was seen, adds it to the tally.
Result<void> scan_file(const std::string& path, const Examiner& examiner, const Policy& policy,
                       const Style& style, bool quiet, Tally& tally) {
  const Source source = TRY(Source::open(path, policy.limits));
  Examination found = TRY(examiner.examine(source, policy.limits));
  // An empty file in a folder hides nothing.
  std::erase_if(found.problems, [&](const Problem& problem) {
    return problem.code == "empty-bundle" && source.size() == 0;
  });
  ++tally.files;
  tally.members += found.members.size();
  tally.findings += found.findings.size();
  tally.problems += found.problems.size();
  tally.severe += static_cast<std::size_t>(
      std::ranges::count_if(found.findings, [&](const Finding& finding) {
        return judged_severity(finding, policy) >= policy.fail_at;
      }));
  const std::string text =
      findings_text(found.findings, style) + problems_text(found.problems, style);
  if (text.empty() || quiet) return {};
  return print(fmt::format("{}:\n{}", printable(path), text));
}

Result<ExitCode> run(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const Time now = TRY(options.judge.time()).value_or(system_now());
  const Policy policy = TRY(home.load_policy(options.judge.policy, now));
  const RuleSet rules = TRY(home.load_rules(options.judge.rules, policy));
  const std::unique_ptr<Examiner> examiner = TRY(options.judge.examiner(rules, policy));
  const Style style = terminal_style(options.globals->verbose);
  Tally tally;
  ExitCode code = ExitCode::passed;
  for (const std::string& path : options.paths) {
    for (const std::string& file : TRY(files_below(path))) {
      const Progress progress("scanning " + file, options.globals->quiet);
      const auto done =
          scan_file(file, *examiner, policy, style, options.globals->quiet, tally);
      if (done) continue;
      print_error(done.error());
      code = worst(code, exit_code(done.error().kind));
    }
  }
  if (!options.globals->quiet) {
    TRY(print(fmt::format(
        "scanned {} {}, {} members: {} findings, {} of them {} or worse; {} problems\n",
        tally.files, tally.files == 1 ? "file" : "files", tally.members, tally.findings,
        tally.severe, to_string(policy.fail_at), tally.problems)));
  }
  if (tally.severe > 0) return worst(code, ExitCode::failed);
  return tally.problems > 0 || tally.files == 0 ? worst(code, ExitCode::indeterminate) : code;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  add_strings(app, "PATH", options->paths, "a file, an archive or a folder")->required();
  options->judge.add_to(app);
  return [options] { return run(*options); };
}

}  // namespace

constinit const Command scan_command = {
    "scan", "look for miners and injectors, without asking who signed",
    R"(Exit 1 when a finding reaches the policy's fail_at, 3 when something could not be looked
into or contradicts its format, else 0. Of the policy, fail_at and limits are used.

  assay scan ~/Downloads)",
    add};

}  // namespace assay::cmd
