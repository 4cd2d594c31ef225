#include "scan/gate.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "scan/literal_search.h"
#include "scan/rule_syntax.h"

namespace assay {
namespace {

struct GateRule {
  bool is_private = false;
  bool understood = false;
  bool needs_string = false;  ///< it cannot match when none of its strings does
  std::vector<StringTest> strings{};
  std::vector<Step> condition{};
  std::vector<std::uint32_t> names{};  ///< the rules its condition names, all before it
};

using ParsedFiles = std::map<std::string, std::vector<RuleSyntax>>;

ParsedFiles parse_files(const std::vector<RuleFile>& files) {
  ParsedFiles parsed;
  for (const RuleFile& file : files) {
    if (file.name.ends_with(".yar")) parsed[file.name] = parse_rules(file.text);
  }
  return parsed;
}

StringTest string_test(const StringSyntax& string, LiteralSearch& search) {
  StringTest test;
  for (const std::vector<Literal>& group : literals_of(string)) {
    std::vector<std::uint32_t>& numbers = test.emplace_back();
    for (const Literal& literal : group) numbers.push_back(search.add(literal));
  }
  return test;
}

/// Whatever the member and the other rules are, without a string it is a no.
bool cannot_do_without_string(const GateRule& rule, std::size_t literals, std::size_t place) {
  const std::vector<std::uint8_t> seen(literals, 0);
  const std::vector<Answers> earlier(place, kYes | kNo);
  const RuleFacts facts{.strings = rule.strings, .seen = seen, .earlier = earlier};
  const Answers found = ConditionMachine().evaluate(rule.condition, {.is_known = false}, facts);
  return (found & kYes) == 0;
}

bool refers_to_rules(Step::Op op) {
  return op == Step::Op::rule || op == Step::Op::of_rules;
}

/// Where each rule of a file stands in libyara's list.
class Linker {
 public:
  Linker(ParsedFiles files, LiteralSearch& search)
      : files_(std::move(files)), search_(search) {}

  /// `place` is the rule's own in the list.
  GateRule link(const RuleName& name, std::uint32_t place) {
    GateRule rule{.is_private = name.is_private};
    const auto file = files_.find(name.file);
    if (file == files_.end()) return rule;
    const auto syntax = std::ranges::find(file->second, name.name, &RuleSyntax::name);
    if (syntax == file->second.end()) return rule;
    std::vector<std::uint32_t>& places = places_[name.file];
    places.resize(file->second.size(), kNowhere);
    places[static_cast<std::size_t>(syntax - file->second.begin())] = place;
    if (syntax->opaque || syntax->is_private != name.is_private) return rule;
    rule.understood = true;
    rule.condition = std::move(syntax->condition);
    for (Step& step : rule.condition) {
      if (!refers_to_rules(step.op)) continue;
      rule.understood &= move_to_list(step, places);
      rule.names.insert(rule.names.end(), step.set.begin(), step.set.end());
    }
    for (const StringSyntax& it : syntax->strings) {
      rule.strings.push_back(string_test(it, search_));
    }
    rule.needs_string =
        rule.understood && cannot_do_without_string(rule, search_.size(), place);
    return rule;
  }

 private:
  static constexpr std::uint32_t kNowhere = static_cast<std::uint32_t>(-1);

  /// From places in the file to places in the list. False for a rule that libyara
  /// has not listed before.
  static bool move_to_list(Step& step, const std::vector<std::uint32_t>& places) {
    for (std::uint32_t& rule : step.set) {
      rule = places[rule];
      if (rule == kNowhere) return false;
    }
    return true;
  }

  ParsedFiles files_;
  LiteralSearch& search_;
  std::map<std::string, std::vector<std::uint32_t>> places_{};
};

}  // namespace

struct Gate::State {
  LiteralSearch search{};
  std::vector<GateRule> rules{};
  std::vector<std::size_t> every{};   ///< all public rules
  std::vector<std::size_t> always{};  ///< those nothing is known about

  enum class Stage : std::uint8_t { off, idle, starting, working };
  std::atomic<Stage> stage = Stage::off;
  std::atomic<std::uint64_t> passed = 0;  ///< bytes that came by an idle gate

  bool start() {
    Stage idle = Stage::idle;
    if (stage.compare_exchange_strong(idle, Stage::starting)) {
      stage = search.compile() ? Stage::working : Stage::off;
    }
    return stage == Stage::working;
  }

