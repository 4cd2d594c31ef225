// What libyara's answer to a condition can be, told from the literals that are
// in a member and from what is known of it without a scan.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "scan/rule_syntax.h"

namespace assay {

/// A set of answers. YARA's logic has three: an offset outside the data makes a
/// comparison undefined, and `not` of that is undefined again.
using Answers = std::uint8_t;
inline constexpr Answers kNo = 1;
inline constexpr Answers kYes = 2;
inline constexpr Answers kUndefined = 4;
inline constexpr Answers kAnyAnswer = kNo | kYes | kUndefined;

/// What is known of a member when its conditions are evaluated.
struct MemberFacts {
  std::string_view filename{}, filepath{}, filetype{};
  Bytes content{};
  std::uint64_t unseen = 0;  ///< bytes that follow `content` and are not at hand
  bool is_known = true;      ///< false: for any member
};

/// Whether a string of a rule matches in the member.
enum class Presence : std::uint8_t { absent, possible, certain };

/// What is known of the rule: its strings, and the earlier rules.
struct RuleFacts {
  std::span<const Presence> strings{};
  std::span<const Answers> earlier{};
};

/// Evaluates conditions; keeps its stack from one to the next.
class ConditionMachine {
 public:
  /// The answers libyara could give; `steps` leave one value (RuleSyntax).
  Answers evaluate(std::span<const Step> steps, const MemberFacts& member,
                   const RuleFacts& rule);

  struct Value {
    enum class Kind : std::uint8_t { unknown, undefined, truth, number, text };

    Kind kind = Kind::unknown;
    Answers answers = kAnyAnswer;  ///< of a truth
    std::int64_t number = 0;
    std::string_view text{};
  };

 private:
  void run(const Step& step, const MemberFacts& member, const RuleFacts& rule);
  void leaf(const Step& step, const MemberFacts& member, const RuleFacts& rule);
  void of_one(const Step& step, const MemberFacts& member);
  void of_two(const Step& step);
  /// The step to go on with: past the `and` or `or` when its left side decides.
  std::size_t after(const Step& step, std::size_t here);
  void of_set(const Step& step, const RuleFacts& rule);

  void push(const Value& value) { stack_[depth_++] = value; }
  const Value& pop() { return stack_[--depth_]; }

  std::vector<Value> stack_{};  ///< never fuller than a condition has steps
  std::size_t depth_ = 0;
};

}  // namespace assay
