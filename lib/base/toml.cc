#include "base/toml.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/similar.h"

namespace assay {

/// The parsed file, and its text for the lines messages show.
struct TomlTable::Document {
  std::string text;
  std::string name;
  toml::table root;
};

/// One table of it, and the keys that were asked for.
struct TomlTable::Node {
  const toml::table* table = nullptr;
  std::set<std::string, std::less<>> asked{};
};

namespace {

/// Line `number` of `text`, counted from 1, without its end.
std::string_view line_of(std::string_view text, std::uint32_t number) {
  for (; number > 1 && !text.empty(); --number) {
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

/// "name:7: what", the line, and carets under `width` bytes from `column`.
Error pointing(const std::string& text, const std::string& name, toml::source_position where,
               std::size_t width, const std::string& what, std::string hint) {
  const std::string number = fmt::to_string(where.line);
  const std::string margin(number.size(), ' ');
  const std::string before(where.column > 0 ? where.column - 1 : 0, ' ');
  return fail(Error::Kind::config,
              fmt::format("{}:{}: {}\n  {} | {}\n  {} | {}{}", printable(name), where.line,
                          what, number, printable(line_of(text, where.line)), margin, before,
                          std::string(std::max<std::size_t>(1, width), '^')),
              std::move(hint));
}

std::optional<Time> to_time(const toml::date_time& moment) {
  if (!moment.offset || moment.time.nanosecond != 0) return std::nullopt;
  const auto local = from_rfc3339(fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", moment.date.year, unsigned{moment.date.month},
      unsigned{moment.date.day}, unsigned{moment.time.hour}, unsigned{moment.time.minute},
      unsigned{moment.time.second}));
  if (!local) return std::nullopt;
  return Time{local->seconds - std::int64_t{moment.offset->minutes} * 60};
}

}  // namespace

TomlTable::TomlTable(std::shared_ptr<const Document> document, std::shared_ptr<Node> node)
    : document_(std::move(document)), node_(std::move(node)) {}

Result<TomlTable> TomlTable::parse(std::string text, std::string name) {
  auto document = std::make_shared<Document>();
  document->text = std::move(text);
  document->name = std::move(name);
  try {
    document->root = toml::parse(document->text, document->name);
  } catch (const toml::parse_error& error) {
    return pointing(document->text, document->name, error.source().begin, 1,
                    printable(error.description()), {});
  }
  auto node = std::make_shared<Node>();
  node->table = &document->root;
  return TomlTable(std::move(document), std::move(node));
}

bool TomlTable::has(std::string_view key) const {
  return node_->table->contains(key);
}

Error TomlTable::error_at(std::string_view key, const std::string& what,
                          std::string hint) const {
  const auto found = node_->table->find(key);
  if (found == node_->table->end()) {
    const toml::source_position where = node_->table->source().begin;
    if (where.line == 0 || node_->table == &document_->root) {
      return fail(Error::Kind::config, printable(document_->name) + ": " + what,
                  std::move(hint));
    }
    return pointing(document_->text, document_->name, where, 1, what, std::move(hint));
  }
  const toml::source_region region = found->first.source();
  const std::size_t width =
      region.end.line == region.begin.line ? region.end.column - region.begin.column : 1;
  return pointing(document_->text, document_->name, region.begin, width, what, std::move(hint));
}

Result<void> TomlTable::finish() const {
  for (const auto& [key, value] : *node_->table) {
    if (node_->asked.contains(key.str())) continue;
    std::vector<std::string> known;
    for (const std::string& name : node_->asked) {
      if (!has(name)) known.push_back(name);
    }
    const std::string near = similar(key.str(), known);
    return error_at(key.str(), "unknown key '" + printable(key.str()) + "'",
                    near.empty() ? std::string() : "did you mean '" + near + "'?");
  }
  return {};
}

namespace {

/// The node under `key`, remembered as asked for; null if absent.
const toml::node* ask(const toml::table& table, std::set<std::string, std::less<>>& asked,
                      std::string_view key) {
  asked.emplace(key);
  return table.get(key);
}

}  // namespace

Result<std::optional<std::string>> TomlTable::maybe_string(std::string_view key) {
  const toml::node* node = ask(*node_->table, node_->asked, key);
  if (node == nullptr) return std::optional<std::string>();
  if (!node->is_string()) return error_at(key, fmt::format("'{}' must be a string", key));
  return std::optional(node->as_string()->get());
}

Result<std::optional<std::int64_t>> TomlTable::maybe_integer(std::string_view key) {
  const toml::node* node = ask(*node_->table, node_->asked, key);
  if (node == nullptr) return std::optional<std::int64_t>();
  if (!node->is_integer())
    return error_at(key, fmt::format("'{}' must be a whole number", key));
  return std::optional(node->as_integer()->get());
}

Result<std::optional<bool>> TomlTable::maybe_boolean(std::string_view key) {
  const toml::node* node = ask(*node_->table, node_->asked, key);
  if (node == nullptr) return std::optional<bool>();
  if (!node->is_boolean()) return error_at(key, fmt::format("'{}' must be true or false", key));
  return std::optional(node->as_boolean()->get());
}

Result<std::optional<Time>> TomlTable::maybe_time(std::string_view key) {
  const toml::node* node = ask(*node_->table, node_->asked, key);
  if (node == nullptr) return std::optional<Time>();
  const auto time = node->is_date_time() ? to_time(node->as_date_time()->get()) : std::nullopt;
  if (!time) {
    return error_at(key, fmt::format("'{}' must be a date and time with its offset", key),
                    "write it like 2027-01-31T00:00:00Z");
  }
  return std::optional(*time);
}

Result<std::optional<std::vector<std::string>>> TomlTable::maybe_strings(std::string_view key) {
  const toml::node* node = ask(*node_->table, node_->asked, key);
  if (node == nullptr) return std::optional<std::vector<std::string>>();
  std::vector<std::string> values;
  const toml::array* array = node->as_array();
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    const toml::value<std::string>* value = (*array)[i].as_string();
    if (value == nullptr) {
      array = nullptr;
    } else {
      values.push_back(value->get());
    }
  }
  if (array == nullptr)
    return error_at(key, fmt::format("'{}' must be a list of strings", key));
  return std::optional(std::move(values));
}

Result<std::optional<TomlTable>> TomlTable::maybe_table(std::string_view key) {
  const toml::node* node = ask(*node_->table, node_->asked, key);
  if (node == nullptr) return std::optional<TomlTable>();
  if (!node->is_table()) return error_at(key, fmt::format("'{}' must be a table", key));
  auto inner = std::make_shared<Node>();
  inner->table = node->as_table();
  return std::optional(TomlTable(document_, std::move(inner)));
}

Result<std::vector<TomlTable>> TomlTable::tables(std::string_view key) {
  const toml::node* node = ask(*node_->table, node_->asked, key);
  std::vector<TomlTable> values;
  if (node == nullptr) return values;
  if (!node->is_array_of_tables()) {
    return error_at(key, fmt::format("'{0}' must be tables, written [[{0}]]", key));
  }
  for (const toml::node& element : *node->as_array()) {
    auto inner = std::make_shared<Node>();
    inner->table = element.as_table();
    values.push_back(TomlTable(document_, std::move(inner)));
  }
  return values;
}

namespace {

/// A key of the table that may be a misspelling of `key`, or empty.
std::string misspelt(const toml::table& table, const std::set<std::string, std::less<>>& asked,
                     std::string_view key) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : table) {
    if (!asked.contains(name.str())) unknown.emplace_back(name.str());
  }
  return similar(key, unknown);
}

}  // namespace