  bool is_working(std::uint64_t bytes) {
    if (stage == Stage::working) return true;
    return stage == Stage::idle && (passed += bytes) >= kWorthStarting && start();
  }
};

struct Gate::Watch::State {
  Gate::State& gate;
  LiteralSearch::Scratch scratch{};
  std::vector<std::uint8_t> seen{};   ///< of each literal
  std::vector<Answers> answers{};     ///< of each rule
  std::vector<std::uint8_t> asked{};  ///< of each rule: does its answer matter?
  ConditionMachine machine{};
  std::vector<std::size_t> candidates{};

  /// A rule matches or does not; undefined is a no.
  Answers answers_of(const GateRule& rule, const MemberFacts& member) {
    if (!rule.understood) return kYes | kNo;
    const RuleFacts facts{.strings = rule.strings, .seen = seen, .earlier = answers};
    const Answers found = machine.evaluate(rule.condition, member, facts);
    return static_cast<Answers>((found & kYes) | ((found & (kNo | kUndefined)) != 0 ? kNo : 0));
  }

  bool is_settled(const GateRule& rule) const {
    const RuleFacts facts{.strings = rule.strings, .seen = seen, .earlier = answers};
    for (std::uint32_t i = 0; rule.needs_string && i < rule.strings.size(); ++i) {
      if (facts.may_match(i)) return false;
    }
    return rule.needs_string;
  }

  /// From the last rule to the first: a rule is named only by those behind it.
  void ask() {
    asked.assign(gate.rules.size(), 0);
    for (std::size_t i = gate.rules.size(); i-- > 0;) {
      const GateRule& rule = gate.rules[i];
      asked[i] = (asked[i] != 0 || !rule.is_private) && !is_settled(rule) ? 1 : 0;
      if (asked[i] == 0 || !rule.understood) continue;
      for (const std::uint32_t name : rule.names) asked[name] = 1;
    }
  }

  void evaluate(const MemberFacts& member) {
    candidates.clear();
    answers.assign(gate.rules.size(), kNo);
    ask();
    for (std::size_t i = 0; i < gate.rules.size(); ++i) {
      if (asked[i] == 0) continue;
      answers[i] = answers_of(gate.rules[i], member);
      if ((answers[i] & kYes) != 0 && !gate.rules[i].is_private) candidates.push_back(i);
    }
  }
};

Gate::Gate() : state_(std::make_unique<State>()) {}
Gate::~Gate() = default;

const std::vector<std::size_t>& Gate::always() const {
  return state_->always;
}

bool Gate::start() const {
  return state_->start();
}

std::unique_ptr<Gate> Gate::create(const std::vector<RuleFile>& files,
                                   const std::vector<RuleName>& listed) {
  std::unique_ptr<Gate> gate(new Gate);
  State& state = *gate->state_;
  Linker linker(parse_files(files), state.search);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    state.rules.push_back(linker.link(listed[i], static_cast<std::uint32_t>(i)));
    if (!listed[i].is_private) state.every.push_back(i);
  }
  // A global rule takes part in every other one's answer.
  const bool any_global = std::ranges::any_of(listed, &RuleName::is_global);
  state.stage = any_global ? State::Stage::off : State::Stage::idle;
  for (const std::size_t i : state.every) {
    if (any_global || !state.rules[i].understood) state.always.push_back(i);
  }
  return gate;
}

Gate::Watch::Watch(const Gate& gate) : state_(std::make_unique<State>(State{*gate.state_})) {
  state_->seen.resize(gate.state_->search.size());
}

const std::vector<std::size_t>& Gate::Watch::candidates(const MemberFacts& member) {
  Gate::State& gate = state_->gate;
  if (!gate.is_working(member.content.size())) return gate.every;
  if (!state_->scratch) state_->scratch = gate.search.make_scratch();
  if (!gate.search.find(member.content, state_->scratch.get(), state_->seen)) return gate.every;
  state_->evaluate(member);
  return state_->candidates;
}

Gate::Watch::Watch(Watch&&) noexcept = default;
Gate::Watch& Gate::Watch::operator=(Watch&&) noexcept = default;
Gate::Watch::~Watch() = default;

}  // namespace assay
