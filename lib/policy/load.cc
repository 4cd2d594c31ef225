// load: a policy file becomes a Policy. man/assay-policy.5 lists every key.
// A typo in a policy is a hole, so nothing is guessed and nothing ignored.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/serial.h"
#include "base/similar.h"
#include "base/toml.h"
#include "crypto/digest.h"
#include "crypto/key.h"
#include "policy/limit_fields.h"
#include "policy/policy.h"

namespace assay {
namespace {

constexpr std::string_view kSchema = "assay-policy/1";
constexpr std::int64_t kLongestSpan = std::int64_t{520} * 7 * 86'400;

std::string did_you_mean(const std::string& word, std::span<const std::string> candidates) {
  const std::string near = similar(word, candidates);
  return near.empty() ? std::string() : "did you mean '" + near + "'?";
}

/// The value under `key`, at least 1; `absent` if it is not there.
Result<std::int64_t> positive(TomlTable& table, std::string_view key, std::int64_t absent) {
  const std::int64_t value = TRY(table.maybe_integer(key)).value_or(absent);
  if (value >= 1 || !table.has(key)) return value;
  return table.error_at(key, fmt::format("'{}' must be at least 1", key));
}

/// A span such as "7d", longer than nothing and at most ten years.
Result<std::int64_t> span_seconds(const TomlTable& table, std::string_view key,
                                  const std::string& text) {
  const std::optional<std::int64_t> seconds = duration_seconds(text);
  if (seconds && *seconds > 0 && *seconds <= kLongestSpan) return *seconds;
  return table.error_at(key, fmt::format("'{}' must be a span of at most 520w", key),
                        "write it like 12h, 14d or 4w");
}

/// A URI in printable ASCII: it goes into the signed statements as it stands.
Result<std::string> policy_id(TomlTable& root) {
  std::string id = TRY(root.string("id"));
  const auto plain = [](char c) { return c > ' ' && c <= '~'; };
  const std::size_t colon = id.find(':');
  if (colon != 0 && colon != std::string::npos && std::ranges::all_of(id, plain)) return id;
  return root.error_at("id", "'id' must be a URI", "for example urn:assay:policy:prod");
}

Result<Time> expiry(TomlTable& root, Time now) {
  const Time expires = TRY(root.time("expires"));
  if (now < expires) return expires;
  return root.error_at("expires", "the policy expired at " + to_rfc3339(expires),
                       "read it through, then set a new date and raise its serial");
}

/// The names listed under `key`: each of `candidates`, none twice.
Result<std::vector<std::string>> known_names(TomlTable& table, std::string_view key,
                                             std::string_view what,
                                             std::span<const std::string> candidates) {
  std::vector<std::string> names = TRY(table.strings(key));
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::ranges::find(candidates, *name) == candidates.end()) {
      return table.error_at(key, fmt::format("unknown {} '{}'", what, printable(*name)),
                            did_you_mean(*name, candidates));
    }
    if (std::find(names.begin(), name, *name) != name) {
      return table.error_at(key, "'" + *name + "' stands there twice");
    }
  }
  return names;
}

Result<std::vector<std::string>> requirement_names(TomlTable& root,
                                                   std::span<const Requirement* const> known) {
  std::vector<std::string> candidates;
  for (const Requirement* requirement : known) candidates.emplace_back(requirement->name);
  std::vector<std::string> names = TRY(known_names(root, "require", "requirement", candidates));
  if (!names.empty()) return names;
  return root.error_at("require", "'require' is empty: this policy demands nothing",
                       "`assay formats` lists what can be demanded");
}

/// The strictest if it is not there.
Result<Severity> severity(TomlTable& table, std::string_view key) {
  const std::optional<std::string> word = TRY(table.maybe_string(key));
  if (!word) return Severity::info;
  if (const std::optional<Severity> severity = severity_from(*word)) return *severity;
  return table.error_at(key, "unknown severity '" + printable(*word) + "'",
                        "it is one of info, low, medium, high, critical");
}

Result<void> read_content(TomlTable& root, Policy& policy) {
  std::optional<TomlTable> content = TRY(root.maybe_table("content"));
  if (!content) return {};
  policy.fail_at = TRY(severity(*content, "fail_at"));
  policy.min_rules = TRY(positive(*content, "min_rules", policy.min_rules));
  if (content->has("refuse")) {
    const std::vector<std::string> notes(bundle_notes().begin(), bundle_notes().end());
    policy.refuse = TRY(known_names(*content, "refuse", "note", notes));
  }
  return content->finish();
}

