// assay: decides whether a vendor's update bundle may be installed. main reads
// the flags, runs one command, and says how it ended.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <sstream>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/similar.h"
#include "cmd/commands.h"
#include "cmd/terminal.h"

namespace assay::cmd {
namespace {

constexpr const Command* kCommands[] = {
    &verify_command, &gate_command,  &report_command,  &scan_command,    &inspect_command,
    &init_command,   &trust_command, &key_command,     &policy_command,  &waiver_command,
    &rules_command,  &log_command,   &witness_command, &explain_command, &formats_command,
};

constexpr char kHeader[] =
    "assay decides whether a vendor's update bundle may be installed: it checks signatures\n"
    "against pinned keys, looks inside for miners and injectors, and signs what it decided.";

constexpr char kFooter[] =
    R"(A first minute:
  assay init                                          keys, trust store, policy
  assay trust add acme --key acme.pub --match 'agent-*.tar.gz'
  assay verify agent-1.4.tar.gz                       PASSED, FAILED or INDETERMINATE
  assay gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl

Exit codes: 0 passed or accepted, 1 failed, 2 usage or configuration,
3 indeterminate, 4 gate: verdict unusable, 5 output not durable, 70 internal.
`assay COMMAND --help` shows a command; `assay explain ID` any id it prints.)";

/// A closed standard stream must not become the number of the next file we open. What
/// is put there cannot be read, or written, so that an answer nobody hears is an error.
bool hold_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    const int held = ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (held != fd) return false;
  }
  return true;
}

/// Environment that would change what we read or print.
void settle_environment() {
  std::setlocale(LC_CTYPE,
                 "C.UTF-8");  // member names are bytes; libarchive wants to decode them
  ::setenv("TZ", "UTC0", 1);
  // A closed pipe and a full file are errors we report, not ends.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

/// The words of a line that names no command, with a proposal.
Error unknown_command(const std::string& word) {
  std::vector<std::string> names;
  for (const Command* command : kCommands) names.emplace_back(command->name);
  const std::string near = similar(word, names);
  return fail(Error::Kind::usage, "unknown command '" + printable(word) + "'",
              near.empty() ? "`assay --help` lists the commands"
                           : "did you mean `assay " + near + "`?");
}

ExitCode finish(const Result<ExitCode>& result) {
  if (result) return *result;
  print_error(result.error());
  return exit_code(result.error().kind);
}

/// Help and version are answers; anything else CLI11 stops for is a usage error.
ExitCode explain_stop(const CLI::App& app, const CLI::ParseError& stop) {
  std::ostringstream answer, complaint;
  if (app.exit(stop, answer, complaint) == 0) {
    const auto printed = print(answer.str());
    return printed ? ExitCode::passed : finish(printed.error());
  }
  const auto chosen = app.get_subcommands();
  const auto rest = app.remaining();
  if (chosen.empty() && !rest.empty() && !rest.front().starts_with('-')) {
    return finish(unknown_command(rest.front()));
  }
  std::string name = "assay";
  for (auto deeper = chosen; !deeper.empty(); deeper = deeper.back()->get_subcommands()) {
    name += " " + deeper.back()->get_name();
  }
  return finish(
      fail(Error::Kind::usage, printable(stop.what()), "`" + name + " --help` shows how"));
}

/// The words after the program's name, last first as CLI11 takes them; `help
/// COMMAND` is another way to say `COMMAND --help`.
std::vector<std::string> help_words(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(1, argc), argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  std::ranges::reverse(words);
  return words;
}

ExitCode run(int argc, char** argv) {
  Globals globals;
  CLI::App app{kHeader, "assay"};
  app.footer(kFooter);
  app.set_version_flag("--version", "assay " ASSAY_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--home", globals.home,
                 "folder of trust store, policy, keys, gate file and rules ($ASSAY_HOME)");
  app.add_flag("-q,--quiet", globals.quiet,
               "the exit code speaks: no progress, no notes, no answer");
  app.add_flag("-v,--verbose", globals.verbose, "say more: every note and every step");

  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const Command* command : kCommands) {
    CLI::App* sub = app.add_subcommand(command->name, command->what);
    sub->footer(command->details);
    actions.emplace_back(sub, command->add(*sub, globals));
  }
  try {
    app.parse(help_words(argc, argv));
  } catch (const CLI::ParseError& stop) {
    return explain_stop(app, stop);
  }
  for (const auto& [sub, action] : actions) {
    if (sub->parsed()) return finish(action());
  }
  return ExitCode::internal;
}

}  // namespace
}  // namespace assay::cmd

int main(int argc, char** argv) {
  using namespace assay;
  if (!cmd::hold_standard_streams()) return static_cast<int>(ExitCode::indeterminate);
  try {
    cmd::settle_environment();
    return static_cast<int>(cmd::run(argc, argv));
  } catch (const std::bad_alloc&) {
    cmd::print_error(fail(Error::Kind::io, "there is not enough memory"));
    return static_cast<int>(ExitCode::indeterminate);
  } catch (const std::exception& error) {
    cmd::print_error(fail(Error::Kind::internal, printable(error.what()),
                          "this is a fault of assay; nothing was decided"));
  }
  return static_cast<int>(ExitCode::internal);
}
