// What `assay verify` does, for commands that verify a bundle before they use it.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cmd/commands.h"
#include "cmd/options.h"
#include "examine/examiner.h"
#include "model/verdict.h"
#include "verify/record.h"

namespace assay::cmd {

struct VerifyOptions {
  const Globals* globals = nullptr;
  std::vector<std::string> bundles{};
  std::vector<std::string> sidecars{}, waivers{};
  std::string vendor{}, repository{}, verdict{}, resource{}, nonce{}, key{}, sign_command{};
  int passphrase_fd = -1;
  JudgeOptions judge{};
  OutputOptions output{};

  /// Every option but the bundles.
  void add_to(CLI::App& app);
};

/// A bundle that PASSED, once its verdict is recorded and told.
struct Accepted {
  const Report& report;
  std::vector<RuleFile> kept{};  ///< by their paths in the bundle, without its own name
  const LogRecorder* log = nullptr;
};

/// What is to be done with accepted bundles, and the members it needs.
struct Afterwards {
  Keeping keep{};
  bool with_packs = true;  ///< scan with the home folder's packs, too
  std::function<Result<void>(Accepted)> act{};
};

/// Verifies each bundle. Fails like `assay verify`.
Result<ExitCode> run_verify(const VerifyOptions& options, const Afterwards& afterwards = {});

}  // namespace assay::cmd
