// assay verify: the main job.

#include "cmd/verify.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "verify/pipeline.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

/// Everything a run needs that does not depend on the bundle.
struct World {
  PolicyText policy_text;
  Policy policy;
  TrustStore trust;
  History history;
  RuleSet rules;
  ToolInfo tool;
  std::optional<Time> at;
};

/// What to scan with.
Result<std::vector<RuleFile>> rule_files(const VerifyOptions& options, bool with_packs) {
  if (!with_packs && options.judge.rules.empty()) return built_in_rules();
  return Home::find(options.globals->home).rule_files(options.judge.rules);
}

Result<World> load_world(const VerifyOptions& options, bool with_packs) {
  const Home home = Home::find(options.globals->home);
  const std::optional<Time> at = TRY(options.judge.time());
  History history = TRY(History::load(home.history()).context("reading the history"));
  PolicyText policy_text = TRY(home.find_policy(options.judge.policy));
  Policy policy = TRY(parse_policy(policy_text, at.value_or(system_now())));
  TrustStore trust = TRY(home.load_trust());
  policy.waivers = TRY(home.load_waivers(options.waivers, policy.approvers));
  RuleSet rules = TRY(RuleSet::compile(TRY(rule_files(options, with_packs)),
                                       policy.rule_modules, unswap(embedded_searches()))
                          .context("compiling rules"));
  TRY(check_rule_terms(policy, known_rules(rules)));
  return World{.policy_text = std::move(policy_text),
               .policy = std::move(policy),
               .trust = std::move(trust),
               .history = std::move(history),
               .rules = std::move(rules),
               .tool = {},
               .at = at};
}

/// What signs, if there is a key; names the verifier after it.
Result<std::unique_ptr<Signer>> load_key(const VerifyOptions& options,
                                         const std::string& passphrase, ToolInfo& tool) {
  auto key = TRY(Home::find(options.globals->home)
                     .load_signer(options.key, options.sign_command, passphrase));
  if (key) {
    tool.verifier_id = "urn:assay:verifier:" + key_id(key->public_key());
  } else if (!options.verdict.empty() && options.verdict != "none") {
    return fail(Error::Kind::config, "there is no key to sign a verdict with",
                "make one with `assay init` or `assay key new`");
  } else if (!options.globals->quiet && options.verdict != "none") {
    note("no verdict is signed, for there is no key; `assay init` makes one");
  }
  return key;
}

/// What the log keeps beside the verdicts.
Inputs inputs_of(const VerifyOptions& options, const World& world, bool with_packs) {
  return {.policy = world.policy_text.text,
          .trust = world.trust.files(),
          .rules = [&options, with_packs] { return rule_files(options, with_packs); }};
}

/// The home folder's log, and what it takes to append to it.
struct Log {
  log::Folder folder;
  SigningKey key;
  std::string memory;
};

Result<std::optional<Log>> open_log(const VerifyOptions& options,
                                    const std::string& passphrase) {
  const Home home = Home::find(options.globals->home);
  // A key without its log is a log that is gone.
  if (options.verdict == "none" || (!exists(home.log()) && !exists(home.log_key()))) {
    return std::optional<Log>();
  }
  log::Folder folder = TRY(log::Folder::open(home.log()).context("opening the log"));
  SigningKey key = TRY(SigningKey::load(home.log_key(), passphrase));
  return std::optional(Log{std::move(folder), std::move(key), home.log_memory()});
}

/// Where the signed verdict goes: --verdict, else beside the bundle.
std::string verdict_path(const VerifyOptions& options, const std::string& bundle) {
  if (options.verdict == "none") return {};
  return options.verdict.empty() ? bundle + ".verdict.jsonl" : options.verdict;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return a == b || std::filesystem::equivalent(a, b, ignored);
}

/// True if two of the paths are one file.
bool any_twice(const std::vector<std::string>& paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (same_file(paths[i], paths[j])) return true;
    }
  }
  return false;
}

/// True if a file begins as every verdict does (DSSE in canonical JSON).
bool looks_like_verdict(const std::string& path) {
  std::array<char, 12> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  return std::string_view(head.data(), head.size()).starts_with("{\"payload\":");
}

