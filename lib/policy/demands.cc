#include "policy/demands.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "policy/limit_fields.h"

namespace assay {
namespace {

using Strictness = std::optional<std::int64_t>;

/// "7d", "12h", "90s": as duration_seconds reads it.
std::string span_text(std::int64_t seconds) {
  for (const auto& [unit, letter] : {std::pair{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}}) {
    if (seconds != 0 && seconds % unit == 0) return fmt::format("{}{}", seconds / unit, letter);
  }
  return fmt::format("{}s", seconds);
}

class List {
 public:
  void say(std::string key, std::string value, Strictness strictness = {}) {
    demands_.push_back({std::move(key), std::move(value), strictness});
  }
  void number(std::string key, std::int64_t value, int direction) {
    say(std::move(key), fmt::to_string(value), value * direction);
  }
  void flag(std::string key, Strictness strictness) { say(std::move(key), "yes", strictness); }
  void each(std::string_view key, const std::vector<std::string>& values,
            Strictness strictness = {}) {
    for (const std::string& value : values) {
      flag(fmt::format("{} {}", key, printable(value)), strictness);
    }
  }
  std::vector<Demand> take() && { return std::move(demands_); }

 private:
  std::vector<Demand> demands_{};
};

void add_rule_terms(const Policy& policy, List& list) {
  for (const RuleTerms& terms : policy.rule_terms) {
    const std::string key = "rule " + printable(terms.id);
    if (terms.severity) {
      list.say(key + " severity", std::string(to_string(*terms.severity)));
    }
    if (!terms.waivable) list.flag(key + " not waivable", 1);
  }
}

void add_waiver_terms(const Policy& policy, List& list) {
  for (const Approver& approver : policy.approvers) {
    list.say("approver " + printable(approver.name), to_hex(approver.public_key), -1);
  }
  list.number("waivers.max_days", policy.waiver_max_days, -1);
  list.number("waivers.approvers", policy.waiver_approvers, 1);
}

void add_verdict_terms(const Policy& policy, List& list) {
  list.each("verdict.audience", policy.audience);
  list.say("verdict.valid_for", span_text(policy.valid_for), -policy.valid_for);
  const std::optional<bool>& required = policy.log_required;
  list.say("verdict.log_required",
           !required   ? "if there is a log"
           : *required ? "yes"
                       : "no",
           !required   ? 1
           : *required ? 2
                       : 0);
}

}  // namespace

std::vector<Demand> demands(const Policy& policy) {
  List list;
  list.say("id", printable(policy.id));
  list.say("serial", fmt::to_string(policy.serial));
  list.say("expires", to_rfc3339(policy.expires));
  list.each("require", policy.require, 1);
  list.say("content.fail_at", std::string(to_string(policy.fail_at)),
           -static_cast<std::int64_t>(policy.fail_at));
  list.number("content.min_rules", policy.min_rules, 1);
  list.each("content.refuse", policy.refuse, 1);
  list.number("signature.count", policy.signatures, 1);
  list.number("rules.min_serial", policy.rules_min_serial, 1);
  list.say("rules.max_age", policy.rules_max_age == 0 ? "any" : span_text(policy.rules_max_age),
           policy.rules_max_age == 0 ? INT64_MIN : -policy.rules_max_age);
  list.each("rules.modules", policy.rule_modules, -1);
  add_rule_terms(policy, list);
  add_waiver_terms(policy, list);
  list.say("examine.min_sandbox", std::string(to_string(policy.min_sandbox)),
           static_cast<std::int64_t>(policy.min_sandbox));
  list.each("examine.formats", policy.formats, -1);
  for (const LimitField& limit : kLimitFields) {
    list.number(fmt::format("limits.{}", limit.key),
                static_cast<std::int64_t>(policy.limits.*limit.field), -1);
  }
  add_verdict_terms(policy, list);
  return std::move(list).take();
}

std::vector<Difference> differences(const Policy& before, const Policy& after) {
  const std::vector<Demand> old_ones = demands(before), new_ones = demands(after);
  std::vector<Difference> found;
  const auto note = [&](const Demand* one, const Demand* other) {
    Difference difference{.key = one != nullptr ? one->key : other->key};
    if (one != nullptr) difference.before = one->value;
    if (other != nullptr) difference.after = other->value;
    const Strictness was = one != nullptr ? one->strictness : Strictness(0);
    const Strictness is = other != nullptr ? other->strictness : Strictness(0);
    if (was && is && *was != *is) difference.direction = *is > *was ? 1 : -1;
    found.push_back(std::move(difference));
  };
  for (const Demand& demand : old_ones) {
    const auto other = std::ranges::find(new_ones, demand.key, &Demand::key);
    if (other == new_ones.end()) {
      note(&demand, nullptr);
    } else if (!(*other == demand)) {
      note(&demand, &*other);
    }
  }
  for (const Demand& demand : new_ones) {
    if (std::ranges::find(old_ones, demand.key, &Demand::key) == old_ones.end()) {
      note(nullptr, &demand);
    }
  }
  return found;
}

}  // namespace assay
