#include "scan/gate.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <span>
#include <utility>

#include "scan/literal_search.h"
#include "scan/rule_syntax.h"

namespace assay {
namespace {

/// One string of a rule: what must be there for it to match.
struct GateString {
  /// Numbers of literals: each group has one that must be there.
  std::vector<std::vector<std::uint32_t>> groups{};
  std::string plain{};  ///< it matches exactly where these bytes stand, if there are any

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

using ParsedFiles = std::map<std::string, std::vector<RuleSyntax>>;

ParsedFiles parse_files(const std::vector<RuleFile>& files) {
  ParsedFiles parsed;
  for (const RuleFile& file : files) {
    if (file.name.ends_with(".yar")) parsed[file.name] = parse_rules(file.text);
  }
  return parsed;
}

GateString gate_string(const StringSyntax& string, LiteralSearch& search) {
  GateString made;
  if (string.is_plain()) made.plain = string.body;
  for (const std::vector<Literal>& group : literals_of(string)) {
    std::vector<std::uint32_t>& numbers = made.groups.emplace_back();
    for (const Literal& literal : group) numbers.push_back(search.add(literal));
  }
  return made;
}

/// Sets what is known of the rule's strings by the literals that were seen.
void set_presence(const GateRule& rule, std::span<const std::uint8_t> seen,
                  std::vector<Presence>& presence) {
  presence.clear();
  for (const GateString& string : rule.strings) {
    presence.push_back(string.may_match(seen) ? Presence::possible : Presence::absent);
  }
}

/// Looks for the plain strings that are possible. The place of the first one of the rule,
/// 0 if none is there; nothing when one of its possible strings is not plain.
std::optional<std::uint64_t> look_closer(const GateRule& rule, std::string_view content,
                                         std::vector<Presence>& presence) {
  std::size_t first = std::string_view::npos;
  bool all_known = true;
  for (std::size_t i = 0; i < presence.size(); ++i) {
    if (presence[i] == Presence::absent) continue;
    const std::string& plain = rule.strings[i].plain;
    all_known &= !plain.empty();
    if (plain.empty()) continue;
    const auto* const found = static_cast<const char*>(
        ::memmem(content.data(), content.size(), plain.data(), plain.size()));
    presence[i] = found == nullptr ? Presence::absent : Presence::certain;
    if (found != nullptr) {
      first = std::min(first, static_cast<std::size_t>(found - content.data()));
    }
  }
  if (!all_known) return std::nullopt;
  return first == std::string_view::npos ? 0 : first;
}

/// Whatever the member and the other rules are, without a string it is a no.
bool cannot_do_without_string(const GateRule& rule, std::size_t literals, std::size_t place) {
  std::vector<Presence> presence;
  set_presence(rule, std::vector<std::uint8_t>(literals, 0), presence);
  const std::vector<Answers> earlier(place, kYes | kNo);
  const RuleFacts facts{.strings = presence, .earlier = earlier};
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
    rule.text = syntax->text;
    if (syntax->opaque || syntax->is_private != name.is_private) return rule;
    rule.understood = true;
    rule.condition = std::move(syntax->condition);
    for (Step& step : rule.condition) {
      if (!refers_to_rules(step.op)) continue;
      rule.understood &= move_to_list(step, places);
      rule.names.insert(rule.names.end(), step.set.begin(), step.set.end());
    }
    for (const StringSyntax& it : syntax->strings) {
      rule.strings.push_back(gate_string(it, search_));
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
  std::map<std::string, std::string> imports{};  ///< of each file
  std::vector<Candidate> every{};                ///< all public rules
  std::vector<std::size_t> always{};             ///< those nothing is known about

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
  std::vector<Presence> presence{};  ///< of each string of the rule at hand
  std::vector<Candidate> candidates{};

  /// A rule matches or does not; undefined is a no.
  Answers evaluate(const GateRule& rule, const MemberFacts& member) {
    const RuleFacts facts{.strings = presence, .earlier = answers};
    const Answers found = machine.evaluate(rule.condition, member, facts);
    return static_cast<Answers>((found & kYes) | ((found & (kNo | kUndefined)) != 0 ? kNo : 0));
  }

  /// The rule's answers, and where its first string is when that is known too.
  Answers answers_of(const GateRule& rule, const MemberFacts& member,
                     std::optional<std::uint64_t>& first) {
    if (!rule.understood) return kYes | kNo;
    set_presence(rule, seen, presence);
    const Answers found = evaluate(rule, member);
    if ((found & kYes) == 0) return found;
    first = look_closer(rule, as_text(member.content), presence);
    return evaluate(rule, member);
  }

  bool is_settled(const GateRule& rule) const {
    return rule.needs_string &&
           std::ranges::none_of(
               rule.strings, [&](const GateString& string) { return string.may_match(seen); });
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
      Candidate candidate{.place = i};
      answers[i] = answers_of(gate.rules[i], member, candidate.first);
      if ((answers[i] & kYes) == 0 || gate.rules[i].is_private) continue;
      if (answers[i] != kYes) candidate.first.reset();
      candidates.push_back(candidate);
    }
  }
};

Gate::Gate() : state_(std::make_unique<State>()) {}
Gate::~Gate() = default;

const std::vector<std::size_t>& Gate::always() const {
  return state_->always;
}

std::optional<std::vector<std::size_t>> Gate::with_named(
    std::vector<std::size_t> places) const {
  std::vector<std::uint8_t> wanted(state_->rules.size(), 0);
  while (!places.empty()) {
    const std::size_t place = places.back();
    const GateRule& rule = state_->rules[place];
    places.pop_back();
    if (!rule.understood) return std::nullopt;
    if (std::exchange(wanted[place], std::uint8_t{1}) != 0) continue;
    places.insert(places.end(), rule.names.begin(), rule.names.end());
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != 0) places.push_back(i);
  }
  return places;
}

const std::string& Gate::imports(const std::string& file) const {
  return state_->imports.at(file);
}

const std::string& Gate::text(std::size_t place) const {
  return state_->rules[place].text;
}

bool Gate::start() const {
  return state_->start();
}

std::unique_ptr<Gate> Gate::create(const std::vector<RuleFile>& files,
                                   const std::vector<RuleName>& listed) {
  std::unique_ptr<Gate> gate(new Gate);
  State& state = *gate->state_;
  for (const RuleFile& file : files) state.imports[file.name] = import_lines(file.text);
  Linker linker(parse_files(files), state.search);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    state.rules.push_back(linker.link(listed[i], static_cast<std::uint32_t>(i)));
    if (!listed[i].is_private) state.every.push_back({.place = i});
  }
  // A global rule takes part in every other one's answer.
  const bool any_global = std::ranges::any_of(listed, &RuleName::is_global);
  state.stage = any_global ? State::Stage::off : State::Stage::idle;
  for (const Candidate& candidate : state.every) {
    const std::size_t i = candidate.place;
    if (any_global || !state.rules[i].understood) state.always.push_back(i);
  }
  return gate;
}

Gate::Watch::Watch(const Gate& gate) : state_(std::make_unique<State>(State{*gate.state_})) {
  state_->seen.resize(gate.state_->search.size());
}

const std::vector<Candidate>& Gate::Watch::candidates(const MemberFacts& member) {
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
