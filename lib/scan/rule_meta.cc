#include <yara.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

Error bad_meta(const YR_RULE& rule, std::string what) {
  return fail(
      Error::Kind::config,
      std::string(rule.ns->name) + ": rule '" + rule.identifier + "': " + std::move(what),
      "every rule needs the meta fields id, severity, class, family, why, remedy and "
      "reference");
}

/// The one value of the field `key`.
Result<std::string> field(const YR_RULE& rule, std::string_view key) {
  std::optional<std::string> value;
  const YR_RULE* it = &rule;
  const YR_META* meta = nullptr;
  yr_rule_metas_foreach(it, meta) {
    if (key != meta->identifier) continue;
    if (value) return bad_meta(rule, "meta '" + std::string(key) + "' is given twice");
    if (meta->type != META_TYPE_STRING) {
      return bad_meta(rule, "meta '" + std::string(key) + "' must be a string");
    }
    value = meta->string;
  }
  if (!value) return bad_meta(rule, "meta '" + std::string(key) + "' is missing");
  if (value->empty()) return bad_meta(rule, "meta '" + std::string(key) + "' is empty");
  return *std::move(value);
}

bool is_id_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         c == '-' || c == '_' || c == '.';
}

Result<std::string> id_of(const YR_RULE& rule) {
  std::string id = TRY(field(rule, "id"));
  // Ids stand in policies, file names and URLs.
  if (!std::ranges::all_of(id, is_id_character)) {
    return bad_meta(rule, "id '" + printable(id) + "' holds more than letters, digits and -_.");
  }
  return id;
}

Result<Severity> severity_of(const YR_RULE& rule) {
  const std::string word = TRY(field(rule, "severity"));
  const std::optional<Severity> severity = severity_from(word);
  if (!severity) {
    return bad_meta(rule, "severity '" + printable(word) +
                              "' is none of critical, high, medium, low and info");
  }
  return *severity;
}

/// The first of the fields that is there as text, else `otherwise`.
std::string any_of_fields(const YR_RULE& rule, std::initializer_list<std::string_view> keys,
                          std::string otherwise) {
  for (const std::string_view key : keys) {
    auto value = field(rule, key);
    if (value) return *std::move(value);
  }
  return otherwise;
}

/// A rule of a pack: what it does not say of itself is said for it.
RuleMeta meta_of_brought(const YR_RULE& rule) {
  const std::string file = rule.ns->name;
  const std::string pack = printable(file.substr(0, file.find('/')));
  RuleMeta meta{.name = rule.identifier, .is_brought = true};
  auto id = id_of(rule);
  meta.id = id ? *std::move(id) : meta.name;
  meta.severity =
      severity_from(any_of_fields(rule, {"severity"}, "")).value_or(Severity::medium);
  meta.category = any_of_fields(rule, {"class"}, "third-party");
  meta.family = any_of_fields(rule, {"family"}, pack);
  meta.why = any_of_fields(rule, {"why", "description"},
                           "Rule " + meta.name + " of the pack " + pack + " matches.");
  meta.remedy = any_of_fields(rule, {"remedy"}, "Ask whoever wrote the rule what it means.");
  meta.reference = any_of_fields(rule, {"reference", "author"}, pack);
  return meta;
}

}  // namespace

Result<RuleMeta> read_meta(const YR_RULE& rule) {
  if (std::string_view(rule.ns->name).find('/') != std::string_view::npos) {
    return meta_of_brought(rule);
  }
  RuleMeta meta;
  meta.name = rule.identifier;
  meta.id = TRY(id_of(rule));
  meta.severity = TRY(severity_of(rule));
  meta.category = TRY(field(rule, "class"));
  meta.family = TRY(field(rule, "family"));
  meta.why = TRY(field(rule, "why"));
  meta.remedy = TRY(field(rule, "remedy"));
  meta.reference = TRY(field(rule, "reference"));
  return meta;
}

}  // namespace assay