/// The proof of an older verdict goes with it; anything else of that name stays.
Result<void> remove_old_proof(const std::string& path) {
  if (!exists(path)) return {};
  const auto text = read_file(path, 65'536);
  if (!text || !text->starts_with("c2sp.org/tlog-proof@v1\n")) {
    return fail(Error::Kind::usage,
                "'" + printable(path) + "' is there and is no proof; it is not replaced",
                "name another file with --verdict");
  }
  if (::unlink(path.c_str()) == 0) return {};
  Error error = io_error("cannot remove the old proof '" + printable(path) + "'", errno);
  error.kind = Error::Kind::durability;
  return error;
}

/// An older verdict must not outlive a run that could not finish, whatever the
/// reason, for a gate would take it for this run's. Nothing but an older
/// verdict is removed.
Result<void> remove_old_verdict(const VerifyOptions& options, const std::string& bundle) {
  const std::string path = verdict_path(options, bundle);
  std::vector<std::string> files = TRY(options.output.files());
  files.push_back(bundle);
  if (!path.empty()) files.push_back(path);
  if (any_twice(files)) {
    return fail(Error::Kind::usage,
                "the bundle, its verdict and every report must be files of their own");
  }
  if (path.empty()) return {};
  // The verdict first: without its proof it would look like one that was never logged.
  if (!exists(path)) return remove_old_proof(proof_path(path));
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) || !looks_like_verdict(path)) {
    return fail(Error::Kind::usage,
                "'" + printable(path) + "' is there and is no verdict; it is not replaced",
                "name another file with --verdict");
  }
  if (::unlink(path.c_str()) == 0) return remove_old_proof(proof_path(path));
  Error error = io_error("cannot remove the old verdict '" + printable(path) + "'", errno);
  error.kind = Error::Kind::durability;
  error.hint = "it is not this run's: remove it, or a gate may take it for that";
  return error;
}

Request make_request(const VerifyOptions& options, const World& world, bool signing,
                     const std::string& bundle) {
  Request request{.bundle = bundle, .sidecars = options.sidecars, .vendor = options.vendor};
  request.repository = options.repository;
  if (signing) request.verdict_file = verdict_path(options, bundle);
  request.resource_uri = options.resource;
  request.nonce = options.nonce;
  request.at = world.at;
  return request;
}

/// Hands on what an examiner kept, which the pipeline does not know of.
class KeepingExaminer final : public Examiner {
 public:
  explicit KeepingExaminer(const Examiner& examiner) : examiner_(examiner) {}

  Result<Examination> examine(const Source& source, const Limits& limits) const override {
    auto found = examiner_.examine(source, limits);
    kept_.clear();
    if (!found) return found;
    for (KeptMember& kept : found->kept) {
      const std::string& path = found->members[kept.place].path;
      const std::size_t mark = path.find("!/");
      if (mark == std::string::npos) continue;
      kept_.push_back({.name = path.substr(mark + 2), .text = std::move(kept.bytes)});
    }
    return found;
  }

  /// Of the last examination.
  std::vector<RuleFile> take() const { return std::exchange(kept_, {}); }

 private:
  const Examiner& examiner_;
  mutable std::vector<RuleFile> kept_{};
};

Result<ExitCode> verify_one(const VerifyOptions& options, const World& world,
                            const Tools& tools, const std::string& bundle, Report& report) {
  const Request request = make_request(options, world, tools.signer != nullptr, bundle);
  const Progress progress("examining " + bundle, options.globals->quiet);
  auto judged = verify(request, world.policy, tools);
  if (!judged) {
    judged.error().context.push_back("verifying '" + printable(bundle) + "'");
    return std::move(judged.error());
  }
  report = *std::move(judged);
  TRY(options.output.write(report, options.globals->verbose, options.globals->quiet));
  return exit_code(report.verdict.outcome);
}

/// What is to be done with a bundle that PASSED.
Result<ExitCode> act_on(const Afterwards& afterwards, Accepted accepted) {
  TRY(afterwards.act(std::move(accepted)));
  return ExitCode::passed;
}

}  // namespace

