// A condition to steps: operator precedence with a stack of waiting operators,
// so that no rule text can nest deeper than memory.

#include <algorithm>
#include <utility>

#include "scan/condition_words.h"
#include "scan/rule_syntax.h"

namespace assay {
namespace {

using Kind = Token::Kind;
using Op = Step::Op;

bool fits(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

/// What waits until its right side is complete: an operator, or an open
/// parenthesis with the step it makes when it closes.
struct Waiting {
  Step step{};
  int binding = 0;
  bool open = false;
  bool makes_step = false;    ///< of an open one
  bool over_strings = false;  ///< of an open loop: `$` in it is one of a set
};

class ConditionParser {
 public:
  ConditionParser(const std::vector<Token>& tokens, const std::vector<RuleSyntax>& earlier,
                  RuleSyntax& rule)
      : tokens_(tokens), earlier_(earlier), rule_(rule) {}

  bool run() {
    bool wants_operand = true;
    while (peek().kind != Kind::end) {
      if (!(wants_operand ? operand(wants_operand) : infix(wants_operand))) return false;
    }
    if (wants_operand) return false;
    reduce(0);
    return waiting_.empty() && is_balanced();
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }

  void emit(Step step) { rule_.condition.push_back(std::move(step)); }

  /// What the left side may make needless ends at its operator.
  void emit_operator(Step step) {
    if (step.op == Op::logical_and || step.op == Op::logical_or) {
      rule_.condition[static_cast<std::size_t>(step.number)].number =
          static_cast<std::int64_t>(rule_.condition.size());
    }
    emit(std::move(step));
  }

  /// Completes what waits and binds at least as strongly as `binding`.
  void reduce(int binding) {
    while (!waiting_.empty() && !waiting_.back().open && waiting_.back().binding >= binding) {
      emit_operator(std::move(waiting_.back().step));
      waiting_.pop_back();
    }
  }

  bool operand(bool& wants_operand) {
    const Token& token = tokens_[at_++];
    if (const Operator* prefix = prefix_operator(token); prefix != nullptr) {
      waiting_.push_back({.step = {.op = prefix->op}, .binding = prefix->binding});
      return true;
    }
    if (token.is_sign("(")) return waiting_.push_back({.open = true}), true;
    if (token.is_word("for")) return loop();
    if (const Reader* reader = integer_reader(token); reader != nullptr) {
      return open({.op = reader->op, .number = reader->width});
    }
    wants_operand = false;
    return token.kind == Kind::word ? word(token) : value(token);
  }

  /// An opening parenthesis that leaves `step` when it closes.
  bool open(Step step, bool over_strings = false) {
    waiting_.push_back({.step = std::move(step),
                        .open = true,
                        .makes_step = true,
                        .over_strings = over_strings});
    return peek().is_sign("(") && ++at_ != 0;
  }

  bool value(const Token& token) {
    switch (token.kind) {
      case Kind::number: return emit({.op = Op::number, .number = token.number}), true;
      case Kind::text: return emit({.op = Op::text, .text = token.text}), true;
      case Kind::fraction:
      case Kind::regex: return emit({.op = Op::unknown}), true;
      case Kind::string: return of_string(Op::string, token);
      case Kind::count:
        if (!peek().is_word("in")) return of_string(Op::count, token);
        ++at_;
        return emit({.op = Op::unknown}), skip_group();
      case Kind::offset:
      case Kind::length:
        return of_string(Op::place, token) && (!peek().is_sign("[") || skip_group());
      case Kind::end:
      case Kind::word:
      case Kind::hex:
      case Kind::sign: return false;
    }
    return false;
  }

  bool of_string(Op op, const Token& token) {
    Step step{.op = op};
    if (token.text.empty()) {  // `$` in a loop: one of the strings it goes over
      const auto inner =
          std::ranges::find_if(waiting_.rbegin(), waiting_.rend(), &Waiting::over_strings);
      if (inner == waiting_.rend()) return false;
      step.set = inner->step.set;
    } else {
      add_strings(token.text, step.set);
    }
    const bool known = !step.set.empty();
    emit(std::move(step));
    return known;
  }

  void add_strings(std::string_view pattern, std::vector<std::uint32_t>& set) const {
    for (std::uint32_t i = 0; i < rule_.strings.size(); ++i) {
      if (fits(pattern, rule_.strings[i].id)) set.push_back(i);
    }
  }

  void add_rules(std::string_view pattern, std::vector<std::uint32_t>& set) const {
    for (std::uint32_t i = 0; i < earlier_.size(); ++i) {
      if (fits(pattern, earlier_[i].name)) set.push_back(i);
    }
  }

  bool word(const Token& token) {
    const std::string& name = token.text;
    if (name == "true" || name == "false") {
      return emit({.op = Op::truth, .number = name == "true" ? 1 : 0}), true;
    }
    if (name == "any") return emit({.op = Op::number, .number = 1}), true;
    if (name == "all") return emit({.op = Op::number, .number = kAllOf}), true;
    if (name == "none") return emit({.op = Op::number, .number = kNoneOf}), true;
    // A variable of a loop hides everything else of that name.
    if (std::ranges::find(loop_names_, name) != loop_names_.end()) {
      return emit({.op = Op::unknown}), module_value();
    }
    if (const Op* variable = variable_step(name); variable != nullptr) {
      return emit({.op = *variable}), true;
    }
    if (peek().is_sign(".")) return emit({.op = Op::unknown}), module_value();
    Step step{.op = Op::rule};
    add_rules(name, step.set);
    const bool known = !step.set.empty();  // a module's name is not
    emit(std::move(step));
    return known;
  }

  /// Past what a module says, whatever it is: .name, (arguments) and [place].
  bool module_value() {
    while (true) {
      if (peek().is_sign(".") && peek(1).kind == Kind::word) {
        at_ += 2;
      } else if (peek().is_sign("(") || peek().is_sign("[")) {
        if (!skip_group()) return false;
      } else {
        return true;
      }
    }
  }

  bool infix(bool& wants_operand) {
    const Token& token = tokens_[at_++];
    if (token.is_sign(")")) return close();
    if (token.is_word("in")) return emit({.op = Op::within}), skip_group();
    if (token.is_word("of")) return of(0);
    if (token.is_sign("%") && peek().is_word("of")) return ++at_, of(kPercent);
    const Operator* binary = binary_operator(token);
    if (binary == nullptr) return false;
    reduce(binary->binding);
    const auto here = static_cast<std::int64_t>(rule_.condition.size());
    if (binary->op == Op::logical_and) emit({.op = Op::and_then});
    if (binary->op == Op::logical_or) emit({.op = Op::or_else});
    waiting_.push_back(
        {.step = {.op = binary->op, .number = here}, .binding = binary->binding});
    wants_operand = true;
    return true;
  }

  bool close() {
    reduce(0);
    if (waiting_.empty()) return false;
    if (waiting_.back().makes_step) emit(std::move(waiting_.back().step));
    waiting_.pop_back();
    return true;
  }

  bool of(std::int64_t percent) {
    reduce(kPlaceBinding);
    Step step{.op = Op::of_strings, .number = percent};
    if (!set_of(step)) return false;
    emit(std::move(step));
    return true;
  }

  /// `them`, ($a, $b*) or (rule, other*).
  bool set_of(Step& step) {
    const Token& first = tokens_[at_++];
    if (first.is_word("them")) return add_strings("*", step.set), !step.set.empty();
    if (!first.is_sign("(")) return false;
    if (peek().kind == Kind::word) step.op = Op::of_rules;
    while (true) {
      const Token& item = tokens_[at_];
      if (item.kind != (step.op == Op::of_rules ? Kind::word : Kind::string)) return false;
      ++at_;
      if (!add_item(item.text, step)) return false;
      if (peek().is_sign(")")) return ++at_, true;
      if (!peek().is_sign(",")) return false;
      ++at_;
    }
  }

  bool add_item(std::string name, Step& step) {
    const std::size_t before = step.set.size();
    if (step.op == Op::of_rules) {
      if (peek().is_sign("*")) name += tokens_[at_++].text;
      add_rules(name, step.set);
    } else {
      add_strings(name, step.set);
    }
    return step.set.size() > before;
  }

  /// for QUANTIFIER of SET : (BODY), for QUANTIFIER NAMES in RANGE : (BODY)
  bool loop() {
    const std::size_t begin = at_;
    while (peek().kind != Kind::end && !peek().is_word("of") && !peek().is_word("in")) {
      if (peek().kind == Kind::word) loop_names_.push_back(peek().text);
      if (peek().is_sign("(") ? !skip_group() : ++at_ == 0) return false;
    }
    Step step{.op = quantifier(begin)};
    const bool over_strings = tokens_[at_].is_word("of");
    if (tokens_[at_].kind == Kind::end) return false;
    ++at_;
    if (over_strings) {
      const Op op = step.op;
      if (!set_of(step) || step.op == Op::of_rules) return false;
      step.op = op;
    } else {
      if (step.op == Op::loop_all) step.op = Op::loop_any_way;  // a range may be empty
      while (peek().kind != Kind::end && !peek().is_sign(":")) {
        if (peek().is_sign("(") ? !skip_group() : ++at_ == 0) return false;
      }
    }
    if (!peek().is_sign(":")) return false;
    ++at_;
    return open(std::move(step), over_strings);
  }

  Op quantifier(std::size_t begin) const {
    const Token& first = tokens_[begin];
    const Token& second = tokens_[std::min(begin + 1, tokens_.size() - 1)];
    if (first.is_word("any")) return Op::loop;
    if (first.is_word("all")) return Op::loop_all;
    const bool plain = second.kind == Kind::word;  // `of`, `in` or the loop's variable
    return first.kind == Kind::number && first.number > 0 && plain ? Op::loop
                                                                   : Op::loop_any_way;
  }

  /// Past a group in ( ) or [ ] that is not looked at.
  bool skip_group() {
    int depth = 0;
    do {
      const Token& token = tokens_[at_];
      if (token.kind == Kind::end) return false;
      if (token.is_sign("(") || token.is_sign("[")) ++depth;
      if (token.is_sign(")") || token.is_sign("]")) --depth;
      ++at_;
    } while (depth > 0);
    return true;
  }

  /// Every step finds its operands and one value is left.
  bool is_balanced() const {
    int depth = 0;
    for (const Step& step : rule_.condition) {
      const int taken = operands(step.op);
      if (depth < taken) return false;
      depth += 1 - taken;
    }
    return depth == 1;
  }

  static int operands(Op op) {
    if (op >= Op::logical_or && op <= Op::at) return 2;
    return op >= Op::read ? 1 : 0;
  }

  const std::vector<Token>& tokens_;
  const std::vector<RuleSyntax>& earlier_;
  RuleSyntax& rule_;
  std::size_t at_ = 0;
  std::vector<Waiting> waiting_{};
  std::vector<std::string> loop_names_{};
};

}  // namespace

bool parse_condition(const std::vector<Token>& tokens, const std::vector<RuleSyntax>& earlier,
                     RuleSyntax& rule) {
  return ConditionParser(tokens, earlier, rule).run();
}

}  // namespace assay
