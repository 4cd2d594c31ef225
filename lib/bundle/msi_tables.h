// The database in a package of Windows Installer: a pool of strings, and tables that stand
// in streams of their own, column by column.

#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace assay {

/// The content of the stream of that name, "!_StringPool"; empty if there is none.
using MsiStreams = std::function<Result<std::string>(std::string_view name)>;

class MsiTables {
 public:
  using Row = std::vector<std::string>;

  /// Reads the strings and what columns there are. `streams` must outlive it. Fails as
  /// malformed (corrupt-stream) where they do not fit together.
  static Result<MsiTables> open(const MsiStreams& streams);

  /// Every row of a table, of each the columns named; integers in decimal. None if there is
  /// no such table. Fails as malformed, or undecided (limit-decoder-memory).
  Result<std::vector<Row>> rows(std::string_view table,
                                std::span<const std::string_view> columns) const;

 private:
  struct Column {
    std::string_view table{};
    std::string_view name{};
    std::uint32_t number = 0;
    bool is_string = false;
    std::size_t width = 0;
  };

  explicit MsiTables(const MsiStreams& streams) : streams_(streams) {}
  Result<void> read_strings();
  Result<void> read_columns();
  Result<std::string_view> string(std::uint64_t number) const;
  Column column_of(std::uint64_t type) const;
  Result<std::string> value(const Column& column, std::string_view cell) const;

  const MsiStreams& streams_;
  std::vector<char> data_{};                 ///< views of it stay true when this is moved
  std::vector<std::string_view> strings_{};  ///< by number; the first is none
  std::size_t reference_ = 2;                ///< bytes of a string's number
  std::vector<Column> columns_{};
};

/// What Windows Installer runs of the package's own accord: a line that says what this is,
/// then one for each row of CustomAction: its name, type, source and target, parted by tabs,
/// each as printable() shows it. Empty if there is no row.
Result<std::string> msi_actions(const MsiStreams& streams);

/// The first line of that.
inline constexpr std::string_view kMsiActions = "msi-actions\n";

}  // namespace assay
