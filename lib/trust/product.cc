#include "trust/product.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/time.h"

namespace assay {
namespace {

constexpr std::string_view kPlace = "{version}";

Result<VersionRule> read_version(TomlTable& table) {
  VersionRule rule;
  const std::string scheme = TRY(table.maybe_string("scheme")).value_or("semver");
  const auto known = version_scheme(scheme);
  if (!known) {
    return table.error_at("scheme", fmt::format("unknown scheme '{}'", printable(scheme)),
                          "versions are \"semver\" or \"debian\"");
  }
  rule.scheme = *known;
  rule.pattern = TRY(table.maybe_string("pattern")).value_or("");
  if (table.has("pattern") && rule.pattern.find(kPlace) == rule.pattern.npos) {
    return table.error_at("pattern", "'pattern' does not say where the version stands",
                          "\"agent-{version}.tar.gz\"");
  }
  rule.floor = TRY(table.maybe_string("floor")).value_or("");
  if (table.has("floor") && !compare_versions(rule.scheme, rule.floor, rule.floor)) {
    return table.error_at(
        "floor", fmt::format("'{}' is no version of scheme {}", printable(rule.floor), scheme));
  }
  rule.learn = TRY(table.maybe_boolean("learn")).value_or(false);
  rule.allow_equal = TRY(table.maybe_boolean("allow_equal")).value_or(true);
  TRY(table.finish());
  return rule;
}

Result<std::int64_t> read_age(TomlTable& table) {
  const auto text = TRY(table.maybe_string("max_age"));
  if (!text) return 0;
  const auto seconds = duration_seconds(*text);
  if (seconds && *seconds > 0) return *seconds;
  return table.error_at("max_age", fmt::format("'{}' is no span of time", printable(*text)),
                        "write it like \"400d\" or \"12h\"");
}

}  // namespace

Result<std::vector<std::string>> read_match(TomlTable& table) {
  std::vector<std::string> match = TRY(table.strings("match"));
  if (match.empty()) {
    return table.error_at("match", "'match' names no file",
                          "list patterns of the files this vendor may sign: \"acme-agent-*\"");
  }
  for (const std::string& glob : match) {
    const std::string why = why_no_match(glob);
    if (!why.empty()) {
      return table.error_at("match", fmt::format("'{}' in 'match' {}", printable(glob), why),
                            "begin with the product's name: \"acme-agent-*\"");
    }
  }
  return match;
}

Result<Product> read_product(TomlTable& table) {
  Product product{.name = TRY(table.string("name"))};
  if (product.name.empty() || product.name != printable(product.name)) {
    return table.error_at("name", "'name' must be plain text");
  }
  product.match = TRY(read_match(table));
  product.type = TRY(table.maybe_strings("type")).value_or(std::vector<std::string>{});
  if (table.has("type") && product.type.empty()) {
    return table.error_at("type", "'type' is empty: no file could have it");
  }
  if (const auto text = TRY(table.maybe_string("require"))) {
    auto require = parse_require(*text);
    if (!require) {
      return table.error_at("require", "'require': " + require.error().what,
                            require.error().hint);
    }
    product.require = std::move(*require);
  }
  if (auto version = TRY(table.maybe_table("version"))) {
    product.version = TRY(read_version(*version));
  }
  product.max_age = TRY(read_age(table));
  product.bind_file_name = TRY(table.maybe_boolean("bind_file_name")).value_or(false);
  TRY(table.finish());
  return product;
}

std::string why_no_match(std::string_view glob) {
  const auto control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  if (glob.empty()) return "is empty";
  if (glob.find('/') != glob.npos) return "holds a '/': patterns are for base names";
  if (!is_utf8(glob) || std::ranges::any_of(glob, control)) return "holds no plain text";
  if (glob.find_first_not_of("*?.") == glob.npos) {
    return "is too wide: the vendor could sign anybody's files";
  }
  return {};
}

std::optional<std::string> version_in(std::string_view pattern, std::string_view name) {
  const std::size_t place = pattern.find(kPlace);
  if (place == pattern.npos) return std::nullopt;
  const std::string_view before = pattern.substr(0, place);
  const std::string_view after = pattern.substr(place + kPlace.size());
  if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
      !name.ends_with(after)) {
    return std::nullopt;
  }
  return std::string(name.substr(before.size(), name.size() - before.size() - after.size()));
}

}  // namespace assay
