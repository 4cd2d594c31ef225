#include "verdict/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <span>

#include "base/bytes.h"
#include "base/json.h"
#include "verdict/statement.h"

namespace assay {
namespace {

using Keys = std::initializer_list<std::string_view>;

Error unusable(std::string code, std::string what) {
  return {.kind = Error::Kind::unusable, .code = std::move(code), .what = std::move(what)};
}

bool holds(Keys keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// A JSON object that must have every key of one list and may have those of
/// another. The first fault of a statement is kept, and read_summary asks for
/// it once; what is read after a fault is empty.
class StrictObject {
 public:
  StrictObject(const Json* value, std::string name, std::string& fault, Keys must,
               Keys may = {})
      : value_(value), name_(std::move(name)), fault_(fault) {
    const Json::Object* object = value == nullptr ? nullptr : value->object();
    if (object == nullptr) {
      say("", "is no object");
      return;
    }
    for (const std::string_view key : must) {
      if (!object->contains(key)) say(key, "is missing");
    }
    for (const auto& member : *object) {
      if (!holds(must, member.first) && !holds(may, member.first)) {
        say(member.first, "is unknown");
      }
    }
  }

  const Json* at(std::string_view key) const {
    return value_ == nullptr ? nullptr : value_->find(key);
  }

  std::string text(std::string_view key) {
    const Json* value = at(key);
    if (value != nullptr && value->string() != nullptr) return *value->string();
    say(key, "is no string");
    return {};
  }

  std::string optional_text(std::string_view key) {
    return at(key) == nullptr ? std::string() : text(key);
  }

  /// Lower-case hex of that many bytes.
  std::string digest(std::string_view key, std::size_t bytes) {
    std::string hex = text(key);
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (hex.size() == 2 * bytes && hex.find_first_not_of(kDigits) == hex.npos) return hex;
    say(key, "is no digest");
    return {};
  }

  std::string digest_or_empty(std::string_view key, std::size_t bytes) {
    const Json* value = at(key);
    const bool empty =
        value != nullptr && value->string() != nullptr && value->string()->empty();
    return empty ? std::string() : digest(key, bytes);
  }

  std::int64_t number(std::string_view key) {
    const Json* value = at(key);
    if (value != nullptr && value->integer() != nullptr) return *value->integer();
    say(key, "is no integer");
    return -1;
  }

  Time time(std::string_view key) {
    if (const auto time = from_rfc3339(text(key))) return *time;
    say(key, "is no time");
    return {};
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> values;
    for (const Json& element : elements(key)) {
      if (element.string() == nullptr) {
        say(key, "is no list of strings");
        return {};
      }
      values.push_back(*element.string());
    }
    return values;
  }

  /// The one element of a list.
  const Json* only(std::string_view key) {
    const std::span<const Json> all = elements(key);
    if (all.size() == 1) return all.data();
    say(key, "has not one element");
    return nullptr;
  }

  void say(std::string_view key, std::string_view what) {
    if (!fault_.empty()) return;
    fault_ = fmt::format("{}{}{} {}", name_, key.empty() ? "" : ".", printable(key), what);
  }

 private:
  std::span<const Json> elements(std::string_view key) {
    const Json* value = at(key);
    if (value != nullptr && value->array() != nullptr) return *value->array();
    say(key, "is no list");
    return {};
  }

  const Json* value_;
  std::string name_;
  std::string& fault_;
};

void read_subject(const Json* value, std::string& fault, Summary& summary) {
  StrictObject subject(value, "subject", fault, {"name", "digest"});
  subject.text("name");
  StrictObject digests(subject.at("digest"), "subject.digest", fault, {"sha256", "sha512"});
  summary.sha256 = digests.digest("sha256", 32);
  summary.sha512 = digests.digest("sha512", 64);
}

void read_verifier(const Json* value, std::string& fault, Summary& summary) {
  StrictObject verifier(value, "verifier", fault, {"id", "version"});
  summary.verifier_id = verifier.text("id");
  StrictObject version(verifier.at("version"), "verifier.version", fault, {"assay", "rules"});
  version.text("assay");
  version.text("rules");
}

void read_policy(const Json* value, std::string& fault, Summary& summary) {
  StrictObject policy(value, "policy", fault, {"uri", "digest"});
  summary.policy_id = policy.text("uri");
  StrictObject digests(policy.at("digest"), "policy.digest", fault, {"sha256"});
  summary.policy_sha256 = digests.digest("sha256", 32);
}

void read_extension(const Json* value, std::string& fault, Summary& summary) {
  StrictObject object(
      value, std::string(kExtension), fault,
      {"schema", "coreSha256", "evidenceSha256", "trustSha256", "rulesSha256", "rulesSerial",
       "toolSha256", "policySerial", "audience", "notAfter", "waivers"},
      {"reason", "nonce"});
  if (object.number("schema") != 1) object.say("schema", "is not 1");
  summary.core_sha256 = object.digest("coreSha256", 32);
  summary.evidence_sha256 = object.digest("evidenceSha256", 32);
  summary.trust_sha256 = object.digest_or_empty("trustSha256", 32);
  summary.rules_sha256 = object.digest_or_empty("rulesSha256", 32);
  summary.tool_sha256 = object.digest("toolSha256", 32);
  summary.rules_serial = object.number("rulesSerial");
  summary.policy_serial = object.number("policySerial");
  summary.audience = object.texts("audience");
  summary.waivers = object.texts("waivers");
  summary.not_after = object.time("notAfter");
  summary.reason = object.optional_text("reason");
  summary.nonce = object.optional_text("nonce");
}

/// The evidence is named twice, and there is no other input.
void read_input(const Json* value, std::string& fault, const Summary& summary) {
  StrictObject input(value, "inputAttestations", fault, {"uri", "digest"});
  StrictObject digests(input.at("digest"), "inputAttestations.digest", fault, {"sha256"});
  if (digests.digest("sha256", 32) != summary.evidence_sha256 ||
      input.text("uri") != "urn:sha256:" + summary.evidence_sha256) {
    input.say("", "is not the evidence");
  }
}

/// PASSED gives no reason, FAILED gives one and no level.
void read_result(StrictObject& predicate, Summary& summary) {
  const std::string result = predicate.text("verificationResult");
  summary.passed = result == "PASSED";
  if (!summary.passed && result != "FAILED") predicate.say("verificationResult", "is unknown");
  summary.levels = predicate.texts("verifiedLevels");
  const bool failed_level = std::ranges::find(summary.levels, "FAILED") != summary.levels.end();
  if (summary.passed == failed_level || summary.passed != summary.reason.empty()) {
    predicate.say("verifiedLevels", "contradicts the result");
  }
}

void read_predicate(const Json* value, std::string& fault, Summary& summary) {
  StrictObject predicate(
      value, "predicate", fault,
      {"verifier", "timeVerified", "resourceUri", "policy", "inputAttestations",
       "verificationResult", "verifiedLevels", kExtension});
  read_verifier(predicate.at("verifier"), fault, summary);
  read_policy(predicate.at("policy"), fault, summary);
  read_extension(predicate.at(kExtension), fault, summary);
  read_input(predicate.only("inputAttestations"), fault, summary);
  read_result(predicate, summary);
  summary.time_verified = predicate.time("timeVerified");
  summary.resource_uri = predicate.text("resourceUri");
}

}  // namespace

Result<Summary> read_summary(std::string_view payload) {
  const Result<Json> root = Json::parse(payload, {.max_bytes = kMaxVsaBytes, .max_depth = 8});
  if (!root) return unusable("verdict-malformed", root.error().what);
  if (root->text_or_empty("_type") != kStatementType ||
      root->text_or_empty("predicateType") != kVsaType) {
    return unusable("envelope-malformed", "the second line is no verification summary");
  }
  Summary summary;
  std::string fault;
  StrictObject statement(&*root, "statement", fault,
                         {"_type", "subject", "predicateType", "predicate"});
  read_subject(statement.only("subject"), fault, summary);
  read_predicate(statement.at("predicate"), fault, summary);
  if (!fault.empty()) return unusable("verdict-malformed", std::move(fault));
  return summary;
}

}  // namespace assay
