// Saved evidence, in each form it is found in.

#include "base/bytes.h"
#include "crypto/digest.h"
#include "verdict/saved.h"
#include "verdict/statement.h"

namespace assay {
namespace {

Error malformed_evidence(std::string what) {
  return {.kind = Error::Kind::unusable,
          .code = "verdict-malformed",
          .what = std::move(what),
          .hint = "evidence is a verdict file, or what `assay report --format json` writes"};
}

Result<Json> parse(std::string_view text) {
  auto json = Json::parse(text, {.max_bytes = kMaxEvidenceBytes, .max_depth = 32});
  if (!json) return malformed_evidence(json.error().what);
  return json;
}

/// `place` holds the wall under "sandbox", if anything does.
Result<Report> report_of(const Json& core, const Json* place) {
  Report report = TRY(read_core(core));
  report.core_sha256 = sha256_hex(as_bytes(report.core.canonical()));
  const Json* sandbox = place == nullptr ? nullptr : place->find("sandbox");
  if (sandbox != nullptr) report.evidence.sandbox = sandbox->text_or_empty("level");
  return report;
}

/// What it left out could decide otherwise.
Result<Report> if_whole(Report report) {
  const Json* truncated = report.core.find("truncated");
  if (truncated != nullptr && *truncated == Json(false)) return report;
  return malformed_evidence(
      "it had too many findings to keep them all, so that it cannot be "
      "judged again");
}

}  // namespace

Result<Report> read_evidence_statement(std::string_view text) {
  const Json statement = TRY(parse(text));
  const Json* predicate = statement.find("predicate");
  const Json* schema = predicate == nullptr ? nullptr : predicate->find("schema");
  const Json* core = predicate == nullptr ? nullptr : predicate->find("core");
  if (statement.text_or_empty("_type") != kStatementType ||
      statement.text_or_empty("predicateType") != kEvidenceType || schema == nullptr ||
      *schema != Json(1) || core == nullptr) {
    return malformed_evidence("the first line is no evidence of assay's");
  }
  return report_of(*core, predicate->find("run"));
}

Result<Report> read_evidence(std::string_view file) {
  if (file.starts_with("{\"payload\":")) {
    const auto envelope =
        parse_envelope(file.substr(0, file.find('\n')), {.max_bytes = kMaxEvidenceBytes});
    if (!envelope) return malformed_evidence(envelope.error().what);
    return if_whole(TRY(read_evidence_statement(envelope->payload)));
  }
  const Json json = TRY(parse(file));
  if (json.find("predicate") != nullptr) return if_whole(TRY(read_evidence_statement(file)));
  if (const Json* core = json.find("core")) return if_whole(TRY(report_of(*core, &json)));
  Report report = TRY(report_of(json, nullptr));
  const Json* sandboxed = json.find("sandboxed");
  if (sandboxed != nullptr && *sandboxed == Json(true)) {
    report.evidence.sandbox = to_string(Wall{.rlimits = true});
  }
  return if_whole(std::move(report));
}

}  // namespace assay
