#include "crypto/pem.h"

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";

std::string marker(std::string_view what, std::string_view label) {
  std::string line = "-----";
  line.append(what).append(" ").append(label).append("-----");
  return line;
}

/// The line that `text` begins with, without its end; it is taken off.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view label_of(std::string_view line, std::span<const std::string_view> labels) {
  for (const std::string_view label : labels) {
    if (line == marker("BEGIN", label)) return label;
  }
  return {};
}

/// One block off the front of `text`.
std::optional<std::string> take_block(std::string_view& text,
                                      std::span<const std::string_view> labels) {
  const std::string_view label = label_of(take_line(text), labels);
  if (label.empty()) return std::nullopt;
  const std::string end = marker("END", label);
  std::string base64;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line != end) {
      base64 += line;
      continue;
    }
    const auto der = from_base64(base64);
    if (!der || der->empty()) return std::nullopt;
    return std::string(as_text(*der));
  }
  return std::nullopt;
}

}  // namespace

bool is_pem(std::string_view text, std::span<const std::string_view> labels) {
  return !label_of(take_line(text), labels).empty();
}

std::optional<std::vector<std::string>> pem_blocks(std::string_view text,
                                                   std::span<const std::string_view> labels) {
  std::vector<std::string> blocks;
  while (!text.empty()) {
    auto block = take_block(text, labels);
    if (!block) return std::nullopt;
    blocks.push_back(std::move(*block));
  }
  if (blocks.empty()) return std::nullopt;
  return blocks;
}

std::optional<std::string> der_of(std::string_view bytes,
                                  std::span<const std::string_view> labels) {
  if (!bytes.starts_with(kBegin)) return std::string(bytes);
  auto blocks = pem_blocks(bytes, labels);
  if (!blocks || blocks->size() != 1) return std::nullopt;
  return std::move(blocks->front());
}

}  // namespace assay
