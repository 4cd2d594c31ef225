// core: the deterministic part of the evidence. No clock but the effective
// time, no path of this machine, no order of threads or folders.

#include <algorithm>
#include <set>
#include <tuple>

#include "base/bytes.h"
#include "base/serial.h"
#include "crypto/digest.h"
#include "verdict/statement.h"

namespace assay {
namespace {

/// JSON strings are UTF-8; what is not comes as its printable form.
Json text(const std::string& value) {
  return is_utf8(value) ? Json(value) : Json(printable(value));
}

/// JSON integers end at 2^53-1 (RFC 8785); no count of ours comes near.
Json count(std::uint64_t value) {
  return Json(std::min<std::uint64_t>(value, (std::uint64_t{1} << 53) - 1));
}

Json texts(const std::vector<std::string>& values) {
  Json::Array array;
  for (const std::string& value : values) array.push_back(text(value));
  return Json(std::move(array));
}

/// Every element as JSON, in an order that only the elements decide.
template <class T, class Key, class ToJson>
Json sorted(const std::vector<T>& values, Key key, ToJson to_json,
            std::size_t most = SIZE_MAX) {
  std::vector<const T*> order;
  order.reserve(values.size());
  for (const T& value : values) order.push_back(&value);
  std::ranges::sort(order, [&](const T* a, const T* b) { return key(*a) < key(*b); });
  Json::Array array;
  for (std::size_t i = 0; i < order.size() && i < most; ++i)
    array.push_back(to_json(*order[i]));
  return Json(std::move(array));
}

auto member_key(const Member& m) {
  return std::tie(m.path, m.kind, m.sha256, m.size, m.mode, m.type, m.link_target, m.scanned);
}
Json member_json(const Member& m) {
  Json::Object object{{"path", json_name(m.path)}, {"kind", to_string(m.kind)},
                      {"type", text(m.type)},      {"size", count(m.size)},
                      {"mode", count(m.mode)},     {"sha256", text(m.sha256)},
                      {"scanned", m.scanned}};
  if (!m.link_target.empty()) object.emplace("linkTarget", json_name(m.link_target));
  return Json(std::move(object));
}

auto finding_key(const Finding& f) {
  return std::tie(f.rule, f.member, f.offset, f.name, f.severity, f.member_sha256, f.context,
                  f.category, f.family, f.why, f.remedy, f.reference);
}
Json finding_json(const Finding& f) {
  return Json(Json::Object{{"rule", text(f.rule)},
                           {"name", text(f.name)},
                           {"severity", to_string(f.severity)},
                           {"class", text(f.category)},
                           {"family", text(f.family)},
                           {"member", json_name(f.member)},
                           {"memberSha256", text(f.member_sha256)},
                           {"offset", count(f.offset)},
                           {"context", printable(f.context)},
                           {"why", text(f.why)},
                           {"remedy", text(f.remedy)},
                           {"reference", text(f.reference)}});
}

auto problem_key(const Problem& p) {
  return std::tie(p.code, p.member, p.detail, p.effect);
}
Json problem_json(const Problem& p) {
  return Json(Json::Object{{"code", text(p.code)},
                           {"member", json_name(p.member)},
                           {"detail", text(p.detail)},
                           {"effect", to_string(p.effect)}});
}

auto signature_key(const SignatureRecord& s) {
  return std::tie(s.source, s.format, s.subject, s.key_id, s.key, s.vendor, s.verified,
                  s.is_list, s.reason, s.detail, s.verified_comment, s.claimed_time,
                  s.operator_name, s.algorithm, s.version, s.proven_times, s.names_file,
                  s.repository, s.repository_date, s.claimed_id);
}
Json signature_json(const SignatureRecord& s) {
  Json::Object object{{"source", json_name(s.source)},
                      {"format", text(s.format)},
                      {"subject", json_name(s.subject)},
                      {"verified", s.verified},
                      {"list", s.is_list},
                      {"namesFile", s.names_file},
                      {"detail", text(s.detail)},
                      {"keyId", text(s.key_id)}};
  if (!s.reason.empty()) object.emplace("reason", text(s.reason));
  if (!s.vendor.empty()) object.emplace("vendor", text(s.vendor));
  if (!s.key.empty()) object.emplace("key", text(s.key));
  if (!s.verified_comment.empty()) {
    object.emplace("verifiedComment", json_name(s.verified_comment));
  }
  if (!s.operator_name.empty()) object.emplace("operator", text(s.operator_name));
  if (!s.algorithm.empty()) object.emplace("algorithm", text(s.algorithm));
  if (!s.version.empty()) object.emplace("version", json_name(s.version));
  if (s.claimed_time) object.emplace("claimedTime", to_rfc3339(*s.claimed_time));
  if (!s.proven_times.empty()) {
    Json::Array times;
    for (const Time time : s.proven_times) times.emplace_back(to_rfc3339(time));
    object.emplace("provenTimes", std::move(times));
  }
  if (!s.claimed_id.empty()) object.emplace("claimedId", text(s.claimed_id));
  if (s.repository_date) {
    object.emplace("repository", text(s.repository));
    object.emplace("repositoryDate", to_rfc3339(*s.repository_date));
  }
  return Json(std::move(object));
}

auto waiver_key(const WaiverUse& w) {
  return std::tie(w.id, w.sha256, w.reason);
}
Json waiver_json(const WaiverUse& w) {
  Json::Object object{{"id", text(w.id)},
                      {"sha256", text(w.sha256)},
                      {"rule", text(w.rule)},
                      {"member", json_name(w.member)},
                      {"approvedBy", texts(w.approved_by)},
                      {"expires", to_rfc3339(w.expires)}};
  if (!w.reason.empty()) object.emplace("reason", text(w.reason));
  return Json(std::move(object));
}

auto answer_key(const Answer& a) {
  return std::tie(a.requirement, a.state, a.reason, a.detail);
}
Json answer_json(const Answer& a) {
  Json::Object object{
      {"id", text(a.requirement)}, {"result", to_string(a.state)}, {"detail", text(a.detail)}};
  if (!a.reason.empty()) object.emplace("reason", text(a.reason));
  return Json(std::move(object));
}

auto pack_key(const RulePackInfo& p) {
  return std::tie(p.name, p.serial, p.sha256);
}
Json pack_json(const RulePackInfo& p) {
  Json::Object object{{"name", text(p.name)}, {"serial", p.serial}, {"sha256", text(p.sha256)}};
  if (const auto date = serial_date(p.serial)) object.emplace("date", to_rfc3339(*date));
  return Json(std::move(object));
}

Json rules_json(const RuleSetInfo& rules) {
  Json::Object object{{"serial", rules.serial},
                      {"sha256", text(rules.sha256)},
                      {"loaded", count(rules.loaded)}};
  if (!rules.packs.empty()) object.emplace("packs", sorted(rules.packs, pack_key, pack_json));
  return Json(std::move(object));
}

/// Why it is not PASSED: every reason once.
Json reasons_json(const Verdict& verdict) {
  std::set<std::string> reasons;
  for (const Answer& answer : verdict.answers) {
    if (answer.state != Answer::State::met) reasons.insert(answer.reason);
  }
  return texts({reasons.begin(), reasons.end()});
}

Json bundle_json(const Evidence& evidence) {
  return Json(Json::Object{{"name", json_name(evidence.bundle.name)},
                           {"size", count(evidence.bundle.size)},
                           {"sha256", text(evidence.bundle.sha256)},
                           {"sha512", text(evidence.bundle.sha512)},
                           {"format", text(evidence.format)},
                           {"contentsSha256", text(evidence.contents_sha256)}});
}

Json ledger_json(const Ledger& ledger) {
  return Json(Json::Object{{"member", count(ledger.member)},
                           {"metadata", count(ledger.metadata)},
                           {"padding", count(ledger.padding)},
                           {"signature", count(ledger.signature)},
                           {"unknown", count(ledger.unknown)}});
}

Json coverage_json(const Coverage& coverage) {
  return Json(Json::Object{{"members", count(coverage.members)},
                           {"scanned", count(coverage.scanned)},
                           {"bytes", count(coverage.bytes)},
                           {"depth", count(coverage.depth)},
                           {"complete", coverage.complete},
                           {"ledger", ledger_json(coverage.ledger)}});
}

auto term_key(const Term& t) {
  return std::tie(t.name, t.reason, t.detail);
}
Json term_json(const Term& t) {
  Json::Object object{{"id", text(t.name)}, {"detail", text(t.detail)}};
  if (!t.reason.empty()) object.emplace("reason", text(t.reason));
  return Json(std::move(object));
}

Json vendor_json(const VendorMatch& match) {
  std::vector<std::string> vendors = match.vendors;
  std::ranges::sort(vendors);
  return Json(Json::Object{{"ids", texts(vendors)},
                           {"chosenByHand", match.chosen_by_hand},
                           {"product", json_name(match.product)},
                           {"terms", sorted(match.terms, term_key, term_json)}});
}

/// By what it was judged: each with the digest that pins it.
void add_inputs(const Report& report, Json::Object& core) {
  const Evidence& evidence = report.evidence;
  Json::Object policy{{"id", text(report.policy.id)},
                      {"serial", report.policy.serial},
                      {"failAt", to_string(report.policy.fail_at)},
                      {"sha256", text(report.policy.sha256)}};
  Json::Object severities;
  for (const RuleTerms& terms : report.policy.rule_terms) {
    if (terms.severity && is_utf8(terms.id)) {
      severities.emplace(terms.id, to_string(*terms.severity));
    }
  }
  if (!severities.empty()) policy.emplace("severities", std::move(severities));
  core.emplace("policy", std::move(policy));
  core.emplace("trust", Json::Object{{"sha256", text(evidence.trust_sha256)}});
  core.emplace("rules", rules_json(evidence.rules));
  core.emplace("tool", Json::Object{{"name", "assay"},
                                    {"version", text(report.tool.version)},
                                    {"sha256", text(report.tool.sha256)}});
  core.emplace("effectiveTime", to_rfc3339(report.effective_time));
}

/// What was found.
void add_evidence(const Evidence& evidence, Json::Object& core) {
  core.emplace("bundle", bundle_json(evidence));
  core.emplace("vendor", vendor_json(evidence.vendor));
  core.emplace("members", sorted(evidence.members, member_key, member_json));
  core.emplace("findings", sorted(evidence.findings, finding_key, finding_json, kMaxFindings));
  core.emplace("truncated", evidence.findings.size() > kMaxFindings);
  core.emplace("problems", sorted(evidence.problems, problem_key, problem_json));
  core.emplace("signatures", sorted(evidence.signatures, signature_key, signature_json));
  core.emplace("coverage", coverage_json(evidence.coverage));
}

}  // namespace

Json evidence_core(const Report& report) {
  Json::Object core;
  add_inputs(report, core);
  add_evidence(report.evidence, core);
  // Not how strong the wall was: that is the machine's, and stands in the run.
  core.emplace("sandboxed", wall_level(report.evidence) != WallLevel::none &&
                                wall_level(report.evidence) >= report.policy.min_sandbox);
  core.emplace("checks", sorted(report.verdict.answers, answer_key, answer_json));
  if (!report.verdict.waivers.empty()) {
    core.emplace("waivers", sorted(report.verdict.waivers, waiver_key, waiver_json));
  }
  core.emplace("result", to_string(report.verdict.outcome));
  core.emplace("reasons", reasons_json(report.verdict));
  return Json(std::move(core));
}

std::string add_core(Report& report) {
  report.core = evidence_core(report);
  std::string core = report.core.canonical();
  report.core_sha256 = sha256_hex(as_bytes(core));
  return core;
}

}  // namespace assay
