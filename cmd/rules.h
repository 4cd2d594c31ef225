// What the files of `assay rules` share.

#pragma once

#include <string>
#include <vector>

#include "cmd/verify.h"
#include "model/evidence.h"
#include "model/policy.h"
#include "scan/rules.h"

namespace assay::cmd {

/// Prints all that is wrong with the files; fails with config if there is anything.
Result<void> refuse_complaints(const std::vector<RuleFile>& files, const Policy& policy);

/// "ours: serial 20261124 of 2026-11-24, sha256 ..."
std::string to_text(const RulePackInfo& pack);

Result<ExitCode> run_rules_import(const VerifyOptions& options);

}  // namespace assay::cmd
