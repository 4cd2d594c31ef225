#include "scan/gate.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "scan/gate_state.h"

namespace assay {
namespace {

using ParsedFiles = std::map<std::string, std::vector<RuleSyntax>>;

ParsedFiles parse_files(const std::vector<RuleFile>& files) {
  ParsedFiles parsed;
  for (const RuleFile& file : files) {
    if (file.name.ends_with(".yar")) parsed[file.name] = parse_rules(file.text);
  }
  return parsed;
}

/// A plain string has one literal, or none when it is too short.
void watch_plain(GateString& string, Gate::State& gate) {
  if (string.plain.empty() || string.groups.empty()) return;
  string.number = static_cast<std::uint32_t>(gate.plains.size());
  gate.plains.push_back(string.plain);
  gate.plains_of.resize(gate.search.size());
  for (const std::uint32_t literal : string.groups.front()) {
    gate.plains_of[literal].push_back(string.number);
  }
}

GateString gate_string(const StringSyntax& string, Gate::State& gate) {
  GateString made;
  if (string.is_plain()) made.plain = string.body;
  for (const std::vector<Literal>& group : literals_of(string)) {
    std::vector<std::uint32_t>& numbers = made.groups.emplace_back();
    for (const Literal& literal : group) numbers.push_back(gate.search.add(literal));
  }
  watch_plain(made, gate);
  return made;
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
  const std::vector<std::uint8_t> seen(literals, 0);
  std::vector<Presence> presence;
  for (const GateString& string : rule.strings) {
    presence.push_back(string.may_match(seen) ? Presence::possible : Presence::absent);
  }
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
  Linker(ParsedFiles files, Gate::State& gate) : files_(std::move(files)), gate_(gate) {}

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
      rule.strings.push_back(gate_string(it, gate_));
    }
    rule.needs_string =
        rule.understood && cannot_do_without_string(rule, gate_.search.size(), place);
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
  Gate::State& gate_;
  std::map<std::string, std::vector<std::uint32_t>> places_{};
};

/// Which rules to ask when a literal is seen, and which ones always.
void index_rules(Gate::State& gate) {
  gate.rules_of.resize(gate.search.size());
  gate.unsettled.assign(gate.rules.size(), 0);
  for (std::size_t i = 0; i < gate.rules.size(); ++i) {
    const GateRule& rule = gate.rules[i];
    if (!rule.needs_string) gate.unsettled[i] = 1;
    for (const GateString& string : rule.strings) {
      if (string.groups.empty()) gate.unsettled[i] = 1;
      for (const std::vector<std::uint32_t>& group : string.groups) {
        for (const std::uint32_t literal : group) {
          gate.rules_of[literal].push_back(static_cast<std::uint32_t>(i));
        }
      }
    }
  }
}

}  // namespace

struct Gate::Watch::State {
  explicit State(Gate::State& of) : gate(of), inquiry(of) {}

  Gate::State& gate;
  GateInquiry inquiry;
  LiteralSearch::Scratch scratch{};
  bool is_searched = false;          ///< `seen` is about the member at hand
  std::vector<std::uint8_t> seen{};  ///< of each literal
  std::vector<Candidate> candidates{};
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

std::string Gate::prepare() const {
  return prepare_database(state_->search.sought());
}

std::vector<std::string_view> Gate::plain_strings(std::size_t place) const {
  std::vector<std::string_view> plain;
  for (const GateString& string : state_->rules[place].strings) {
    if (!string.plain.empty()) plain.emplace_back(string.plain);
  }
  return plain;
}

bool Gate::start() const {
  return state_->start();
}

std::unique_ptr<Gate> Gate::create(const std::vector<RuleFile>& files,
                                   const std::vector<RuleName>& listed,
                                   PreparedParts prepared) {
  std::unique_ptr<Gate> gate(new Gate);
  State& state = *gate->state_;
  for (const RuleFile& file : files) state.imports[file.name] = import_lines(file.text);
  Linker linker(parse_files(files), state);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    state.rules.push_back(linker.link(listed[i], static_cast<std::uint32_t>(i)));
    if (!listed[i].is_private) state.every.push_back({.place = i});
  }
  state.plains_of.resize(state.search.size());
  index_rules(state);
  if (is_prepared(state.search.sought(), prepared)) {
    state.prepared = prepared;
    state.worth_starting = 0;
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

Gate::Watch::Watch(const Gate& gate) : state_(std::make_unique<State>(*gate.state_)) {
  state_->seen.resize(gate.state_->search.size());
}

const std::vector<Candidate>& Gate::Watch::candidates(const MemberFacts& member) {
  Gate::State& gate = state_->gate;
  state_->is_searched = false;
  if (!gate.is_working(member.content.size())) return gate.every;
  if (!state_->scratch) state_->scratch = gate.search.make_scratch();
  state_->is_searched = gate.search.find(member.content, state_->scratch.get(), state_->seen);
  return candidates_again(member);
}

const std::vector<Candidate>& Gate::Watch::candidates_again(const MemberFacts& member) {
  if (!state_->is_searched) return state_->gate.every;
  const auto closer = [&](const GateRule& rule, std::vector<Presence>& presence) {
    return look_closer(rule, as_text(member.content), presence);
  };
  state_->inquiry.ask(member, state_->seen, closer, state_->candidates);
  return state_->candidates;
}

bool Gate::Watch::saw_any() const {
  return !state_->is_searched ||
         std::ranges::any_of(state_->seen, [](std::uint8_t seen) { return seen != 0; });
}

Gate::Watch::Watch(Watch&&) noexcept = default;
Gate::Watch& Gate::Watch::operator=(Watch&&) noexcept = default;
Gate::Watch::~Watch() = default;

}  // namespace assay
