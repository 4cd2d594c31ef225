// core.cc backwards. What this version does not know is left alone, for an older or newer
// one may have written it; what it knows must have its type.

#include <fmt/format.h>

#include "base/bytes.h"
#include "verdict/saved.h"

namespace assay {
namespace {

/// Reads the fields of one object; the first fault of a document is kept, and what is
/// read after it is empty.
class Fields {
 public:
  Fields(const Json* value, std::string_view name, std::string& fault)
      : value_(value), name_(name), fault_(fault) {
    if (value_ == nullptr || value_->object() == nullptr) say("", "is no object");
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
  std::string maybe_text(std::string_view key) { return at(key) == nullptr ? "" : text(key); }

  /// Raw bytes, as json_name wrote them.
  std::string name(std::string_view key) {
    const Json* value = at(key);
    if (value != nullptr && value->string() != nullptr) return *value->string();
    if (value != nullptr && value->object() != nullptr) {
      const auto raw = from_base64(value->text_or_empty("raw"));
      if (raw && json_name(as_text(*raw)) == *value) return std::string(as_text(*raw));
    }
    say(key, "is no name");
    return {};
  }
  std::string maybe_name(std::string_view key) { return at(key) == nullptr ? "" : name(key); }

  /// Raw bytes, as printable() wrote them.
  std::string shown(std::string_view key) {
    const auto raw = unprinted(text(key));
    if (raw) return *raw;
    say(key, "is not as assay spells it");
    return {};
  }

  std::int64_t number(std::string_view key) {
    const Json* value = at(key);
    if (value != nullptr && value->integer() != nullptr) return *value->integer();
    say(key, "is no integer");
    return 0;
  }

  std::uint64_t count(std::string_view key) {
    const std::int64_t value = number(key);
    if (value >= 0) return static_cast<std::uint64_t>(value);
    say(key, "is negative");
    return 0;
  }

  bool flag(std::string_view key) {
    const Json* value = at(key);
    if (value != nullptr && value->boolean() != nullptr) return *value->boolean();
    say(key, "is neither true nor false");
    return false;
  }

  Time time(std::string_view key) {
    if (const auto time = from_rfc3339(text(key))) return *time;
    say(key, "is no time");
    return {};
  }

  /// The enumerator of that name.
  template <class E>
  E word(std::string_view key, std::optional<E> (*from)(std::string_view)) {
    if (const auto value = from(text(key))) return *value;
    say(key, "is a word this version does not know");
    return {};
  }

  /// Each element of the list under `key` through `read`.
  template <class Read>
  void each(std::string_view key, Read read) {
    const Json* value = at(key);
    if (value == nullptr || value->array() == nullptr) {
      say(key, "is no list");
      return;
    }
    for (const Json& element : *value->array()) read(element);
  }

  /// Each key of the object itself.
  template <class Read>
  void each_key(Read read) {
    if (value_ == nullptr || value_->object() == nullptr) return;
    for (const auto& [key, value] : *value_->object()) read(key);
  }

  Fields object(std::string_view key) { return {at(key), key, fault_}; }
  Fields element(const Json& value, std::string_view name) { return {&value, name, fault_}; }

  void say(std::string_view key, std::string_view what) {
    if (!fault_.empty()) return;
    fault_ = fmt::format("{}{}{} {}", name_, key.empty() ? "" : ".", printable(key), what);
  }

 private:
  const Json* value_;
  std::string_view name_;
  std::string& fault_;
};

Member read_member(Fields from) {
  return {.path = from.name("path"),
          .kind = from.word("kind", member_kind_from),
          .type = from.text("type"),
          .size = from.count("size"),
          .mode = static_cast<std::uint32_t>(from.count("mode")),
          .link_target = from.maybe_name("linkTarget"),
          .sha256 = from.text("sha256"),
          .scanned = from.flag("scanned")};
}

Finding read_finding(Fields from) {
  return {.rule = from.text("rule"),
          .name = from.text("name"),
          .severity = from.word("severity", severity_from),
          .category = from.text("class"),
          .family = from.text("family"),
          .member = from.name("member"),
          .member_sha256 = from.text("memberSha256"),
          .offset = from.count("offset"),
          .context = from.shown("context"),
          .why = from.text("why"),
          .remedy = from.text("remedy"),
          .reference = from.text("reference")};
}

Problem read_problem(Fields from) {
  return {.code = from.text("code"),
          .member = from.name("member"),
          .detail = from.text("detail"),
          .effect = from.word("effect", effect_from)};
}

std::vector<Time> read_times(Fields& from, std::string_view key) {
  std::vector<Time> times;
  if (from.at(key) == nullptr) return times;
  from.each(key, [&](const Json& element) {
    const auto time =
        element.string() == nullptr ? std::nullopt : from_rfc3339(*element.string());
    if (!time) from.say(key, "holds no time");
    times.push_back(time.value_or(Time{}));
  });
  return times;
}

SignatureRecord read_signature(Fields from) {
  SignatureRecord record{.source = from.name("source"),
                         .format = from.text("format"),
                         .subject = from.name("subject"),
                         .verified = from.flag("verified"),
                         .reason = from.maybe_text("reason"),
                         .detail = from.text("detail"),
                         .vendor = from.maybe_text("vendor"),
                         .key = from.maybe_text("key"),
                         .key_id = from.text("keyId"),
                         .claimed_id = from.maybe_text("claimedId"),
                         .operator_name = from.maybe_text("operator"),
                         .algorithm = from.maybe_text("algorithm"),
                         .verified_comment = from.maybe_name("verifiedComment"),
                         .version = from.maybe_name("version"),
                         .proven_times = read_times(from, "provenTimes"),
                         .repository = from.maybe_text("repository"),
                         .names_file = from.flag("namesFile"),
                         .is_list = from.flag("list")};
  if (from.at("claimedTime") != nullptr) record.claimed_time = from.time("claimedTime");
  if (from.at("repositoryDate") != nullptr) {
    record.repository_date = from.time("repositoryDate");
  }
  return record;
}

Answer read_answer(Fields from) {
  Answer answer{.requirement = from.text("id"),
                .state = from.word("result", answer_state_from),
                .reason = from.maybe_text("reason"),
                .detail = from.text("detail")};
  // What to do about a finding the finding says itself.
  const Reason* reason = answer.reason == "finding" ? nullptr : find_reason(answer.reason);
  if (answer.state != Answer::State::met && reason != nullptr) answer.hint = reason->remedy;
  return answer;
}

Term read_term(Fields from) {
  return {.name = from.text("id"),
          .reason = from.maybe_text("reason"),
          .detail = from.text("detail")};
}

void read_bundle(Fields from, Evidence& evidence) {
  evidence.bundle = {.name = from.name("name"),
                     .size = from.count("size"),
                     .sha256 = from.text("sha256"),
                     .sha512 = from.text("sha512")};
  evidence.format = from.text("format");
  evidence.contents_sha256 = from.text("contentsSha256");
}

Coverage read_coverage(Fields from) {
  Fields ledger = from.object("ledger");
  return {.members = from.count("members"),
          .scanned = from.count("scanned"),
          .bytes = from.count("bytes"),
          .depth = from.count("depth"),
          .complete = from.flag("complete"),
          .ledger = {.member = ledger.count("member"),
                     .metadata = ledger.count("metadata"),
                     .padding = ledger.count("padding"),
                     .signature = ledger.count("signature"),
                     .unknown = ledger.count("unknown")}};
}

VendorMatch read_vendor(Fields from) {
  VendorMatch match{.chosen_by_hand = from.flag("chosenByHand"),
                    .product = from.name("product")};
  from.each("ids", [&](const Json& element) {
    if (element.string() == nullptr) from.say("ids", "holds no string");
    match.vendors.push_back(element.string() == nullptr ? "" : *element.string());
  });
  from.each("terms", [&](const Json& element) {
    match.terms.push_back(read_term(from.element(element, "terms")));
  });
  return match;
}

WaiverUse read_waiver_use(Fields from) {
  WaiverUse use{.id = from.text("id"), .sha256 = from.text("sha256")};
  use.rule = from.text("rule");
  use.member = from.name("member");
  from.each("approvedBy", [&](const Json& element) {
    use.approved_by.push_back(element.string() == nullptr ? "" : *element.string());
  });
  use.expires = from.time("expires");
  use.reason = from.maybe_text("reason");
  return use;
}

/// Which rules the policy took to be more or less severe than they say.
void read_severities(Fields from, Policy& policy) {
  from.each_key([&](const std::string& rule) {
    policy.rule_terms.push_back(
        {.id = rule, .severity = from.word(rule, severity_from), .waivable = true});
  });
}

RulePackInfo read_pack(Fields from) {
  return {.name = from.text("name"),
          .serial = from.number("serial"),
          .sha256 = from.text("sha256")};
}

RuleSetInfo read_rules(Fields from) {
  RuleSetInfo rules{.serial = from.number("serial"),
                    .sha256 = from.text("sha256"),
                    .loaded = from.count("loaded")};
  if (from.at("packs") == nullptr) return rules;
  from.each("packs", [&](const Json& element) {
    rules.packs.push_back(read_pack(from.element(element, "rules.packs")));
  });
  return rules;
}

void read_inputs(Fields& core, Report& report) {
  Fields policy = core.object("policy");
  report.policy.id = policy.text("id");
  report.policy.serial = policy.number("serial");
  report.policy.sha256 = policy.text("sha256");
  if (policy.at("failAt") != nullptr) {
    report.policy.fail_at = policy.word("failAt", severity_from);
  }
  if (const Json* severities = policy.at("severities")) {
    read_severities(policy.element(*severities, "policy.severities"), report.policy);
  }
  report.evidence.trust_sha256 = core.object("trust").text("sha256");
  report.evidence.rules = read_rules(core.object("rules"));
  Fields tool = core.object("tool");
  report.tool.version = tool.text("version");
  report.tool.sha256 = tool.text("sha256");
  report.effective_time = core.time("effectiveTime");
}

void read_evidence(Fields& core, Evidence& evidence) {
  read_bundle(core.object("bundle"), evidence);
  evidence.vendor = read_vendor(core.object("vendor"));
  core.each("members", [&](const Json& element) {
    evidence.members.push_back(read_member(core.element(element, "members")));
  });
  core.each("findings", [&](const Json& element) {
    evidence.findings.push_back(read_finding(core.element(element, "findings")));
  });
  core.each("problems", [&](const Json& element) {
    evidence.problems.push_back(read_problem(core.element(element, "problems")));
  });
  core.each("signatures", [&](const Json& element) {
    evidence.signatures.push_back(read_signature(core.element(element, "signatures")));
  });
  evidence.coverage = read_coverage(core.object("coverage"));
}

}  // namespace

Result<Report> read_core(const Json& json) {
  std::string fault;
  Report report;
  Fields core(&json, "core", fault);
  read_inputs(core, report);
  read_evidence(core, report.evidence);
  core.each("checks", [&](const Json& element) {
    report.verdict.answers.push_back(read_answer(core.element(element, "checks")));
  });
  if (core.at("waivers") != nullptr) {
    core.each("waivers", [&](const Json& element) {
      report.verdict.waivers.push_back(read_waiver_use(core.element(element, "waivers")));
    });
  }
  report.verdict.outcome = core.word("result", outcome_from);
  report.core = json;
  if (fault.empty()) return report;
  return Error{.kind = Error::Kind::unusable,
               .code = "verdict-malformed",
               .what = "the evidence is not of the form this version knows: " + fault};
}

}  // namespace assay
