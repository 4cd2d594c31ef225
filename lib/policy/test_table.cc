#include "policy/test_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/json.h"
#include "base/similar.h"
#include "base/toml.h"

namespace assay {
namespace {

constexpr std::string_view kSchema = "assay-policy-test/1";
constexpr std::size_t kMaxCases = 10'000;

// --- JSON as TOML, so that one reader is strict for both ------------------------

Error not_a_table(const std::string& source, const std::string& what) {
  return fail(Error::Kind::config, printable(source) + ": " + what);
}

/// A key that TOML takes without quotes; another is nobody's here.
bool is_bare_key(std::string_view key) {
  constexpr std::string_view kBare = "abcdefghijklmnopqrstuvwxyz_";
  return !key.empty() && key.find_first_not_of(kBare) == key.npos;
}

/// JSON's escapes of a string are TOML's, but for the one character both may leave as it is.
std::string toml_string(const std::string& text) {
  std::string quoted = Json(text).canonical();
  for (std::size_t at = 0; (at = quoted.find('\x7f', at)) != quoted.npos;) {
    quoted.replace(at, 1, "\\u007f");
  }
  return quoted;
}

/// A string or a list of strings; nothing for anything else. A time is one in TOML.
std::optional<std::string> toml_value(std::string_view key, const Json& value) {
  if (const std::string* text = value.string()) {
    return key == "at" && from_rfc3339(*text) ? *text : toml_string(*text);
  }
  if (value.array() == nullptr) return std::nullopt;
  std::string list;
  for (const Json& element : *value.array()) {
    if (element.string() == nullptr) return std::nullopt;
    list += (list.empty() ? "" : ", ") + toml_string(*element.string());
  }
  return "[" + list + "]";
}

Result<std::string> toml_of(const Json::Object& object, const std::string& source) {
  std::string text;
  for (const auto& [key, value] : object) {
    if (key == "case") continue;
    const auto written = is_bare_key(key) ? toml_value(key, value) : std::nullopt;
    if (!written) {
      return not_a_table(source, "'" + printable(key) +
                                     "' is unknown, or neither a string "
                                     "nor a list of strings");
    }
    text += fmt::format("{} = {}\n", key, *written);
  }
  return text;
}

Result<std::string> json_to_toml(const std::string& json, const std::string& source) {
  const auto root = Json::parse(json, {.max_depth = 8});
  if (!root) return not_a_table(source, root.error().what);
  if (root->object() == nullptr) return not_a_table(source, "it is no object");
  std::string text = TRY(toml_of(*root->object(), source));
  const Json* cases = root->find("case");
  if (cases == nullptr || cases->array() == nullptr) {
    return not_a_table(source, "it has no list 'case'");
  }
  for (const Json& one : *cases->array()) {
    if (one.object() == nullptr) return not_a_table(source, "a case is no object");
    text += "[[case]]\n" + TRY(toml_of(*one.object(), source));
  }
  return text;
}

// --- the table --------------------------------------------------------------------

Result<std::vector<std::string>> names(TomlTable& table, std::string_view key) {
  return TRY(table.maybe_strings(key)).value_or(std::vector<std::string>());
}

Result<std::vector<std::string>> requirement_list(TomlTable& table, std::string_view key,
                                                  std::span<const Requirement* const> known) {
  std::vector<std::string> list = TRY(names(table, key));
  std::vector<std::string> candidates;
  for (const Requirement* requirement : known) candidates.emplace_back(requirement->name);
  for (const std::string& name : list) {
    if (std::ranges::find(candidates, name) != candidates.end()) continue;
    const std::string near = similar(name, candidates);
    return table.error_at(key, "unknown requirement '" + printable(name) + "'",
                          near.empty() ? "" : "did you mean '" + near + "'?");
  }
  return list;
}

Result<Outcome> expected_result(TomlTable& table) {
  const std::string word = TRY(table.string("result"));
  if (const auto outcome = outcome_from(word)) return *outcome;
  return table.error_at("result", "unknown result '" + printable(word) + "'",
                        "it is one of PASSED, FAILED, INDETERMINATE");
}

Result<PolicyCase> read_case(TomlTable& table, std::span<const Requirement* const> known) {
  PolicyCase one{.name = TRY(table.string("name"))};
  if (one.name.empty()) return table.error_at("name", "'name' is empty");
  one.evidence = TRY(table.string("evidence"));
  one.waivers = TRY(names(table, "waivers"));
  one.at = TRY(table.maybe_time("at"));
  one.result = TRY(expected_result(table));
  one.reasons = TRY(table.maybe_strings("reasons"));
  for (const std::string& reason : one.reasons.value_or(std::vector<std::string>())) {
    if (find_reason(reason) != nullptr) continue;
    return table.error_at("reasons", "unknown reason '" + printable(reason) + "'",
                          "`assay explain` lists them");
  }
  one.met = TRY(requirement_list(table, "met", known));
  one.unmet = TRY(requirement_list(table, "unmet", known));
  one.undecided = TRY(requirement_list(table, "undecided", known));
  TRY(table.finish());
  return one;
}

std::set<std::string> reasons_of(const Verdict& verdict) {
  std::set<std::string> reasons;
  for (const Answer& answer : verdict.answers) {
    if (answer.state != Answer::State::met) reasons.insert(answer.reason);
  }
  return reasons;
}

void compare_state(const std::vector<std::string>& names, Answer::State expected,
                   const Verdict& verdict, std::vector<std::string>& lines) {
  for (const std::string& name : names) {
    const auto found = std::ranges::find(verdict.answers, name, &Answer::requirement);
    const bool asked = found != verdict.answers.end();
    if (asked && found->state == expected) continue;
    lines.push_back(fmt::format("- {} {}", name, to_string(expected)));
    lines.push_back(asked ? fmt::format("+ {} {}{} {}", name, to_string(found->state),
                                        found->reason.empty() ? "" : " [" + found->reason + "]",
                                        found->detail)
                          : fmt::format("+ {} not demanded", name));
  }
}

}  // namespace

Result<PolicyTable> load_policy_table(std::string text, std::string source,
                                      std::span<const Requirement* const> known) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '{') text = TRY(json_to_toml(text, source));
  TomlTable root = TRY(TomlTable::parse(std::move(text), std::move(source)));
  if (TRY(root.string("schema")) != kSchema) {
    return root.error_at("schema", fmt::format("'schema' must be \"{}\"", kSchema));
  }
  PolicyTable table{.policy = TRY(root.maybe_string("policy")).value_or(std::string())};
  std::set<std::string> seen;
  for (TomlTable& one : TRY(root.tables("case"))) {
    table.cases.push_back(TRY(read_case(one, known)));
    if (!seen.insert(table.cases.back().name).second) {
      return one.error_at("name", "a case of this name stands there twice");
    }
    if (table.cases.size() > kMaxCases) return one.error_at("name", "there are too many cases");
  }
  TRY(root.finish());
  if (!table.cases.empty()) return table;
  return root.error_at("case", "no [[case]]: nothing is tested, which is no success");
}

std::vector<std::string> mismatches(const PolicyCase& expected, const Verdict& verdict) {
  std::vector<std::string> lines;
  if (verdict.outcome != expected.result) {
    lines.push_back(fmt::format("- result {}", to_string(expected.result)));
    lines.push_back(fmt::format("+ result {}", to_string(verdict.outcome)));
  }
  const std::set<std::string> came = reasons_of(verdict);
  if (expected.reasons) {
    const std::set<std::string> wanted(expected.reasons->begin(), expected.reasons->end());
    for (const std::string& reason : wanted) {
      if (!came.contains(reason)) lines.push_back("- reason " + reason);
    }
    for (const std::string& reason : came) {
      if (!wanted.contains(reason)) lines.push_back("+ reason " + reason);
    }
  }
  compare_state(expected.met, Answer::State::met, verdict, lines);
  compare_state(expected.unmet, Answer::State::unmet, verdict, lines);
  compare_state(expected.undecided, Answer::State::undecided, verdict, lines);
  return lines;
}

}  // namespace assay