Result<void> read_signature(TomlTable& root, Policy& policy) {
  std::optional<TomlTable> signature = TRY(root.maybe_table("signature"));
  if (!signature) return {};
  policy.signatures = TRY(positive(*signature, "count", policy.signatures));
  return signature->finish();
}

Result<void> read_rules(TomlTable& root, Policy& policy) {
  std::optional<TomlTable> rules = TRY(root.maybe_table("rules"));
  if (!rules) return {};
  if (const auto serial = TRY(rules->maybe_integer("min_serial"))) {
    if (!serial_date(*serial)) {
      return rules->error_at(
          "min_serial", "'min_serial' names no day",
          "write it like 20260131, or 2026013102 for the second of that day");
    }
    policy.rules_min_serial = *serial;
  }
  if (rules->has("modules")) {
    static const std::vector<std::string> kModules = {"dotnet", "elf", "pe"};
    policy.rule_modules = TRY(known_names(*rules, "modules", "module", kModules));
  }
  if (const auto age = TRY(rules->maybe_string("max_age"))) {
    policy.rules_max_age = TRY(span_seconds(*rules, "max_age", *age));
  }
  return rules->finish();
}

/// A wall that a policy may be content with; to read without one is none.
Result<WallLevel> sandbox_floor(TomlTable& examine) {
  const std::optional<std::string> word = TRY(examine.maybe_string("min_sandbox"));
  if (!word) return WallLevel::seccomp;
  const std::optional<WallLevel> level = wall_level_from(*word);
  if (level && *level != WallLevel::none) return *level;
  return examine.error_at("min_sandbox", "unknown wall '" + printable(*word) + "'",
                          "it is one of rlimits, landlock, seccomp, seccomp+landlock");
}

Result<void> read_examine(TomlTable& root, Policy& policy,
                          std::span<const std::string> formats) {
  policy.min_sandbox = WallLevel::seccomp;
  std::optional<TomlTable> examine = TRY(root.maybe_table("examine"));
  if (!examine) return {};
  policy.min_sandbox = TRY(sandbox_floor(*examine));
  if (examine->has("formats")) {
    policy.formats = TRY(known_names(*examine, "formats", "format", formats));
  }
  return examine->finish();
}

/// The Ed25519 key as the body of its PEM file has it, on one line.
Result<Ed25519Public> approver_key(TomlTable& table) {
  const std::string text = TRY(table.string("public_key"));
  const auto key = parse_public_key_pem("-----BEGIN PUBLIC KEY-----\n" + text +
                                        "\n-----END PUBLIC KEY-----\n");
  if (key) return *key;
  return table.error_at("public_key", "'public_key' is no Ed25519 key",
                        "take the line between the two others of `assay key show`");
}

Result<void> read_approvers(TomlTable& root, Policy& policy) {
  for (TomlTable& table : TRY(root.tables("approver"))) {
    Approver approver;
    approver.name = TRY(table.string("name"));
    approver.public_key = TRY(approver_key(table));
    for (const Approver& other : policy.approvers) {
      if (other.name == approver.name || other.public_key == approver.public_key) {
        return table.error_at("name", "this approver stands there twice");
      }
    }
    if (approver.name.empty()) return table.error_at("name", "'name' is empty");
    TRY(table.finish());
    policy.approvers.push_back(std::move(approver));
  }
  return {};
}

/// After the approvers, of whom there must be enough.
Result<void> read_waivers(TomlTable& root, Policy& policy) {
  constexpr std::int64_t kLongest = 366;
  std::optional<TomlTable> waivers = TRY(root.maybe_table("waivers"));
  if (!waivers) return {};
  policy.waiver_max_days = TRY(positive(*waivers, "max_days", policy.waiver_max_days));
  if (policy.waiver_max_days > kLongest) {
    return waivers->error_at("max_days", "'max_days' is more than a year");
  }
  policy.waiver_approvers = TRY(positive(*waivers, "approvers", policy.waiver_approvers));
  if (policy.waiver_approvers > std::ssize(policy.approvers)) {
    return waivers->error_at("approvers",
                             "more approvers are demanded than [[approver]] names");
  }
  return waivers->finish();
}

