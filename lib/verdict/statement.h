// The two statements of a verdict: the evidence, whole, and its SLSA summary.
// man/assay-verdict.5 is the contract; keep it in step.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "crypto/envelope.h"
#include "crypto/key.h"
#include "model/verdict.h"

namespace assay {

inline constexpr std::string_view kEvidenceType = "urn:assay:evidence:v1";
inline constexpr std::string_view kVsaType = "https://slsa.dev/verification_summary/v1";
inline constexpr std::string_view kExtension = "urn:assay:verdict:v1";

/// The VSA's envelope is a leaf of the log, and small.
inline constexpr std::size_t kMaxVsaBytes = std::size_t{16} << 10;
/// The evidence names every member, and may be large.
inline constexpr std::size_t kMaxEvidenceBytes = std::size_t{256} << 20;
/// Findings that the evidence carries; with more it is truncated and never PASSED.
inline constexpr std::size_t kMaxFindings = 10'000;

/// What is known of this run and no other: signed, and outside `core`.
struct RunInfo {
  Time started{}, finished{};
  std::string resource_uri{};  ///< what the consumer expects to fetch; empty: "file:<name>"
  std::vector<std::string> audience{};
  Time not_after{};
  std::string nonce{};
};

/// What verifiedLevels says of the wall behind which the bundle was read:
/// "ASSAY_SANDBOX_SECCOMP_LANDLOCK".
std::string sandbox_level(WallLevel level);

/// The deterministic part of the evidence: same bundle, policy, trust store,
/// rules, tool and effective time, same canonical bytes, whatever order the
/// evidence was collected in.
Json evidence_core(const Report& report);

/// Sets report.core and report.core_sha256 from everything else in it, and
/// returns the core's canonical text; for reports that are not sealed. seal
/// does it anew.
std::string add_core(Report& report);

/// The canonical text of the in-toto Statement v1 whose subject is the bundle;
/// `core` is that of report.core. As text, because the evidence can be large.
std::string evidence_statement(const Report& report, const RunInfo& run, std::string_view core);

/// SLSA VSA v1 with our extension object. `report.core_sha256` must be set;
/// `evidence_sha256` is of the evidence's envelope line without its newline.
Json vsa_statement(const Report& report, const RunInfo& run, std::string_view evidence_sha256);

/// Sets the report's core, core_sha256 and key_id and returns the verdict file:
/// two DSSE lines, the evidence and the VSA, each ending in a newline. Fails
/// with internal when the report lacks what a verdict must bind, or does not fit.
Result<std::string> seal(Report& report, const RunInfo& run, const Signer& signer);

}  // namespace assay
