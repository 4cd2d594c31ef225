#include "bundle/msi_tables.h"

#include <algorithm>

#include "base/bytes.h"
#include "bundle/cfb_chains.h"

namespace assay {
namespace {

constexpr std::size_t kMostText = std::size_t{16} << 20;  // of rows
constexpr std::uint32_t kIsString = 0x0800;
constexpr std::uint32_t kBinary = 0x0900;  // but for the bit that lets it be empty
constexpr std::uint32_t kNullable = 0x1000;

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

Error no_table() {
  return cfb::corrupt("its tables do not fit together");
}

}  // namespace

Result<MsiTables> MsiTables::open(const MsiStreams& streams) {
  MsiTables tables(streams);
  TRY(tables.read_strings());
  TRY(tables.read_columns());
  return tables;
}

/// Pairs of a length and a count of uses; behind a first one that holds the code page. A
/// length over 16 bits stands in the next pair.
Result<void> MsiTables::read_strings() {
  const std::string pool = TRY(streams_("!_StringPool"));
  const std::string data = TRY(streams_("!_StringData"));
  data_.assign(data.begin(), data.end());
  constexpr std::size_t kPair = 4;
  if (pool.size() % kPair != 0) return no_table();
  if (pool.empty()) return {};
  if ((number_at(pool, 0, kPair) & 0x8000'0000U) != 0) reference_ = 3;
  strings_.emplace_back();
  std::string_view rest(data_.data(), data_.size());
  for (std::size_t at = kPair; at < pool.size(); at += kPair) {
    std::uint64_t length = number_at(pool, at, 2);
    if (length == 0 && number_at(pool, at + 2, 2) != 0) {
      at += kPair;
      if (at >= pool.size()) return no_table();
      length = number_at(pool, at, kPair);
    }
    if (length > rest.size()) return no_table();
    strings_.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return rest.empty() ? Result<void>() : no_table();
}

MsiTables::Column MsiTables::column_of(std::uint64_t type) const {
  const bool is_binary = (type & ~std::uint64_t{kNullable}) == kBinary;
  const bool is_string = !is_binary && (type & kIsString) != 0;
  const std::size_t width = (type & 0xffU) == 4 ? 4 : 2;
  return {.is_string = is_string, .width = is_string ? reference_ : width};
}

/// The table that describes all others: table, number, name and type of each column.
Result<void> MsiTables::read_columns() {
  const std::string bytes = TRY(streams_("!_Columns"));
  const std::size_t width = 2 * reference_ + 4;
  if (bytes.size() % width != 0) return no_table();
  const std::size_t count = bytes.size() / width;
  const std::size_t numbers = count * reference_, names = numbers + count * 2;
  const std::size_t types = names + count * reference_;
  for (std::size_t row = 0; row < count; ++row) {
    Column column = column_of(number_at(bytes, types + row * 2, 2) ^ 0x8000U);
    column.table = TRY(string(number_at(bytes, row * reference_, reference_)));
    column.name = TRY(string(number_at(bytes, names + row * reference_, reference_)));
    column.number = static_cast<std::uint32_t>(number_at(bytes, numbers + row * 2, 2));
    columns_.push_back(column);
  }
  std::ranges::stable_sort(columns_, {}, &Column::number);
  return {};
}

Result<std::string_view> MsiTables::string(std::uint64_t number) const {
  if (number == 0) return std::string_view();
  if (number >= strings_.size()) return no_table();
  return strings_[number];
}

Result<std::string> MsiTables::value(const Column& column, std::string_view cell) const {
  const std::uint64_t number = number_at(cell, 0, cell.size());
  if (column.is_string) return std::string(TRY(string(number)));
  const std::uint64_t bias = std::uint64_t{1} << (8 * cell.size() - 1);
  if (number == 0) return std::string();
  return std::to_string(static_cast<std::int64_t>(number) - static_cast<std::int64_t>(bias));
}

Result<std::vector<MsiTables::Row>> MsiTables::rows(
    std::string_view table, std::span<const std::string_view> columns) const {
  const std::string bytes = TRY(streams_("!" + std::string(table)));
  std::vector<Column> all;
  std::size_t width = 0;
  for (const Column& column : columns_) {
    if (column.table != table) continue;
    all.push_back(column);
    width += column.width;
  }
  std::vector<Row> rows;
  if (bytes.empty()) return rows;
  if (width == 0 || bytes.size() % width != 0) return no_table();
  const std::size_t count = bytes.size() / width;
  std::size_t text = 0;
  for (std::size_t row = 0; row < count; ++row) {
    Row wanted(columns.size());
    std::size_t before = 0;
    for (const Column& column : all) {
      const std::string_view cell =
          std::string_view(bytes).substr(before * count + row * column.width, column.width);
      before += column.width;
      const auto place = std::ranges::find(columns, column.name);
      if (place == columns.end()) continue;
      std::string& out = wanted[static_cast<std::size_t>(place - columns.begin())];
      out = TRY(value(column, cell));
      text += out.size() + sizeof out;
    }
    if (text > kMostText) {
      return undecided("limit-decoder-memory", "msi: a table holds more text than is read");
    }
    rows.push_back(std::move(wanted));
  }
  return rows;
}

Result<std::string> msi_actions(const MsiStreams& streams) {
  constexpr std::string_view kColumns[] = {"Action", "Type", "Source", "Target"};
  const MsiTables tables = TRY(MsiTables::open(streams));
  std::string text;
  for (const MsiTables::Row& row : TRY(tables.rows("CustomAction", kColumns))) {
    if (text.empty()) text = kMsiActions;
    for (const std::string& value : row) {
      if (&value != &row.front()) text += '\t';
      text += printable(value);
    }
    text += '\n';
  }
  return text;
}

}  // namespace assay
