#include "report/escape.h"

#include <fmt/format.h>

namespace assay {
namespace {

bool is_visible(char c) {
  return c >= 0x20 && c < 0x7f;
}

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

unsigned value_of(char c) {
  return static_cast<unsigned char>(c);
}

/// Every character of the visible text through `one`.
template <class One>
std::string each(std::string_view text, One one) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : visible(text)) safe += one(c);
  return safe;
}

std::string itself(char c) {
  return std::string(1, c);
}

std::string percent(char c) {
  return fmt::format("%{:02X}", value_of(c));
}

/// The runner finds the older form of a command, "##[error]", anywhere in a line.
std::string without_old_commands(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    safe += c == '#' && safe.ends_with('#') ? "\\x23" : itself(c);
  }
  return safe;
}

}  // namespace

std::string visible(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (const char c : text) {
    shown += is_visible(c) ? itself(c) : fmt::format("\\x{:02x}", value_of(c));
  }
  return shown;
}

std::string xml_text(std::string_view text) {
  return each(text, [](char c) -> std::string {
    switch (c) {
      case '&': return "&amp;";
      case '<': return "&lt;";
      case '>': return "&gt;";  // also ends the danger of "]]>"
      case '"': return "&quot;";
      case '\'': return "&#39;";
      default: return itself(c);
    }
  });
}

std::string workflow_data(std::string_view text) {
  return each(without_old_commands(text), [](char c) { return c == '%' ? "%25" : itself(c); });
}

std::string workflow_property(std::string_view text) {
  return each(without_old_commands(text),
              [](char c) { return c == '%' || c == ':' || c == ',' ? percent(c) : itself(c); });
}

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kPlain = " /,()-;'\"=?%";
  return each(text, [&](char c) {
    const bool plain = is_alnum(c) || kPlain.find(c) != kPlain.npos;
    return plain ? itself(c) : fmt::format("&#{};", value_of(c));
  });
}

std::string markdown_code(std::string_view text) {
  return "<code>" + markdown_text(text) + "</code>";
}

std::string prometheus_label(std::string_view text) {
  return each(text, [](char c) {
    return c == '\\' || c == '"' ? std::string{'\\', c} : itself(c);
  });
}

std::string uri_segment(std::string_view raw) {
  constexpr std::string_view kUnreserved = "-._~";
  const bool only_dots = raw.find_first_not_of('.') == raw.npos;
  std::string segment;
  for (const char c : raw) {
    const bool plain = is_alnum(c) || kUnreserved.find(c) != kUnreserved.npos;
    segment += plain && !only_dots ? itself(c) : percent(c);
  }
  return segment.empty() ? "unnamed" : segment;
}

std::string dotenv_value(std::string_view text) {
  constexpr std::string_view kPlain = "-._:/+@,";
  return each(text, [&](char c) {
    return is_alnum(c) || kPlain.find(c) != kPlain.npos ? itself(c) : std::string("_");
  });
}

std::string shortened(std::string text, std::size_t most) {
  constexpr std::string_view kMark = "...";
  if (text.size() <= most) return text;
  text.resize(most < kMark.size() ? 0 : most - kMark.size());
  return text.append(kMark.substr(0, most));
}

}  // namespace assay
