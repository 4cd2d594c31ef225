#include "scan/rules.h"

#include <yara.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <string_view>

#include "base/bytes.h"
#include "scan/compile.h"
#include "scan/rule_check.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

Error config(std::string what, std::string hint = {}) {
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

struct Probe {
  const std::vector<std::string>& allowed;
  std::string module{};
};

int note_import(YR_SCAN_CONTEXT*, int message, void* data, void* user) noexcept {
  if (message != CALLBACK_MSG_IMPORT_MODULE) return CALLBACK_CONTINUE;
  Probe& probe = *static_cast<Probe*>(user);
  try {
    const std::string name = static_cast<YR_MODULE_IMPORT*>(data)->module_name;
    if (std::ranges::find(kModulesOffered, name) != std::end(kModulesOffered) ||
        std::ranges::find(probe.allowed, name) != probe.allowed.end()) {
      return CALLBACK_CONTINUE;
    }
    probe.module = name;
  } catch (...) {
    probe.module = "?";
  }
  return CALLBACK_ERROR;
}

/// The first file with a line that may be this import, for the message only.
std::string where_imported(const std::vector<RuleFile>& files, const std::string& module) {
  for (const RuleFile& file : files) {
    const std::size_t name = file.text.find('"' + module + '"');
    if (name == std::string::npos || file.text.find("import") > name) continue;
    const auto end = file.text.begin() + static_cast<std::ptrdiff_t>(name);
    return printable(file.name) + ":" +
           std::to_string(1 + std::count(file.text.begin(), end, '\n')) + ": ";
  }
  return {};
}

/// Runs the rules once over one byte. Every import shows there, however it is
/// spelled, and so does a rule that compiles and cannot run.
Result<void> probe(YR_RULES& rules, const std::vector<RuleFile>& files,
                   const std::vector<std::string>& modules) {
  const std::uint8_t byte = 0;
  Probe seen{.allowed = modules};
  const int code = yr_rules_scan_mem(&rules, &byte, sizeof byte, SCAN_FLAGS_NO_TRYCATCH,
                                     note_import, &seen, 10);
  if (!seen.module.empty()) {
    return config(
        where_imported(files, seen.module) + "module '" + printable(seen.module) +
            "' is imported",
        "libyara's modules parse hostile files; a policy can allow one in `[rules] modules`");
  }
  if (code != ERROR_SUCCESS) return engine_error("run these rules", code);
  return {};
}

/// Packs made by others name rules alike in two files.
void make_unique(std::string& id, std::set<std::string>& used) {
  const std::string base = id;
  for (std::size_t i = 2; !used.insert(id).second; ++i) id = base + "." + std::to_string(i);
}

/// What every public rule says of itself, by id and by place in libyara's table.
Result<void> collect(RuleSet::State& state) {
  std::vector<std::size_t> place;  // of each public rule in libyara's table
  std::vector<RuleMeta> found;
  std::set<std::string> used;  // ids of rules that were brought
  std::size_t count = 0;
  const YR_RULE* rule = nullptr;
  yr_rules_foreach(state.compiled.rules.get(), rule) {
    const std::size_t here = count++;
    if (RULE_IS_PRIVATE(rule)) continue;
    place.push_back(here);
    found.push_back(TRY(read_meta(*rule)));
    if (found.back().is_brought) make_unique(found.back().id, used);
  }

  std::vector<std::size_t> sorted(place.size());
  std::iota(sorted.begin(), sorted.end(), std::size_t{0});
  std::ranges::sort(sorted, {}, [&](std::size_t i) { return found[i].id; });
  state.rules.reserve(sorted.size());  // metas point into it
  state.compiled.metas.assign(count, nullptr);
  for (const std::size_t i : sorted) {
    if (!state.rules.empty() && state.rules.back().id == found[i].id) {
      return config("rules '" + state.rules.back().name + "' and '" + found[i].name +
                    "' have the same id '" + found[i].id + "'");
    }
    state.rules.push_back(std::move(found[i]));
    state.compiled.metas[place[i]] = &state.rules.back();
  }
  return {};
}

std::vector<RuleName> list_rules(YR_RULES* rules) {
  std::vector<RuleName> listed;
  const YR_RULE* rule = nullptr;
  yr_rules_foreach(rules, rule) {
    listed.push_back({.file = rule->ns->name,
                      .name = rule->identifier,
                      .is_private = RULE_IS_PRIVATE(rule) != 0,
                      .is_global = RULE_IS_GLOBAL(rule) != 0});
  }
  return listed;
}

/// Nothing is loaded of packs in which one rule is bad. The shipped rules were checked
/// when they were shipped.
Result<void> refuse_bad(const std::vector<RuleFile>& files,
                        const std::vector<std::string>& modules) {
  std::vector<RuleFile> brought;
  std::ranges::copy_if(files, std::back_inserter(brought),
                       [](const RuleFile& file) { return !file.is_shipped(); });
  const std::vector<RuleComplaint> found = check_rules(brought, modules);
  if (found.empty()) return {};
  return config(to_text(found.front()),
                "nothing is loaded; `assay rules check` names all that is wrong, " +
                    std::to_string(found.size()) + " in number");
}

struct Engine {
  int code = yr_initialize();
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() {
    if (code == ERROR_SUCCESS) yr_finalize();
  }
};

}  // namespace

Result<void> start_engine() {
  static const Engine engine;
  if (engine.code != ERROR_SUCCESS) return engine_error("start", engine.code);
  return {};
}

const RuleMeta* CompiledRules::meta(const YR_RULE& rule) const {
  const std::ptrdiff_t place = &rule - rules->rules_table;
  if (place < 0 || static_cast<std::size_t>(place) >= metas.size()) return nullptr;
  return metas[static_cast<std::size_t>(place)];
}

Result<RuleSet> RuleSet::compile(std::vector<RuleFile> files,
                                 const std::vector<std::string>& modules,
                                 std::string prepared) {
  TRY(start_engine());
  auto state = std::make_unique<State>(std::move(prepared));
  state->info = TRY(describe(files));
  TRY(refuse_bad(files, modules));
  state->compiled.rules = TRY(compile_files(files));
  TRY(probe(*state->compiled.rules, files, modules));
  TRY(collect(*state));
  if (state->rules.empty()) return config("the rule set holds no rule");
  state->listed = list_rules(state->compiled.rules.get());
  state->gate = Gate::create(files, state->listed, state->prepared);
  state->info.loaded = state->rules.size();
  return RuleSet(std::move(state));
}

RuleSet::RuleSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

std::string RuleSet::prepare() const {
  return state_->gate->prepare() + HiddenText::prepare();
}

void RuleSet::expect(std::uint64_t bytes) const {
  if (bytes >= Gate::kWorthStarting) state_->gate->start();
}

const RuleSetInfo& RuleSet::info() const {
  return state_->info;
}
const std::vector<RuleMeta>& RuleSet::rules() const {
  return state_->rules;
}

}  // namespace assay
