#include "log/entry.h"

#include <algorithm>

#include "crypto/envelope.h"
#include "log/append.h"

namespace assay::log {
namespace {

constexpr std::string_view kKinds[] = {"gate-decision", "key-change", "note",  "policy",
                                       "revocation",    "rules",      "trust", "waiver"};
constexpr std::size_t kMaxEntrySignatures = 8;
constexpr std::string_view kStatement = "https://in-toto.io/Statement/v1";
constexpr std::string_view kVsa = "https://slsa.dev/verification_summary/v1";
constexpr std::string_view kVerdictExtension = "urn:assay:verdict:v1";

std::string predicate_type(std::string_view kind) {
  return "urn:assay:log:" + std::string(kind) + ":v1";
}

std::string kind_of(std::string_view type) {
  if (type == kVsa) return "verdict";
  for (const std::string_view kind : kKinds) {
    if (type == predicate_type(kind)) return std::string(kind);
  }
  return "other";
}

const Json& null_json() {
  static const Json kNull;
  return kNull;
}

const Json& at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value == nullptr ? null_json() : *value;
}

void read_subject(const Json& statement, Entry& entry) {
  const Json::Array* subjects = at(statement, "subject").array();
  if (subjects == nullptr || subjects->empty()) return;
  entry.subject = subjects->front().text_or_empty("name");
  entry.sha256 = at(subjects->front(), "digest").text_or_empty("sha256");
}

}  // namespace

std::span<const std::string_view> history_kinds() {
  return kKinds;
}

std::string event_statement(const Event& event) {
  Json::Object predicate = event.details;
  predicate["schema"] = 1;
  predicate["at"] = to_rfc3339(event.at);
  Json::Object subject{{"name", event.subject},
                       {"digest", Json::Object{{"sha256", event.sha256}}}};
  return Json(Json::Object{{"_type", kStatement},
                           {"subject", Json::Array{Json(std::move(subject))}},
                           {"predicateType", predicate_type(event.kind)},
                           {"predicate", std::move(predicate)}})
      .canonical();
}

Entry read_entry(std::string_view envelope) {
  Entry entry;
  const auto parts = parse_envelope(
      envelope, {.max_bytes = kMaxEntry, .max_signatures = kMaxEntrySignatures});
  if (!parts || parts->payload_type != kInTotoPayloadType) return entry;
  auto statement = Json::parse(parts->payload, {.max_bytes = kMaxEntry, .max_depth = 8});
  if (!statement) return entry;
  entry.key_id = parts->signatures.front().key_id;
  entry.kind = kind_of(statement->text_or_empty("predicateType"));
  read_subject(*statement, entry);
  const Json& predicate = at(*statement, "predicate");
  const bool verdict = entry.kind == "verdict";
  entry.at = predicate.text_or_empty(verdict ? "timeVerified" : "at");
  if (verdict) {
    entry.result = predicate.text_or_empty("verificationResult");
    const std::string reason = at(predicate, kVerdictExtension).text_or_empty("reason");
    if (!reason.empty()) entry.result += " " + reason;
  }
  entry.statement = *std::move(statement);
  return entry;
}

std::string detail(const Entry& entry, std::string_view name) {
  return at(entry.statement, "predicate").text_or_empty(name);
}

}  // namespace assay::log