Error TomlTable::missing(std::string_view key) const {
  const std::string meant = misspelt(*node_->table, node_->asked, key);
  if (meant.empty()) return error_at(key, fmt::format("'{}' is missing", key));
  return error_at(meant, "unknown key '" + printable(meant) + "'",
                  fmt::format("did you mean '{}'?", key));
}

namespace {

/// The value, or what to say when a key that must be there is not.
template <class T>
Result<T> demanded(Result<std::optional<T>> found, const TomlTable& table,
                   std::string_view key) {
  if (!found) return std::move(found.error());
  if (!*found) return table.missing(key);
  return std::move(**found);
}

}  // namespace

Result<std::string> TomlTable::string(std::string_view key) {
  return demanded(maybe_string(key), *this, key);
}
Result<std::int64_t> TomlTable::integer(std::string_view key) {
  return demanded(maybe_integer(key), *this, key);
}
Result<bool> TomlTable::boolean(std::string_view key) {
  return demanded(maybe_boolean(key), *this, key);
}
Result<Time> TomlTable::time(std::string_view key) {
  return demanded(maybe_time(key), *this, key);
}
Result<std::vector<std::string>> TomlTable::strings(std::string_view key) {
  return demanded(maybe_strings(key), *this, key);
}
Result<TomlTable> TomlTable::table(std::string_view key) {
  return demanded(maybe_table(key), *this, key);
}

}  // namespace assay
