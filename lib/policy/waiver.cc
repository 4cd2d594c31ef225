#include "policy/waiver.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "crypto/digest.h"
#include "crypto/envelope.h"
#include "crypto/key.h"

namespace assay {
namespace {

constexpr std::int64_t kDay = 86'400;

Error no_waiver(std::string what) {
  return fail(Error::Kind::config, std::move(what), "`assay waiver new` makes one");
}

/// The inverse of json_name.
std::string raw_name(const Json* value) {
  if (value == nullptr) return {};
  if (value->string() != nullptr) return *value->string();
  const auto bytes = from_base64(value->text_or_empty("raw"));
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

const Json* first_of(const Json* list) {
  const Json::Array* array = list == nullptr ? nullptr : list->array();
  return array == nullptr || array->empty() ? nullptr : array->data();
}

Waiver fields_of(const Json& root) {
  static const Json kNothing;
  const auto inside = [](const Json* value) -> const Json& {
    return value == nullptr ? kNothing : *value;
  };
  const Json& subject = inside(first_of(root.find("subject")));
  const Json& predicate = inside(root.find("predicate"));
  Waiver waiver;
  waiver.bundle_name = subject.text_or_empty("name");
  waiver.bundle_sha256 = inside(subject.find("digest")).text_or_empty("sha256");
  waiver.id = predicate.text_or_empty("id");
  waiver.rule = predicate.text_or_empty("rule");
  waiver.member = raw_name(predicate.find("member"));
  waiver.reason = predicate.text_or_empty("reason");
  waiver.ticket = predicate.text_or_empty("ticket");
  waiver.not_before = from_rfc3339(predicate.text_or_empty("notBefore")).value_or(Time{});
  waiver.expires = from_rfc3339(predicate.text_or_empty("expires")).value_or(Time{});
  return waiver;
}

/// What a waiver must say to be one.
bool is_whole(const Waiver& waiver) {
  const auto plain = [](char c) { return c > ' ' && c <= '~'; };
  return !waiver.id.empty() && waiver.id.size() <= 128 &&
         std::ranges::all_of(waiver.id, plain) && waiver.bundle_sha256.size() == 64 &&
         !waiver.rule.empty() && !waiver.member.empty() && !waiver.reason.empty() &&
         waiver.not_before < waiver.expires;
}

std::vector<std::string> signers(const Envelope& envelope,
                                 const std::vector<Approver>& approvers) {
  const std::string message = dsse_pae(envelope.payload_type, envelope.payload);
  std::vector<std::string> names;
  for (const Approver& approver : approvers) {
    for (const EnvelopeSignature& signature : envelope.signatures) {
      Ed25519Signature bytes{};
      if (signature.bytes.size() != bytes.size()) continue;
      std::ranges::copy(as_bytes(signature.bytes), bytes.begin());
      if (!verify_ed25519(approver.public_key, as_bytes(message), bytes)) continue;
      names.push_back(approver.name);
      break;
    }
  }
  return names;
}

/// Why a waiver bears nothing in this bundle, here and now: a reason id, or empty.
std::string_view refusal_of(const Waiver& waiver, const Policy& policy,
                            const Evidence& evidence, Time now) {
  if (waiver.bundle_sha256 != evidence.bundle.sha256) return "waiver-other-bundle";
  if (std::ssize(waiver.approved_by) < std::max<std::int64_t>(1, policy.waiver_approvers)) {
    return "waiver-unapproved";
  }
  if (waiver.expires.seconds - waiver.not_before.seconds > policy.waiver_max_days * kDay) {
    return "waiver-too-long";
  }
  if (now < waiver.not_before) return "waiver-not-yet";
  if (now >= waiver.expires) return "waiver-expired";
  return {};
}

bool names_finding(const Waiver& waiver, const Finding& finding) {
  return waiver.rule == finding.rule && waiver.member == finding.member;
}

const RuleTerms* terms_of(const std::string& rule, const Policy& policy) {
  const auto found = std::ranges::find(policy.rule_terms, rule, &RuleTerms::id);
  return found == policy.rule_terms.end() ? nullptr : &*found;
}

bool may_be_borne(const Finding& finding, const Policy& policy) {
  const RuleTerms* const terms = terms_of(finding.rule, policy);
  return judged_severity(finding, policy) != Severity::critical &&
         (terms == nullptr || terms->waivable);
}

/// Why a waiver that counts bears nothing all the same.
std::string_view idle_reason(const Waiver& waiver, const Policy& policy,
                             const Evidence& evidence) {
  std::string_view reason = "waiver-idle";
  for (const Finding& finding : evidence.findings) {
    if (!names_finding(waiver, finding)) continue;
    if (judged_severity(finding, policy) < policy.fail_at) continue;
    if (may_be_borne(finding, policy)) return {};
    reason = "waiver-not-allowed";
  }
  return reason;
}

}  // namespace

std::string waiver_statement(const Waiver& waiver) {
  Json::Object subject{{"name", waiver.bundle_name},
                       {"digest", Json::Object{{"sha256", waiver.bundle_sha256}}}};
  Json::Object predicate{{"id", waiver.id},
                         {"rule", waiver.rule},
                         {"member", json_name(waiver.member)},
                         {"reason", waiver.reason},
                         {"notBefore", to_rfc3339(waiver.not_before)},
                         {"expires", to_rfc3339(waiver.expires)}};
  if (!waiver.ticket.empty()) predicate.emplace("ticket", waiver.ticket);
  return Json(Json::Object{{"_type", kStatementType},
                           {"subject", Json::Array{Json(std::move(subject))}},
                           {"predicateType", kWaiverType},
                           {"predicate", std::move(predicate)}})
      .canonical();
}

Result<Waiver> read_waiver(std::string_view envelope, const std::vector<Approver>& approvers) {
  const auto parsed = parse_envelope(
      envelope, {.max_bytes = kMaxWaiverBytes, .max_signatures = kMaxWaiverSignatures});
  if (!parsed) return no_waiver("it is no waiver: " + parsed.error().what);
  if (parsed->payload_type != kInTotoPayloadType) {
    return no_waiver("it is no waiver: its payload is no in-toto statement");
  }
  const auto root =
      Json::parse(parsed->payload, {.max_bytes = kMaxWaiverBytes, .max_depth = 8});
  if (!root) return no_waiver("it is no waiver: " + root.error().what);
  Waiver waiver = fields_of(*root);
  if (!is_whole(waiver) || waiver_statement(waiver) != parsed->payload) {
    return no_waiver("it is no waiver: its statement has not exactly the fields of one");
  }
  waiver.sha256 = sha256_hex(as_bytes(envelope));
  waiver.approved_by = signers(*parsed, approvers);
  return waiver;
}

const Waiver* waiver_for(const Finding& finding, const Policy& policy, const Evidence& evidence,
                         Time now) {
  if (!may_be_borne(finding, policy)) return nullptr;
  for (const Waiver& waiver : policy.waivers) {
    if (names_finding(waiver, finding) && refusal_of(waiver, policy, evidence, now).empty()) {
      return &waiver;
    }
  }
  return nullptr;
}

std::vector<WaiverUse> use_waivers(const Policy& policy, const Evidence& evidence, Time now) {
  std::vector<WaiverUse> uses;
  for (const Waiver& waiver : policy.waivers) {
    std::string_view reason = refusal_of(waiver, policy, evidence, now);
    if (reason.empty()) reason = idle_reason(waiver, policy, evidence);
    uses.push_back({.id = waiver.id,
                    .sha256 = waiver.sha256,
                    .rule = waiver.rule,
                    .member = waiver.member,
                    .approved_by = waiver.approved_by,
                    .expires = waiver.expires,
                    .reason = std::string(reason)});
  }
  std::ranges::sort(uses, {},
                    [](const WaiverUse& use) { return std::tie(use.id, use.sha256); });
  return uses;
}

}  // namespace assay
