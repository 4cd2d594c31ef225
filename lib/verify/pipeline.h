// The corridor: one bundle in, one Report out.

#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/key.h"
#include "examine/examiner.h"
#include "model/policy.h"
#include "model/verdict.h"
#include "policy/policy.h"
#include "trust/check.h"
#include "trust/history.h"
#include "verify/record.h"

namespace assay {

/// Tools: the world, brought in. Tests pass fakes; nothing reads a global.
struct Tools {
  const Examiner& examiner;
  const TrustStore& trust;
  TrustFormats trust_formats{};
  std::span<const Requirement* const> requirements{};
  RuleSetInfo rules{};
  ToolInfo tool{};
  std::function<Time()> clock{};
  /// What was accepted here before, and the file that remembers it; empty: nothing is
  /// remembered.
  History history{};
  std::string history_file{};
  const Signer* signer = nullptr;  ///< none: the verdict is judged but not signed
  const Recorder* log = nullptr;   ///< none: a verdict is handed out without an entry
};

/// Request: one bundle and what is asked about it.
struct Request {
  std::string bundle{};                 ///< path
  std::vector<std::string> sidecars{};  ///< named by hand
  std::string repository{};             ///< dists/SUITE of a Debian repository, or empty
  std::string vendor{};                 ///< --vendor, or empty
  std::string verdict_file{};           ///< where to write; empty: nowhere
  std::string resource_uri{};           ///< empty: "file:<name>"
  std::string nonce{};
  std::optional<Time> at{};  ///< judge as of this time
};

Result<Report> verify(const Request& request, const Policy& policy, const Tools& tools);

}  // namespace assay
