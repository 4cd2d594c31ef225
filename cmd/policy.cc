// assay policy: check, show, explain, test and compare policies before a bundle depends on
// one.

#include "policy/policy.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/policy.h"
#include "cmd/terminal.h"

namespace assay::cmd {
namespace {

Result<ExitCode> run_check(const PolicyOptions& options) {
  const Home home = Home::find(options.globals->home);
  const Policy policy = TRY(home.load_policy(options.policy, system_now()));
  const RuleSet rules = TRY(home.load_rules({}, policy));
  TRY(check_rule_terms(policy, known_rules(rules)));
  TRY(print(fmt::format("{}: fine: {} serial {}, until {}\n", printable(policy.source),
                        printable(policy.id), policy.serial, to_rfc3339(policy.expires))));
  return ExitCode::passed;
}

Result<ExitCode> run_show(const PolicyOptions& options) {
  TRY(print(TRY(Home::find(options.globals->home).find_policy(options.policy)).text));
  return ExitCode::passed;
}

using Run = Result<ExitCode> (*)(const PolicyOptions&);

void add_judging(CLI::App& app, PolicyOptions& options) {
  app.add_option("--at", options.at,
                 "as of this time, RFC 3339 (default: as of when it was examined)");
  add_strings(app, "--waiver", options.waivers,
              "a signed waiver, beside those of the home folder");
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<PolicyOptions>();
  options->globals = &globals;
  app.require_subcommand(1);
  CLI::App* check = app.add_subcommand("check", "say whether a policy is in order");
  CLI::App* show = app.add_subcommand("show", "print the policy that would judge");
  for (CLI::App* sub : {check, show}) {
    sub->add_option("POLICY", options->policy,
                    "file or built-in; default: what `verify` would use");
  }
  CLI::App* explain = app.add_subcommand("explain", "why would this verdict come out so?");
  explain
      ->add_option("EVIDENCE", options->file,
                   "a verdict file, or a json report; - for standard input")
      ->required();
  CLI::App* test = app.add_subcommand("test", "hold a policy to a table of saved evidence");
  test->add_option("TABLE", options->file, "cases in TOML or JSON, assay-policy(5)")
      ->required();
  for (CLI::App* sub : {explain, test}) {
    sub->add_option("--policy", options->policy,
                    "file or built-in; default: the table's, else what `verify` would use");
  }
  CLI::App* diff = app.add_subcommand("diff", "what do two policies demand differently?");
  diff->add_option("BEFORE", options->policy, "file or built-in")->required();
  diff->add_option("AFTER", options->other, "file or built-in")->required();
  add_strings(*diff, "--evidence", options->evidence,
              "judge this by both; may be given several times");
  for (CLI::App* sub : {explain, diff}) add_judging(*sub, *options);
  return [=]() -> Result<ExitCode> {
    const std::pair<CLI::App*, Run> runs[] = {{check, run_check},
                                              {show, run_show},
                                              {explain, run_policy_explain},
                                              {test, run_policy_test},
                                              {diff, run_policy_diff}};
    for (const auto& [sub, run] : runs) {
      if (sub->parsed()) return run(*options);
    }
    return ExitCode::internal;
  };
}

}  // namespace

constinit const Command policy_command = {
    "policy", "check, show, explain, test and compare policies",
    R"(assay-policy(5) describes the file. explain, test and diff judge evidence that was saved; they
need no bundle. test exits 1 when a case comes out otherwise than its table says, diff when the
policies differ, or, given evidence, when a verdict would change.

  assay policy show baseline > policy.toml
  assay policy check policy.toml
  assay policy diff baseline policy.toml --evidence agent-1.4.tar.gz.verdict.jsonl)",
    add};

}  // namespace assay::cmd
