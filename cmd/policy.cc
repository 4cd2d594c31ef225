// assay policy: check and show a policy before a bundle depends on it.

#include "policy/policy.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/terminal.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string policy{};
};

Result<ExitCode> run_check(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const Policy policy = TRY(home.load_policy(options.policy, system_now()));
  const RuleSet rules = TRY(home.load_rules({}, policy));
  TRY(check_rule_terms(policy, known_rules(rules)));
  TRY(print(fmt::format("{}: fine: {} serial {}, until {}\n", printable(policy.source),
                        printable(policy.id), policy.serial, to_rfc3339(policy.expires))));
  return ExitCode::passed;
}

Result<ExitCode> run_show(const Options& options) {
  TRY(print(TRY(Home::find(options.globals->home).find_policy(options.policy)).text));
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.require_subcommand(1);
  CLI::App* check = app.add_subcommand("check", "say whether a policy is in order");
  CLI::App* show = app.add_subcommand("show", "print the policy that would judge");
  for (CLI::App* sub : {check, show}) {
    sub->add_option("POLICY", options->policy,
                    "file or built-in; default: what `verify` would use");
  }
  return [=] { return check->parsed() ? run_check(*options) : run_show(*options); };
}

}  // namespace

constinit const Command policy_command = {"policy", "check and show policies",
                                          R"(assay-policy(5) describes the file.

  assay policy show baseline > policy.toml
  assay policy check policy.toml)",
                                          add};

}  // namespace assay::cmd
