// What a Gate knows of its rules, and how it asks them; for the files of this room that
// watch members go by.

#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scan/gate.h"
#include "scan/literal_search.h"
#include "scan/rule_syntax.h"

namespace assay {

/// One string of a rule: what must be there for it to match.
struct GateString {
  static constexpr std::uint32_t kUnwatched = static_cast<std::uint32_t>(-1);

  /// Numbers of literals: each group has one that must be there.
  std::vector<std::vector<std::uint32_t>> groups{};
  std::string plain{};  ///< it matches exactly where these bytes stand, if there are any
  std::uint32_t number = kUnwatched;  ///< of a plain one that has a literal

  bool may_match(std::span<const std::uint8_t> seen) const {
    return std::ranges::all_of(groups, [&](const std::vector<std::uint32_t>& group) {
      return std::ranges::any_of(group,
                                 [&](std::uint32_t literal) { return seen[literal] != 0; });
    });
  }
};

struct GateRule {
  bool is_private = false;
  bool understood = false;
  bool needs_string = false;  ///< it cannot match when none of its strings does
  std::vector<GateString> strings{};
  std::vector<Step> condition{};
  std::vector<std::uint32_t> names{};  ///< the rules its condition names, all before it
  std::string text{};
};

struct Gate::State {
  LiteralSearch search{};
  std::vector<std::string> plains{};                    ///< plain strings, by their number
  std::vector<std::vector<std::uint32_t>> plains_of{};  ///< by literal: those that hold it
  std::vector<GateRule> rules{};
  std::vector<std::vector<std::uint32_t>> rules_of{};  ///< by literal: places of those
  std::vector<std::uint8_t> unsettled{};  ///< by rule: it is to be asked whatever is seen
  std::map<std::string, std::string> imports{};  ///< of each file
  std::vector<Candidate> every{};                ///< all public rules
  std::vector<std::size_t> always{};             ///< those nothing is known about

  PreparedParts prepared{};
  std::uint64_t worth_starting = kWorthStarting;  ///< bytes

  enum class Stage : std::uint8_t { off, idle, starting, working };
  std::atomic<Stage> stage = Stage::off;
  std::atomic<std::uint64_t> passed = 0;  ///< bytes that came by an idle gate

  bool start() {
    Stage idle = Stage::idle;
    if (stage.compare_exchange_strong(idle, Stage::starting)) {
      stage = search.compile(prepared) ? Stage::working : Stage::off;
    }
    return stage == Stage::working;
  }

  bool is_working(std::uint64_t bytes) {
    if (stage == Stage::working) return true;
    return stage == Stage::idle && (passed += bytes) >= worth_starting && start();
  }
};

/// Asks the rules of a gate about one member after the other.
class GateInquiry {
 public:
  explicit GateInquiry(const Gate::State& gate) : gate_(gate) {}

  /// Settles which of the possible plain strings of a rule are there. The place of the
  /// first one, 0 if none is; nothing when a possible string is not plain.
  using LookCloser =
      std::function<std::optional<std::uint64_t>(const GateRule&, std::vector<Presence>&)>;

  /// The public rules that may match a member in which the literals `seen` are.
  void ask(const MemberFacts& member, std::span<const std::uint8_t> seen,
           const LookCloser& look_closer, std::vector<Candidate>& candidates);

 private:
  Answers evaluate(const GateRule& rule, const MemberFacts& member);
  Answers answers_of(const GateRule& rule, const MemberFacts& member,
                     std::span<const std::uint8_t> seen, const LookCloser& look_closer,
                     std::optional<std::uint64_t>& first);
  void choose(std::span<const std::uint8_t> seen);

  const Gate::State& gate_;
  std::vector<Answers> answers_{};     ///< of each rule
  std::vector<std::uint8_t> asked_{};  ///< of each rule: does its answer matter?
  std::vector<std::uint8_t> named_{};  ///< of each rule: by one that is asked
  ConditionMachine machine_{};
  std::vector<Presence> presence_{};  ///< of each string of the rule at hand
};

}  // namespace assay
