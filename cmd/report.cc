// assay report: a saved verdict in any output format.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "verdict/saved.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string file{}, config{}, at{};
  std::vector<std::string> keys{};
  OutputOptions output{};
};

Result<GateKey> read_key(const std::string& path) {
  auto pem = read_file(path, 65536);
  if (!pem) {
    pem.error().kind = Error::Kind::config;
    return std::move(pem.error());
  }
  const Ed25519Public key = TRY(parse_public_key_pem(*pem));
  return GateKey{.name = path, .public_key = key};
}

/// Who is believed: --key alone, else --config alone, else what the home folder pins.
Result<std::vector<GateKey>> pinned_keys(const Options& options) {
  const Home home = Home::find(options.globals->home);
  std::vector<GateKey> keys;
  for (const std::string& path : options.keys) {
    keys.push_back(TRY(read_key(path).context("reading the key '" + printable(path) + "'")));
  }
  if (!keys.empty()) return keys;
  const std::string gate = options.config.empty() ? home.gate() : options.config;
  if (!options.config.empty() || exists(gate)) {
    auto text = read_file(gate, 1U << 20);
    if (!text) {
      text.error().kind = Error::Kind::config;
      return std::move(text.error());
    }
    return std::move(TRY(load_gate_config(std::move(*text), gate)).keys);
  }
  if (exists(home.public_key())) keys.push_back(TRY(read_key(home.public_key())));
  return keys;
}

/// In the order the policy asked, which the signed evidence does not keep.
void order_answers(Verdict& verdict) {
  const auto place = [](const Answer& answer) {
    return std::ranges::find(requirements(), answer.requirement, &Requirement::name) -
           requirements().begin();
  };
  if (verdict.answers.empty()) return;
  std::ranges::stable_sort(verdict.answers.begin() + 1, verdict.answers.end(),
                           std::ranges::less{}, place);
}

Result<ExitCode> run(const Options& options) {
  JudgeOptions time;
  time.at = options.at;
  const Time now = TRY(time.time()).value_or(system_now());
  TRY(options.output.files());
  const std::vector<GateKey> keys = TRY(pinned_keys(options));
  const std::string file =
      TRY(read_input(options.file, std::size_t{1} << 30).context("reading the verdict"));
  Report report =
      TRY(read_saved(file, keys, now).context("reading '" + printable(options.file) + "'"));
  if (options.file != "-") report.verdict_file = options.file;
  order_answers(report.verdict);
  TRY(options.output.write(report, options.globals->verbose, options.globals->quiet));
  if (report.read_back && report.read_back->verified) return exit_code(report);
  return fail(Error::Kind::unusable, "this verdict is NOT VERIFIED: no pinned key signed it",
              keys.empty() ? "name the verifying host's public key with --key"
                           : "a key that came with the verdict proves nothing; get it from the "
                             "verifying host and name it with --key");
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.add_option("VERDICT", options->file,
                 "what `assay verify` wrote: BUNDLE.verdict.jsonl; - for standard input")
      ->required();
  add_strings(app, "--key", options->keys,
              "public key, in PEM, of who may have signed it (default: those of gate.toml)")
      ->allow_extra_args(false);
  app.add_option("--config", options->config,
                 "gate.toml whose keys are believed (default: that of the home folder)");
  app.add_option("--at", options->at, "the keys' windows as of this time, RFC 3339");
  options->output.add_to(app);
  return [options] { return run(*options); };
}

}  // namespace

constinit const Command report_command = {
    "report", "show a saved verdict in any output format",
    R"(The verdict's signature is checked first, with the keys that gate.toml or --key pins; without
one that signed it the report says NOT VERIFIED, and the exit code is 4. Else it is the verdict's:
0 PASSED, 1 FAILED, 3 INDETERMINATE. Whether a file may be deployed is the gate's question.

  assay report agent-1.4.tar.gz.verdict.jsonl --format html -o report.html)",
    add};

}  // namespace assay::cmd
