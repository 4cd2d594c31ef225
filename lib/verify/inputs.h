// inputs: what verdicts are made by, kept beside the log under the digests that a verdict
// binds.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "log/folder.h"
#include "model/verdict.h"
#include "scan/rules.h"

namespace assay {

/// What verdicts are made by, as the files it was read from: kept beside the log, so that a
/// verdict can be made again. What was not given is not kept.
struct Inputs {
  std::string policy{};                                    ///< the file's text
  std::map<std::string, std::string> trust{};              ///< TrustStore::files
  std::function<Result<std::vector<RuleFile>>()> rules{};  ///< read if they are not kept yet
};

/// Keeps those the report was made by, and every waiver that was at hand; what is kept already
/// costs a look. Fails with durability.
Result<void> archive_inputs(const log::Folder& folder, const Inputs& inputs,
                            const Report& report);

}  // namespace assay
