#include "bundle/signify_comment.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::size_t kLineMax = 1024;

/// The first line, without its end, cut off from `text`; nothing if it is long or unprintable.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.substr(0, kLineMax + 1).find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(line, control)) return std::nullopt;
  text.remove_prefix(end + 1);
  return line;
}

/// The rest of a line that must begin with `name`.
std::optional<std::string_view> take_field(std::string_view& text, std::string_view name) {
  const auto line = take_line(text);
  if (!line || !line->starts_with(name)) return std::nullopt;
  return line->substr(name.size());
}

bool are_digests(std::string_view text) {
  if (text.empty() || text.size() % SignifyComment::kDigestLine != 0) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    const bool at_end = (i + 1) % SignifyComment::kDigestLine == 0;
    if (at_end ? c != '\n' : !digit) return false;
  }
  return true;
}

}  // namespace

std::optional<SignifyComment> parse_signify_comment(std::string_view comment) {
  std::string_view rest = comment;
  if (!take_field(rest, kSignifyCommentBegin) || !take_line(rest)) return std::nullopt;
  SignifyComment it{.signature = comment.substr(0, comment.size() - rest.size()),
                    .message = rest};
  const auto date = take_field(rest, "date=");
  if (!date || !take_field(rest, "key=")) return std::nullopt;
  if (take_line(rest) != "algorithm=SHA512/256" || take_line(rest) != "blocksize=65536" ||
      take_line(rest) != "" || !are_digests(rest)) {
    return std::nullopt;
  }
  it.date = *date;
  it.digests = rest;
  return it;
}

}  // namespace assay
