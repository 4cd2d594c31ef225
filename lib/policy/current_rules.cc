// current-rules: rules ran at all, and they are not older than the policy
// allows. A scan without rules finds nothing, which is not the same as clean.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/serial.h"
#include "policy/answer.h"
#include "policy/policy.h"

namespace assay {
namespace {

constexpr std::int64_t kHour = 3'600, kDay = 24 * kHour;

/// Rules of a date this machine has not reached: its clock, or the rules, lie.
bool is_from_future(Time date, Time now) {
  return date.seconds > now.seconds + kDay;
}

Answer judge_age(const RuleSetInfo& rules, const Policy& policy, Time now) {
  const std::optional<Time> date = serial_date(rules.serial);
  if (!date) return not_met("rules-stale", fmt::format("serial {} is no date", rules.serial));
  if (is_from_future(*date, now)) {
    return not_met("rules-stale", fmt::format("serial {} lies in the future", rules.serial));
  }
  const std::int64_t age = now.seconds - date->seconds;
  if (age > policy.rules_max_age) {
    return not_met("rules-stale",
                   fmt::format("serial {} is {} hours old, {} are allowed", rules.serial,
                               (age + kHour - 1) / kHour, policy.rules_max_age / kHour));
  }
  return met({});
}

Answer judge_rules(const Evidence& evidence, const Policy& policy, Time now) {
  const RuleSetInfo& rules = evidence.rules;
  const auto demanded = static_cast<std::uint64_t>(std::max<std::int64_t>(1, policy.min_rules));
  if (rules.loaded < demanded) {
    return not_met("no-rules",
                   fmt::format("{} rules ran, {} are demanded", rules.loaded, demanded));
  }
  if (comparable_serial(rules.serial) < comparable_serial(policy.rules_min_serial)) {
    return not_met("rules-stale", fmt::format("serial {} is older than {}", rules.serial,
                                              policy.rules_min_serial));
  }
  if (policy.rules_max_age > 0) {
    Answer answer = judge_age(rules, policy, now);
    if (answer.state != Answer::State::met) return answer;
  }
  std::string detail = fmt::format("{} rules, serial {}", rules.loaded, rules.serial);
  for (const RulePackInfo& pack : rules.packs) {
    detail += fmt::format("; pack {} {}", printable(pack.name), pack.serial);
  }
  return met(std::move(detail));
}

std::vector<std::string> see_rules(const Evidence& evidence, const Policy& policy,
                                   Time /*now*/) {
  const RuleSetInfo& rules = evidence.rules;
  std::vector<std::string> lines = {
      fmt::format("{} rules ran, {} are demanded", rules.loaded,
                  std::max<std::int64_t>(1, policy.min_rules)),
      fmt::format(
          "serial {}, {} is demanded", rules.serial,
          policy.rules_min_serial == 0 ? "any" : std::to_string(policy.rules_min_serial))};
  if (policy.rules_max_age > 0) {
    lines.push_back(fmt::format("they may be {} hours old", policy.rules_max_age / kHour));
  }
  return lines;
}

}  // namespace

extern const Requirement current_rules_requirement;
constinit const Requirement current_rules_requirement = {
    "current-rules", true, "Enough rules ran, and they are as recent as [rules] says.",
    judge_rules, see_rules};

}  // namespace assay
