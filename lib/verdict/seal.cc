// seal: a report becomes a verdict file. What a verdict must bind has to be
// there; a signature under a gap would vouch for the gap.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "verdict/dsse.h"
#include "verdict/statement.h"

namespace assay {
namespace {

Error internal(std::string what) {
  return fail(Error::Kind::internal, std::move(what));
}

bool is_digest(std::string_view hex, std::size_t bytes) {
  return hex.size() == bytes * 2 && from_hex(hex).has_value();
}

/// A PASSED that its own answers do not carry is a fault of ours.
Result<void> check_outcome(const Report& report) {
  if (report.verdict.outcome != Outcome::passed) return {};
  const std::vector<Answer>& answers = report.verdict.answers;
  const bool all_met = std::ranges::all_of(
      answers, [](const Answer& a) { return a.state == Answer::State::met; });
  if (answers.empty() || !all_met) return internal("PASSED without every answer");
  if (report.evidence.findings.size() > kMaxFindings) {
    return internal(fmt::format("PASSED with {} findings, the evidence carries {}",
                                report.evidence.findings.size(), kMaxFindings));
  }
  return {};
}

Result<void> check_bindings(const Report& report) {
  const Subject& bundle = report.evidence.bundle;
  if (!is_digest(bundle.sha256, 32) || !is_digest(bundle.sha512, 64)) {
    return internal("a verdict without the bundle's digests");
  }
  if (!is_digest(report.policy.sha256, 32) || report.policy.id.empty()) {
    return internal("a verdict without the policy's digest");
  }
  if (report.tool.verifier_id.empty()) return internal("a verdict without a verifier");
  return check_outcome(report);
}

Result<std::string> envelope(std::string_view statement, const Signer& signer,
                             std::size_t most) {
  std::string line = TRY(dsse_sign(kInTotoPayloadType, statement, signer));
  if (line.size() <= most) return line;
  return internal(fmt::format("a statement of {} bytes, {} are allowed", line.size(), most));
}

}  // namespace

Result<std::string> seal(Report& report, const RunInfo& run, const Signer& signer) {
  TRY(check_bindings(report));
  const std::string core = add_core(report);
  report.key_id = key_id(signer.public_key());
  const std::string evidence =
      TRY(envelope(evidence_statement(report, run, core), signer, kMaxEvidenceBytes));
  const std::string summary =
      TRY(envelope(vsa_statement(report, run, sha256_hex(as_bytes(evidence))).canonical(),
                   signer, kMaxVsaBytes));
  return evidence + "\n" + summary + "\n";
}

}  // namespace assay
