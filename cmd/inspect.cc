// assay inspect: what a file is, without a judgement.

#include <CLI/App.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/embedded.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "examine/examiner.h"
#include "report/contents.h"
#include "trust/check.h"
#include "trust/embedded.h"
#include "trust/signed_file.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string bundle{};
};

/// The signatures in the bundle, named but not evaluated.
Result<void> list_embedded(const Source& source, std::vector<SignatureRecord>& records) {
  const FoundSignatures found = TRY(find_embedded(SnapshotFile(source), trust_formats()));
  for (const FoundSignature& one : found.signatures) {
    records.push_back({.source = one.bytes.name,
                       .format = std::string(one.format->name),
                       .subject = source.name()});
  }
  return {};
}

/// The sidecars of the bundle, named but not evaluated.
Result<std::vector<SignatureRecord>> list_sidecars(const std::string& bundle) {
  std::vector<SignatureRecord> records;
  for (const Sidecar& sidecar : TRY(find_sidecars(bundle, trust_formats(), {}))) {
    records.push_back({.source = sidecar.name, .format = "unknown"});
    for (const SignatureFormat* format : trust_formats().signatures) {
      if (format->matches(sidecar.bytes)) records.back().format = format->name;
    }
    for (const ManifestFormat* format : trust_formats().manifests) {
      if (format->matches(sidecar.bytes)) records.back().format = format->name;
    }
  }
  return records;
}

Result<ExitCode> run(const Options& options) {
  const RuleSet rules =
      TRY(RuleSet::compile(TRY(built_in_rules()), {}, unswap(embedded_searches())));
  const std::unique_ptr<Examiner> examiner = TRY(JudgeOptions{}.examiner(rules, Policy{}));
  const Source source = TRY(Source::open(options.bundle, Limits{}));
  Examination found = TRY([&] {
    const Progress progress("inspecting " + options.bundle, options.globals->quiet);
    return examiner->examine(source, Limits{});
  }());
  Evidence evidence{.bundle = source.subject(), .format = std::move(found.format)};
  evidence.members = std::move(found.members);
  evidence.problems = std::move(found.problems);
  evidence.coverage = found.coverage;
  evidence.signatures = TRY(list_sidecars(options.bundle));
  TRY(list_embedded(source, evidence.signatures));
  TRY(print(inspect_text(evidence, terminal_style(options.globals->verbose))));
  return evidence.problems.empty() && evidence.coverage.complete ? ExitCode::passed
                                                                 : ExitCode::indeterminate;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.add_option("BUNDLE", options->bundle, "any file")->required();
  return [options] { return run(*options); };
}

}  // namespace

constinit const Command inspect_command = {
    "inspect", "show what a bundle is: types, members, signatures beside it",
    R"(Nothing is judged: exit 0 says that everything could be opened and was in order, 3 that
something was not.

  assay inspect agent-1.4.tar.gz)",
    add};

}  // namespace assay::cmd
