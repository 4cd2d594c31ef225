// TomlTable: a TOML document read strictly. Every key must be asked for; what
// nobody asked for is a typo, and a typo in a policy is a hole.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace assay {

/// A table of one TOML file. Getters without `maybe_` fail when the key is
/// absent; all fail (kind config) on a wrong type, with file, line and caret:
///   policy.toml:7: 'fail_at' must be a string
///     7 | fail_at = 3
///       | ^^^^^^^
/// Copies share the document; the file's text lives as long as any of them.
class TomlTable {
 public:
  /// `name` is how messages call the file.
  static Result<TomlTable> parse(std::string text, std::string name);

  Result<std::string> string(std::string_view key);
  Result<std::int64_t> integer(std::string_view key);
  Result<bool> boolean(std::string_view key);
  Result<Time> time(std::string_view key);  ///< offset date-time, whole seconds
  Result<std::vector<std::string>> strings(std::string_view key);
  Result<TomlTable> table(std::string_view key);

  Result<std::optional<std::string>> maybe_string(std::string_view key);
  Result<std::optional<std::int64_t>> maybe_integer(std::string_view key);
  Result<std::optional<bool>> maybe_boolean(std::string_view key);
  Result<std::optional<Time>> maybe_time(std::string_view key);
  Result<std::optional<std::vector<std::string>>> maybe_strings(std::string_view key);
  Result<std::optional<TomlTable>> maybe_table(std::string_view key);
  /// The tables of `[[key]]`, none if absent.
  Result<std::vector<TomlTable>> tables(std::string_view key);

  /// Fails if the table holds a key no getter was called for; the message
  /// proposes the nearest key that was.
  Result<void> finish() const;

  /// A config Error that points at `key` (or at the table if it has no such key).
  Error error_at(std::string_view key, const std::string& what, std::string hint = {}) const;

  /// That a key which must be there is not; points at its misspelling if there is one.
  Error missing(std::string_view key) const;

  bool has(std::string_view key) const;

 private:
  struct Document;
  struct Node;
  TomlTable(std::shared_ptr<const Document> document, std::shared_ptr<Node> node);

  std::shared_ptr<const Document> document_;
  std::shared_ptr<Node> node_;
};

}  // namespace assay
