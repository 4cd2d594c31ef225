// assay gate: accept or refuse a verdict for this very file.

#include "verdict/gate.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "bundle/source.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "log/proof.h"
#include "verify/gate_log.h"
#include "verify/record.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string bundle{}, verdict{}, proof{}, config{}, resource{}, nonce{}, at{}, sign_command{};
  bool record = false;
  int passphrase_fd = -1;
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

/// What the proof beside the verdict and the gate's copy of the log say; none if neither is
/// demanded.
Result<std::optional<ProvenLog>> open_log(const Options& options, const Home& home,
                                          const GateConfig& config) {
  if (!config.log) return std::optional<ProvenLog>();
  const log::NoteKey key =
      TRY(log::parse_vkey(config.log->vkey).context("reading the gate's configuration"));
  const std::string path = options.proof.empty() ? proof_path(options.verdict) : options.proof;
  auto proof = read_file(path, log::kMaxProofFile);
  std::optional<log::Folder> mirror;
  if (!config.log->mirror.empty()) mirror = TRY(log::Folder::open(config.log->mirror));
  std::vector<log::NoteKey> witnesses;
  for (const std::string& vkey : config.log->witnesses) {
    witnesses.push_back(TRY(
        log::parse_vkey(vkey).context("reading the witnesses of the gate's configuration")));
  }
  // A proof that is not there proves nothing, and the gate says so in its turn.
  return std::optional(ProvenLog(key, proof ? *std::move(proof) : std::string(),
                                 std::move(mirror), {home.log_memory(), home.gate_index()},
                                 std::move(witnesses)));
}

/// The decision becomes an entry; one that cannot is no acceptance.
Result<std::uint64_t> record(const Options& options, const Home& home,
                             const GateDecision& decision, const Subject& artifact) {
  const log::Folder folder = TRY(log::Folder::open(home.log()).context("opening the log"));
  const std::string passphrase = TRY(read_passphrase(
      options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd)));
  const SigningKey log_key = TRY(SigningKey::load(home.log_key(), passphrase));
  const auto verdict_key = TRY(home.load_signer({}, options.sign_command, passphrase));
  if (verdict_key == nullptr) return fail(Error::Kind::config, "there is no key to sign with");
  const LogRecorder recorder(folder, log_key, *verdict_key, home.log_memory());
  Json::Object details{{"text", decision.accepted ? "ACCEPTED" : "REFUSED"}};
  if (!decision.accepted) details["reason"] = decision.reason;
  if (!options.nonce.empty()) details["nonce"] = printable(options.nonce);
  return TRY(recorder.record({.kind = "gate-decision",
                              .at = system_now(),
                              .subject = printable(artifact.name),
                              .sha256 = artifact.sha256,
                              .details = std::move(details)}))
      .index;
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
  std::optional<ProvenLog> log = TRY(open_log(options, home, config));
  GateDecision decision = decide(config, {.verdict_file = verdict,
                                          .artifact = artifact.subject(),
                                          .resource = options.resource,
                                          .nonce = options.nonce,
                                          .now = now,
                                          .log = log ? &*log : nullptr});
  if (options.record) {
    const std::uint64_t index = TRY(
        record(options, home, decision, artifact.subject()).context("recording the decision"));
    // Two gates may have looked at once; the log knows who was first.
    const auto first =
        log && decision.accepted ? TRY(log->first_use(printable(options.nonce))) : std::nullopt;
    if (first && *first < index) {
      decision = {.reason = "verdict-nonce-used",
                  .detail = fmt::format("entry {} of the log used it first", *first)};
    }
  }
  if (!options.globals->quiet) {
    TRY(print(
        decision_text(decision, artifact.name(), terminal_style(options.globals->verbose))));
  }
  if (decision.accepted) return ExitCode::passed;
  if (decision.exit_code == 5) return ExitCode::durability;
  return decision.exit_code == 1 ? ExitCode::failed : ExitCode::unusable;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.add_option("BUNDLE", options->bundle, "the file about to be deployed")->required();
  app.add_option("--verdict", options->verdict,
                 "what `assay verify` wrote for it; - for standard input")
      ->required();
  app.add_option("--proof", options->proof,
                 "the verdict's tlog-proof (default: beside it, as `assay verify` wrote it)");
  app.add_flag("--record", options->record,
               "make the decision an entry of the home folder's log; no entry, no acceptance");
  app.add_option("--passphrase-fd", options->passphrase_fd,
                 "for --record: read the keys' passphrase from this descriptor");
  app.add_option("--sign-command", options->sign_command, kSignCommandHelp);
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
