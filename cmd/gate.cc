// assay gate: accept or refuse a verdict for this very file.

#include "verdict/gate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "bundle/source.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string bundle{}, verdict{}, config{}, resource{}, nonce{}, at{};
};

Result<GateConfig> load_config(const std::string& path) {
  auto text = read_file(path, 1U << 20);
  if (!text) {
    text.error().kind = Error::Kind::config;
    text.error().hint = "`assay init` writes one, or name it with --config";
    return std::move(text.error());
  }
  return load_gate_config(*text, path).context("reading the gate's configuration");
}

std::string decision_text(const GateDecision& decision, const std::string& name,
                          const Style& style) {
  std::string text = decision.accepted ? fmt::format("{}: ACCEPTED\n", printable(name))
                                       : fmt::format("{}: REFUSED [{}] {}\n", printable(name),
                                                     decision.reason, decision.detail);
  if (style.verbose) {
    for (const std::string& step : decision.steps) text += "  ok  " + step + "\n";
  }
  if (!decision.hint.empty()) text += "hint: " + decision.hint + "\n";
  return text;
}

Result<ExitCode> run(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const GateConfig config =
      TRY(load_config(options.config.empty() ? home.gate() : options.config));
  JudgeOptions time;
  time.at = options.at;
  const Time now = TRY(time.time()).value_or(system_now());
  const std::string verdict =
      TRY(read_input(options.verdict, std::size_t{1} << 30).context("reading the verdict"));
  const Source artifact =
      TRY(Source::open(options.bundle, Limits{}).context("hashing the file at the gate"));
  const GateDecision decision = decide(config, {.verdict_file = verdict,
                                                .artifact = artifact.subject(),
                                                .resource = options.resource,
                                                .nonce = options.nonce,
                                                .now = now});
  if (!options.globals->quiet) {
    TRY(print(
        decision_text(decision, artifact.name(), terminal_style(options.globals->verbose))));
  }
  if (decision.accepted) return ExitCode::passed;
  return decision.exit_code == 1 ? ExitCode::failed : ExitCode::unusable;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.add_option("BUNDLE", options->bundle, "the file about to be deployed")->required();
  app.add_option("--verdict", options->verdict,
                 "what `assay verify` wrote for it; - for standard input")
      ->required();
  app.add_option("--config", options->config, "gate.toml (default: that of the home folder)");
  app.add_option("--resource", options->resource, "demand that the verdict is for this URI");
  app.add_option("--nonce", options->nonce, "demand that the verdict carries this value");
  app.add_option("--at", options->at, "decide as of this time, RFC 3339");
  return [options] { return run(*options); };
}

}  // namespace

constinit const Command gate_command = {
    "gate", "accept or refuse a verdict for this file",
    R"(The gate hashes the file itself and believes only the keys, policies and ages that its own
gate.toml allows. Exit 0 is the only yes: no `|| true`, no continue-on-error.

  assay gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl && deploy)",
    add};

}  // namespace assay::cmd
