#include "scan/rules.h"

#include <yara.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "scan/compile.h"
#include "scan/rule_check.h"
#include "scan/rule_state.h"
#include "scan/rule_table.h"

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

/// libyara's table, with what each public rule says of itself.
Result<std::vector<ListedRule>> list_rules(YR_RULES* rules) {
  std::vector<ListedRule> listed;
  const YR_RULE* rule = nullptr;
  yr_rules_foreach(rules, rule) {
    ListedRule& it = listed.emplace_back();
    it.name = {.file = rule->ns->name,
               .name = rule->identifier,
               .is_private = RULE_IS_PRIVATE(rule) != 0,
               .is_global = RULE_IS_GLOBAL(rule) != 0};
    if (!it.name.is_private) it.meta = TRY(read_meta(*rule));
  }
  return listed;
}

/// The public rules by id and by place in libyara's table.
Result<void> collect(std::vector<ListedRule> listed, RuleSet::State& state) {
  std::set<std::string> used;  // ids of rules that were brought
  std::vector<std::size_t> sorted;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (listed[i].meta.is_brought) make_unique(listed[i].meta.id, used);
    if (!listed[i].name.is_private) sorted.push_back(i);
    state.listed.push_back(listed[i].name);
  }
  std::ranges::stable_sort(sorted, {}, [&](std::size_t i) { return listed[i].meta.id; });
  state.rules.reserve(sorted.size());  // metas point into it
  state.compiled.metas.assign(listed.size(), nullptr);
  for (const std::size_t i : sorted) {
    RuleMeta& meta = listed[i].meta;
    if (!state.rules.empty() && state.rules.back().id == meta.id) {
      return config("rules '" + state.rules.back().name + "' and '" + meta.name +
                    "' have the same id '" + meta.id + "'");
    }
    state.rules.push_back(std::move(meta));
    state.compiled.metas[i] = &state.rules.back();
  }
  return {};
}

/// Of the very rules whose digest that is.
std::string table_key(const RuleSetInfo& info) {
  return std::string(
      as_text(digest(HashAlgorithm::sha256, as_bytes("rule table of " + info.sha256))));
}

/// Nothing is loaded of packs in which one rule is bad. The shipped rules were checked
/// when they were shipped.
Result<void> refuse_bad(const std::vector<RuleFile>& files,
                        const std::vector<std::string>& modules, Compiles compiles) {
  std::vector<RuleFile> brought;
  std::ranges::copy_if(files, std::back_inserter(brought),
                       [](const RuleFile& file) { return !file.is_shipped(); });
  const std::vector<RuleComplaint> found = check_rules(brought, modules, compiles);
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
  auto table = read_rule_table(find_part(state->prepared, table_key(state->info)));
  if (!table) {
    auto compiled = compile_files(files);
    TRY(refuse_bad(files, modules, compiled ? Compiles::yes : Compiles::unknown));
    state->compiled.rules = TRY(std::move(compiled));
    TRY(probe(*state->compiled.rules, files, modules));
    table = TRY(list_rules(state->compiled.rules.get()));
  }
  TRY(collect(*std::move(table), *state));
  if (state->rules.empty()) return config("the rule set holds no rule");
  state->gate = Gate::create(files, state->listed, state->prepared);
  state->info.loaded = state->rules.size();
  state->files = std::move(files);
  return RuleSet(std::move(state));
}

Result<const CompiledRules*> RuleSet::State::running() const {
  std::call_once(started, [this] {
    if (compiled.rules) return;
    auto made = compile_files(files);
    if (made) compiled.rules = std::move(made).take();
  });
  if (!compiled.rules) return undecided("scan-incomplete", "the rules do not compile again");
  return &compiled;
}

RuleSet::RuleSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

std::string RuleSet::prepare() const {
  std::vector<ListedRule> table;
  for (std::size_t i = 0; i < state_->listed.size(); ++i) {
    const RuleMeta* const meta = state_->compiled.metas[i];
    table.push_back({state_->listed[i], meta != nullptr ? *meta : RuleMeta{}});
  }
  return prepared_part(table_key(state_->info), write_rule_table(table)) +
         state_->gate->prepare() + HiddenText::prepare();
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
