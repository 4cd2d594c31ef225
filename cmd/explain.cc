// assay explain: what an id means and what to do about it.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "base/bytes.h"
#include "base/similar.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "model/reason.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string id{};
  std::vector<std::string> rules{};
};

std::string_view effect_text(Effect effect) {
  switch (effect) {
    case Effect::fails: return "makes the verdict FAILED";
    case Effect::note: return "is a note and decides nothing";
    case Effect::refuses: return "makes assay refuse to use it";
    case Effect::indeterminate: break;
  }
  return "keeps the verdict INDETERMINATE";
}

std::string reason_text(const Reason& reason) {
  return fmt::format("{}: {}\n\n{}\n\nWhat to do: {}\n", reason.id, effect_text(reason.effect),
                     reason.meaning, reason.remedy);
}

std::string rule_text(const RuleMeta& rule) {
  return fmt::format("{}: {} ({}, {}, {})\n\n{}\n\nWhat to do: {}\nReference: {}\n", rule.id,
                     rule.name, to_string(rule.severity), rule.category, rule.family, rule.why,
                     rule.remedy, rule.reference);
}

std::string requirement_text(const Requirement& requirement) {
  return fmt::format("{}: a requirement of policies{}\n\n{}\n", requirement.name,
                     requirement.hard ? ", always judged" : "", requirement.what);
}

/// The page of an id, or nothing.
std::string page(const std::string& id, const RuleSet& rules) {
  if (const Reason* reason = find_reason(id)) return reason_text(*reason);
  for (const RuleMeta& rule : rules.rules()) {
    if (rule.id == id || rule.name == id) return rule_text(rule);
  }
  for (const Requirement* requirement : requirements()) {
    if (requirement->name == id) return requirement_text(*requirement);
  }
  return {};
}

std::vector<std::string> known_ids(const RuleSet& rules) {
  std::vector<std::string> ids;
  for (const Reason& reason : reasons()) ids.emplace_back(reason.id);
  for (const RuleMeta& rule : rules.rules()) ids.push_back(rule.id);
  for (const Requirement* requirement : requirements()) ids.emplace_back(requirement->name);
  return ids;
}

Result<ExitCode> run(const Options& options) {
  Policy readable;
  readable.rule_modules = {"dotnet", "elf", "pe"};  // nothing is scanned here
  const RuleSet rules =
      TRY(Home::find(options.globals->home).load_rules(options.rules, readable));
  if (options.id.empty()) {
    for (const std::string& id : known_ids(rules)) TRY(print(id + "\n"));
    return ExitCode::passed;
  }
  const std::string text = page(options.id, rules);
  if (text.empty()) {
    const std::string near = similar(options.id, known_ids(rules));
    return fail(
        Error::Kind::usage, "nothing is called '" + printable(options.id) + "'",
        near.empty() ? "`assay explain` lists every id" : "did you mean '" + near + "'?");
  }
  TRY(print(text));
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.add_option("ID", options->id, "a rule, reason or requirement; without it all are listed");
  add_strings(app, "--rules", options->rules, "folder of YARA rules to explain from, too");
  return [options] { return run(*options); };
}

}  // namespace

constinit const Command explain_command = {
    "explain", "what a rule, problem or reason means and what to do",
    R"(  assay explain trailing-data
  assay explain MINER001)",
    add};

}  // namespace assay::cmd
