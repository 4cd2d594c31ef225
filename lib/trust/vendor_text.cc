#include "trust/vendor_text.h"

#include <fmt/format.h>

#include <vector>

namespace assay {
namespace {

/// A TOML basic string.
std::string toml_string(std::string_view text) {
  std::string value = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') value += '\\';
    value += c;
  }
  return value + '"';
}

std::string list_line(std::string_view field, std::span<const std::string> values) {
  std::string line;
  for (const std::string& value : values)
    line += (line.empty() ? "" : ", ") + toml_string(value);
  return fmt::format("{} = [{}]\n", field, line);
}

/// The lines, each with its line feed.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == text.npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1);
}

/// `match = [...]` with nothing behind the bracket.
bool is_match_line(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with("match") || !line.ends_with(']')) return false;
  return trimmed(line.substr(5)).starts_with('=');
}

bool is_key_header(std::string_view line) {
  return trimmed(line).starts_with("[[key]]");
}
bool is_header(std::string_view line) {
  return trimmed(line).starts_with('[');
}
bool is_comment(std::string_view line) {
  return trimmed(line).starts_with('#');
}

std::string joined(std::span<const std::string_view> lines) {
  std::string text;
  for (const std::string_view line : lines) text += line;
  return text;
}

/// One past the block that begins at `begin`; comments above the next header are that one's.
std::size_t end_of_block(std::span<const std::string_view> lines, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < lines.size() && !is_header(lines[end])) ++end;
  while (end > begin + 1 && is_comment(lines[end - 1])) --end;
  return end;
}

}  // namespace

std::string new_vendor_text(const NewPin& pin, std::span<const std::string> match) {
  std::string text =
      "# Whose updates are believed, and under which names. See assay-trust(5).\n"
      "# assay cannot know that the keys below are this vendor's own: compare each with a\n"
      "# source other than the download, and write down in 'reviewed' who did it and how.\n"
      "schema = \"assay-vendor/1\"\n";
  text += fmt::format("vendor = {}\n{}", toml_string(pin.vendor), list_line("match", match));
  if (!pin.reviewed_by.empty()) {
    text += fmt::format("reviewed = {{ by = {}, at = {}, how = {} }}\n",
                        toml_string(pin.reviewed_by), to_rfc3339(pin.reviewed_at),
                        toml_string(pin.reviewed_how));
  }
  return text;
}

std::string key_block(const NewPin& pin, std::string_view file) {
  std::string block = fmt::format(
      "\n[[key]]\n# as {} shows it: {}\nname = {}\nformat = {}\nid = {}\nfile = {}\n",
      pin.key.format, pin.key.display_id, toml_string(pin.key_name),
      toml_string(pin.key.format), toml_string(pin.key.id), toml_string(file));
  block += list_line("algorithms", pin.key.algorithms);
  if (!pin.key.usages.empty()) block += list_line("usages", pin.key.usages);
  if (!pin.roles.empty()) block += list_line("roles", pin.roles);
  if (!pin.operator_name.empty()) {
    block += fmt::format("operator = {}\n", toml_string(pin.operator_name));
  }
  if (pin.valid_from) block += fmt::format("valid_from = {}\n", to_rfc3339(*pin.valid_from));
  if (pin.valid_until) block += fmt::format("valid_until = {}\n", to_rfc3339(*pin.valid_until));
  return block;
}

std::optional<std::string> with_match(std::string_view text,
                                      std::span<const std::string> match) {
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size() && !is_header(lines[i]); ++i) {
    if (!is_match_line(lines[i])) continue;
    return joined(std::span(lines).first(i)) + list_line("match", match) +
           joined(std::span(lines).subspan(i + 1));
  }
  return std::nullopt;
}

std::optional<std::string> without_key(std::string_view text, std::size_t index) {
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_key_header(lines[i])) continue;
    if (index-- > 0) continue;
    return joined(std::span(lines).first(i)) +
           joined(std::span(lines).subspan(end_of_block(lines, i)));
  }
  return std::nullopt;
}

}  // namespace assay