Result<void> read_rule_terms(TomlTable& root, Policy& policy) {
  for (TomlTable& table : TRY(root.tables("rule"))) {
    RuleTerms terms;
    terms.id = TRY(table.string("id"));
    if (std::ranges::find(policy.rule_terms, terms.id, &RuleTerms::id) !=
        policy.rule_terms.end()) {
      return table.error_at("id", "'" + printable(terms.id) + "' stands there twice");
    }
    if (table.has("severity")) terms.severity = TRY(severity(table, "severity"));
    terms.waivable = TRY(table.maybe_boolean("waivable")).value_or(true);
    TRY(table.finish());
    policy.rule_terms.push_back(std::move(terms));
  }
  return {};
}

Result<void> read_limits(TomlTable& root, Policy& policy) {
  std::optional<TomlTable> limits = TRY(root.maybe_table("limits"));
  if (!limits) return {};
  for (const LimitField& limit : kLimitFields) {
    std::uint64_t& field = policy.limits.*limit.field;
    field = static_cast<std::uint64_t>(
        TRY(positive(*limits, limit.key, static_cast<std::int64_t>(field))));
  }
  return limits->finish();
}

Result<void> read_verdict(TomlTable& root, Policy& policy) {
  TomlTable verdict = TRY(root.table("verdict"));
  policy.valid_for = TRY(span_seconds(verdict, "valid_for", TRY(verdict.string("valid_for"))));
  policy.audience = TRY(verdict.maybe_strings("audience")).value_or(std::vector<std::string>());
  policy.log_required = TRY(verdict.maybe_boolean("log_required"));
  if (std::ranges::find(policy.audience, "") != policy.audience.end()) {
    return verdict.error_at("audience", "'audience' holds an empty name");
  }
  return verdict.finish();
}

Result<void> check_schema(TomlTable& root) {
  const std::string schema = TRY(root.string("schema"));
  if (schema == kSchema) return {};
  return root.error_at("schema", fmt::format("'schema' must be \"{}\"", kSchema),
                       "a newer form needs a newer assay");
}

/// Nothing makes a critical rule milder, so that a policy that says so is mistaken.
Error lowered(const RuleTerms& terms, const Policy& policy) {
  return fail(Error::Kind::config,
              fmt::format("{}: [[rule]] '{}' is critical and stays so",
                          printable(policy.source), printable(terms.id)),
              "take its `severity` out");
}

}  // namespace

Result<void> check_rule_terms(const Policy& policy, std::span<const KnownRule> rules) {
  for (const RuleTerms& terms : policy.rule_terms) {
    const auto known = std::ranges::find(rules, terms.id, &KnownRule::id);
    if (known == rules.end()) {
      std::vector<std::string> ids;
      for (const KnownRule& rule : rules) ids.push_back(rule.id);
      return fail(Error::Kind::config,
                  fmt::format("{}: [[rule]] names '{}', and no rule here has that id",
                              printable(policy.source), printable(terms.id)),
                  did_you_mean(terms.id, ids));
    }
    const bool milder = terms.severity && *terms.severity < known->severity;
    if (known->severity == Severity::critical && milder) return lowered(terms, policy);
  }
  return {};
}

Result<Policy> load_policy(std::string text, std::string source,
                           std::span<const Requirement* const> known, Time now,
                           std::span<const std::string> formats) {
  Policy policy{.sha256 = sha256_hex(as_bytes(text)), .source = source};
  TomlTable root = TRY(TomlTable::parse(std::move(text), std::move(source)));
  TRY(check_schema(root));
  policy.id = TRY(policy_id(root));
  if (!root.has("serial")) return root.error_at("serial", "'serial' is missing");
  policy.serial = TRY(positive(root, "serial", 0));
  TRY(root.maybe_string("owner"));
  policy.expires = TRY(expiry(root, now));
  policy.require = TRY(requirement_names(root, known));
  TRY(read_content(root, policy));
  TRY(read_signature(root, policy));
  TRY(read_rules(root, policy));
  TRY(read_rule_terms(root, policy));
  TRY(read_approvers(root, policy));
  TRY(read_waivers(root, policy));
  TRY(read_examine(root, policy, formats));
  TRY(read_limits(root, policy));
  TRY(read_verdict(root, policy));
  TRY(root.finish());
  return policy;
}

}  // namespace assay