Result<ExitCode> run_verify(const VerifyOptions& options, const Afterwards& afterwards) {
  if (options.bundles.size() > 1 && !(options.verdict.empty() || options.verdict == "none")) {
    return fail(Error::Kind::usage, "--verdict names one file, but there are several bundles",
                "leave it out: each verdict then goes beside its bundle");
  }
  if (options.bundles.size() > 1 && options.output.names_files()) {
    return fail(Error::Kind::usage, "a report goes to one file, but there are several bundles",
                "verify them one by one");
  }
  for (const std::string& bundle : options.bundles) TRY(remove_old_verdict(options, bundle));
  World world = TRY(load_world(options, afterwards.with_packs));
  // The examiner's process is split off here, before there is a key to steal.
  const std::unique_ptr<Examiner> examiner =
      TRY(options.judge.examiner(world.rules, world.policy, afterwards.keep));
  const KeepingExaminer keeping(*examiner);
  world.tool = TRY(tool_info());  // while that process warms up
  const std::string passphrase = TRY(read_passphrase(
      options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd)));
  const std::unique_ptr<Signer> key = TRY(load_key(options, passphrase, world.tool));
  const std::optional<Log> log = TRY(open_log(options, passphrase));
  const auto recorder =
      key && log
          ? std::optional<LogRecorder>(std::in_place, log->folder, log->key, *key, log->memory,
                                       inputs_of(options, world, afterwards.with_packs))
          : std::nullopt;
  const Tools tools{.examiner = keeping,
                    .trust = world.trust,
                    .trust_formats = trust_formats(),
                    .requirements = requirements(),
                    .rules = world.rules.info(),
                    .tool = world.tool,
                    .clock = system_now,
                    .history = world.history,
                    .history_file = Home::find(options.globals->home).history(),
                    .signer = key.get(),
                    .log = recorder ? &*recorder : nullptr};
  ExitCode code = ExitCode::passed;
  for (const std::string& bundle : options.bundles) {
    Report report;
    auto one = verify_one(options, world, tools, bundle, report);
    if (one && *one == ExitCode::passed && afterwards.act) {
      one = act_on(afterwards, {report, keeping.take(), recorder ? &*recorder : nullptr});
    }
    if (!one) print_error(one.error());
    code = worst(code, one ? *one : exit_code(one.error().kind));
  }
  return code;
}

void VerifyOptions::add_to(CLI::App& app) {
  add_strings(app, "--signature,--sums", sidecars,
              "signature or checksum list, when it does not lie beside the bundle under its "
              "usual name")
      ->allow_extra_args(false);
  app.add_option(
      "--repository", repository,
      "folder dists/SUITE of the Debian repository the package is from: InRelease and "
      "its Packages must name it");
  app.add_option("--vendor", vendor, "demand this vendor of the trust store");
  app.add_option(
      "--verdict", verdict,
      "write the signed verdict here (default: BUNDLE.verdict.jsonl; 'none': nowhere)");
  add_strings(
      app, "--waiver", waivers,
      "a signed waiver for a finding (those in the home folder's waivers/ are read too)")
      ->allow_extra_args(false);
  app.add_option("--resource", resource,
                 "what a gate may demand this verdict to be for, a URI (default: file:NAME)");
  app.add_option("--nonce", nonce,
                 "a value a gate can demand with its own --nonce: ties a verdict to one run");
  app.add_option("--key", key, "key file that signs the verdict");
  app.add_option("--passphrase-fd", passphrase_fd,
                 "read the key's passphrase from this descriptor (else $ASSAY_KEY_PASSPHRASE)");
  app.add_option("--sign-command", sign_command, kSignCommandHelp);
  judge.add_to(app);
  output.add_to(app);
}

namespace {

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<VerifyOptions>();
  options->globals = &globals;
  add_strings(app, "BUNDLE", options->bundles, "the file as the vendor ships it")->required();
  options->add_to(app);
  return [options] { return run_verify(*options); };
}

}  // namespace

constinit const Command verify_command = {
    "verify", "check, open, scan and judge a bundle; sign the verdict",
    R"(Signatures and checksum lists are found beside the bundle: BUNDLE.minisig, .asc, .sig, .p7s and
their kin (assay-trust(5)), SHA256SUMS and its signature. Only keys pinned with `assay trust add`
count.

  assay verify agent-1.4.tar.gz && install-it agent-1.4.tar.gz)",
    add};

}  // namespace assay::cmd
