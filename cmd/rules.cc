// assay rules: look at rules before a bundle depends on them.

#include "cmd/rules.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "base/serial.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "scan/compile.h"
#include "scan/rule_bench.h"
#include "scan/rule_check.h"
#include "scan/rule_samples.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::vector<std::string> folders{};
  std::string policy{};
  std::string file{}, samples{};
  VerifyOptions importing{};
};

Result<RuleSet> load(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const Policy policy = TRY(home.load_policy(options.policy, system_now()));
  return home.load_rules(options.folders, policy);
}

/// All that is wrong, then what loading adds to it.
Result<ExitCode> run_check(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const Policy policy = TRY(home.load_policy(options.policy, system_now()));
  std::vector<RulePack> found = TRY(home.rule_packs(options.folders));
  std::vector<RuleFile> files;
  for (const RulePack& pack : found) {
    files.insert(files.end(), pack.files.begin(), pack.files.end());
  }
  if (files.empty()) files = TRY(built_in_rules());
  TRY(refuse_complaints(files, policy));
  const RuleSet rules =
      TRY(RuleSet::compile(TRY(with_packs(std::move(found))), policy.rule_modules));
  TRY(print(fmt::format("fine: {} rules, serial {}, sha256 {}\n", rules.info().loaded,
                        rules.info().serial, rules.info().sha256)));
  return ExitCode::passed;
}

Result<ExitCode> run_list(const Options& options) {
  const RuleSet rules = TRY(load(options));
  for (const RuleMeta& rule : rules.rules()) {
    TRY(print(fmt::format("{:<12} {:<8} {:<18} {:<28} {}\n", printable(rule.id),
                          to_string(rule.severity), printable(rule.category),
                          printable(rule.family), printable(rule.name))));
  }
  for (const RulePackInfo& pack : rules.info().packs) {
    TRY(print("pack " + to_text(pack) + "\n"));
  }
  TRY(print(fmt::format("all {} rules: serial {}, sha256 {}\n", rules.info().loaded,
                        rules.info().serial, rules.info().sha256)));
  return ExitCode::passed;
}

/// Says of each sample that a rule answered wrongly, and each rule without samples.
Result<ExitCode> run_test(const Options& options) {
  const RuleSet rules = TRY(load(options));
  std::vector<std::string> folders = options.folders;
  if (folders.empty()) folders.push_back(Home::find(options.globals->home).rules());
  SampleTally tally;
  if (options.samples.empty()) {
    for (const std::string& folder : folders) {
      TRY(run_samples(rules, folder + "/samples", tally));
    }
  } else {
    TRY(run_samples(rules, options.samples, tally));
  }
  for (const std::string& line : tally.wrong) TRY(print(line + "\n"));
  if (tally.samples == 0) {
    return fail(Error::Kind::config, "there is no sample to test with",
                "a pack brings them as samples/ID/positive/FILE and samples/ID/near-miss/FILE");
  }
  const std::vector<std::string> bare = rules_without_samples(rules, tally);
  for (const std::string& line : bare) TRY(print(line + "\n"));
  TRY(print(fmt::format("{} samples of {} rules: {} answered wrongly; {} lacking\n",
                        tally.samples, tally.positive.size(), tally.wrong.size(),
                        bare.size())));
  return tally.wrong.empty() && bare.empty() ? ExitCode::passed : ExitCode::failed;
}

Result<ExitCode> run_bench(const Options& options) {
  constexpr std::size_t kMost = std::size_t{64} << 20;
  const std::string path = options.file.empty() ? "/proc/self/exe" : options.file;
  const std::string content = TRY(read_file(path, kMost).context("reading what is scanned"));
  const RuleSet rules = TRY(load(options));
  const RuleCosts costs = TRY(measure_rules(rules, as_bytes(content)));
  TRY(print(fmt::format("{:>9}  {:>7}  {}\n", "ms/MB", "to yara", "rule")));
  for (const RuleCost& cost : costs.rules) {
    TRY(print(fmt::format("{:9.3f}  {:>7}  {}\n", cost.milliseconds_per_megabyte,
                          cost.passes_gate ? "yes" : "-", printable(cost.id))));
  }
  TRY(print(fmt::format("{} rules over {:.1f} MB: {:.0f} MB/s together\n", costs.rules.size(),
                        static_cast<double>(content.size()) / 1e6,
                        costs.megabytes_per_second)));
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.require_subcommand(1);
  CLI::App* check = app.add_subcommand("check", "name everything wrong with rules");
  CLI::App* list = app.add_subcommand("list", "id, severity, class, family and name of each");
  CLI::App* test = app.add_subcommand("test", "scan the samples a pack brings");
  CLI::App* bundle =
      app.add_subcommand("import", "verify a pack that came as a bundle, check and install it");
  bundle->add_option("PACK", options->importing.bundles, "the pack as the vendor ships it")
      ->required()
      ->expected(1);
  options->importing.globals = &globals;
  options->importing.add_to(*bundle);
  CLI::App* bench = app.add_subcommand("bench", "what each rule costs, the dearest first");
  for (CLI::App* sub : {check, list, test, bench}) {
    add_strings(*sub, sub == bench ? "--rules" : "FOLDER", options->folders,
                "folder of a pack (default: rules/ and packs/ of the home folder)");
    sub->add_option("--policy", options->policy, "policy that says which modules are allowed");
  }
  test->add_option(
      "--samples", options->samples,
      "folder of samples, of the shipped rules too (default: samples/ of each pack)");
  bench->add_option("FILE", options->file, "what to scan (default: this program)");
  return [=]() -> Result<ExitCode> {
    if (check->parsed()) return run_check(*options);
    if (list->parsed()) return run_list(*options);
    if (test->parsed()) return run_test(*options);
    if (bundle->parsed()) return run_rules_import(options->importing);
    return run_bench(*options);
  };
}

}  // namespace

Result<void> refuse_complaints(const std::vector<RuleFile>& files, const Policy& policy) {
  TRY(start_engine());
  const std::vector<RuleComplaint> complaints = check_rules(files, policy.rule_modules);
  for (const RuleComplaint& complaint : complaints) {
    TRY(print(assay::to_text(complaint) + "\n"));
  }
  if (complaints.empty()) return {};
  return fail(Error::Kind::config,
              fmt::format("{} {} wrong with these rules; nothing is loaded", complaints.size(),
                          complaints.size() == 1 ? "thing is" : "things are"));
}

std::string to_text(const RulePackInfo& pack) {
  const auto date = serial_date(pack.serial);
  const std::string serial =
      pack.serial == 0 ? "no serial" : fmt::format("serial {}", pack.serial);
  return fmt::format("{}: {}{}, sha256 {}", printable(pack.name), serial,
                     date ? " of " + to_rfc3339(*date).substr(0, 10) : "", pack.sha256);
}

constinit const Command rules_command = {
    "rules", "import, check, list, test and measure rules",
    R"(A pack is a folder of .yar files; with a pack.toml it has a name and a serial. It scans
beside the rules the program carries. `check` exits 2 when anything is wrong, and `verify`
loads nothing then. `import` takes a pack that a vendor of the trust store signed: it verifies
it as `assay verify` does, checks its rules, and keeps it under the home folder, where `verify`
finds it; never one that is older than what is there.

  assay rules check ./our-rules
  assay rules import acme-rules-20261124.tar.gz
  assay verify --rules ./our-rules agent-1.4.tar.gz)",
    add};

}  // namespace assay::cmd
