#include "verdict/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"

namespace assay {
namespace {

std::string utf8(const std::string& value) {
  return is_utf8(value) ? value : printable(value);
}

/// in-toto Statement v1; one subject, and it is the bundle.
Json statement(const Subject& bundle, std::string_view type, Json::Object predicate) {
  Json::Object subject{
      {"name", utf8(bundle.name)},
      {"digest", Json::Object{{"sha256", bundle.sha256}, {"sha512", bundle.sha512}}}};
  return Json(Json::Object{{"_type", kStatementType},
                           {"subject", Json::Array{Json(std::move(subject))}},
                           {"predicateType", type},
                           {"predicate", std::move(predicate)}});
}

/// RFC 8089 without an authority; what RFC 3986 reserves is percent-encoded.
std::string file_uri(const std::string& name) {
  constexpr std::string_view kPlain = "-._~+";
  std::string uri = "file:";
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool plain = letter || (c >= '0' && c <= '9') || kPlain.find(c) != kPlain.npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

bool is_met(const Verdict& verdict, std::string_view requirement) {
  return std::ranges::any_of(verdict.answers, [&](const Answer& answer) {
    return answer.requirement == requirement && answer.state == Answer::State::met;
  });
}

/// A signature over a list says nothing of the bundle; the list's own record does.
bool is_for_bundle(const SignatureRecord& record, const Subject& bundle) {
  return record.verified && record.reason.empty() && !record.key.empty() &&
         (record.is_list || record.subject == bundle.name);
}

/// Custom levels (VSA `verifiedLevels`): what a PASSED verdict rests on, so
/// that a gate can demand it by name.
Json levels(const Report& report) {
  if (report.verdict.outcome != Outcome::passed) return Json(Json::Array{"FAILED"});
  std::set<std::string> keys, levels;
  bool in_list = false;
  for (const SignatureRecord& record : report.evidence.signatures) {
    if (!is_for_bundle(record, report.evidence.bundle)) continue;
    keys.insert(record.key_id);
    in_list = in_list || record.is_list;
  }
  const bool is_signed = is_met(report.verdict, "trusted-signature");
  if (is_signed) levels.insert(fmt::format("ASSAY_SIGNED_{}", keys.size()));
  if (in_list && (is_signed || is_met(report.verdict, "signed-list"))) {
    levels.insert("ASSAY_DIGEST_PINNED");
  }
  if (const WallLevel wall = wall_level(report.evidence); wall != WallLevel::none) {
    levels.insert(sandbox_level(wall));
  }
  if (is_met(report.verdict, "clean-content")) levels.insert("ASSAY_CONTENT_CLEAN");
  if (is_met(report.verdict, "fully-examined")) levels.insert("ASSAY_FULLY_EXAMINED");
  return Json(Json::Array(levels.begin(), levels.end()));
}

/// The first reason of the kind that decided the outcome.
std::string deciding_reason(const Verdict& verdict) {
  const Answer::State decided =
      verdict.outcome == Outcome::failed ? Answer::State::unmet : Answer::State::undecided;
  for (const Answer& answer : verdict.answers) {
    if (answer.state == decided && !answer.reason.empty()) return answer.reason;
  }
  return "not-judged";
}

/// The ids of those that bear a finding.
Json used_waivers(const Report& report) {
  std::set<std::string> ids;
  for (const WaiverUse& use : report.verdict.waivers) {
    if (use.reason.empty()) ids.insert(use.id);
  }
  return Json(Json::Array(ids.begin(), ids.end()));
}

/// The extension object, verdict.md 4.2; the gate knows these keys and no other.
Json extension(const Report& report, const RunInfo& run, std::string_view evidence_sha256) {
  Json::Array audience;
  for (const std::string& name : run.audience) audience.push_back(Json(utf8(name)));
  Json::Object object{{"schema", 1},
                      {"coreSha256", report.core_sha256},
                      {"evidenceSha256", evidence_sha256},
                      {"trustSha256", report.evidence.trust_sha256},
                      {"rulesSha256", report.evidence.rules.sha256},
                      {"rulesSerial", report.evidence.rules.serial},
                      {"toolSha256", report.tool.sha256},
                      {"policySerial", report.policy.serial},
                      {"audience", std::move(audience)},
                      {"notAfter", to_rfc3339(run.not_after)},
                      {"waivers", used_waivers(report)}};
  if (report.verdict.outcome != Outcome::passed) {
    object.emplace("reason", deciding_reason(report.verdict));
  }
  if (!run.nonce.empty()) object.emplace("nonce", utf8(run.nonce));
  return Json(std::move(object));
}

Json verifier(const Report& report) {
  return Json(Json::Object{
      {"id", report.tool.verifier_id},
      {"version", Json::Object{{"assay", report.tool.version},
                               {"rules", fmt::to_string(report.evidence.rules.serial)}}}});
}

}  // namespace

std::string sandbox_level(WallLevel level) {
  std::string name = "ASSAY_SANDBOX_" + std::string(to_string(level));
  for (char& c : name) {
    if (c == '+') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

std::string evidence_statement(const Report& report, const RunInfo& run,
                               std::string_view core) {
  Json::Object about{{"started", to_rfc3339(run.started)},
                     {"finished", to_rfc3339(run.finished)},
                     {"sandbox", wall_json(report.evidence.sandbox)}};
  Json::Object predicate{{"schema", 1}, {"core", Json()}, {"run", std::move(about)}};
  std::string text =
      statement(report.evidence.bundle, kEvidenceType, std::move(predicate)).canonical();
  // Canonical order puts the core first in the predicate, before any text of a bundle.
  constexpr std::string_view kPlace = "\"predicate\":{\"core\":null";
  const std::size_t at = text.find(kPlace) + kPlace.size() - 4;
  return text.replace(at, 4, core);
}

Json vsa_statement(const Report& report, const RunInfo& run, std::string_view evidence_sha256) {
  const Subject& bundle = report.evidence.bundle;
  const bool passed = report.verdict.outcome == Outcome::passed;
  Json::Object input{{"uri", "urn:sha256:" + std::string(evidence_sha256)},
                     {"digest", Json::Object{{"sha256", evidence_sha256}}}};
  Json::Object predicate{
      {"verifier", verifier(report)},
      // As of when it was judged: what was judged as of last year is a year old.
      {"timeVerified", to_rfc3339(report.effective_time)},
      {"resourceUri",
       run.resource_uri.empty() ? file_uri(bundle.name) : utf8(run.resource_uri)},
      {"policy", Json::Object{{"uri", report.policy.id},
                              {"digest", Json::Object{{"sha256", report.policy.sha256}}}}},
      {"inputAttestations", Json::Array{Json(std::move(input))}},
      {"verificationResult", passed ? "PASSED" : "FAILED"},
      {"verifiedLevels", levels(report)},
      {std::string(kExtension), extension(report, run, evidence_sha256)}};
  return statement(bundle, kVsaType, std::move(predicate));
}

}  // namespace assay
