// What the subcommands of `assay policy` share.

#pragma once

#include <string>
#include <vector>

#include "cmd/commands.h"

namespace assay::cmd {

struct PolicyOptions {
  const Globals* globals = nullptr;
  std::string policy{};                 ///< file or built-in; empty: what `verify` would use
  std::string other{};                  ///< the second one of diff
  std::string file{};                   ///< evidence of explain, table of test
  std::vector<std::string> evidence{};  ///< of diff
  std::vector<std::string> waivers{};
  std::string at{};
};

Result<ExitCode> run_policy_explain(const PolicyOptions& options);
Result<ExitCode> run_policy_test(const PolicyOptions& options);
Result<ExitCode> run_policy_diff(const PolicyOptions& options);

}  // namespace assay::cmd
