#include "trust/version.h"

#include <algorithm>
#include <vector>

namespace assay {
namespace {

using std::strong_ordering;

constexpr std::size_t kMaxLength = 256;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// Digits of any length: the longer one is the greater, zeros in front aside.
strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  const auto trimmed = [](std::string_view text) {
    return text.substr(std::min(text.find_first_not_of('0'), text.size()));
  };
  a = trimmed(a);
  b = trimmed(b);
  const auto by_length = a.size() <=> b.size();
  return by_length != 0 ? by_length : a.compare(b) <=> 0;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// --- Semantic Versioning 2.0.0, part 11 ---

struct Semver {
  std::vector<std::string_view> numbers{};
  std::vector<std::string_view> pre{};  ///< identifiers of the pre-release; none: a release
};

bool is_identifier(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_digit(c) || is_letter(c) || c == '-';
  });
}

std::optional<Semver> parse_semver(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  text = text.substr(0, text.find('+'));  // build metadata has no rank
  Semver version;
  const std::size_t dash = text.find('-');
  if (dash != text.npos) version.pre = split(text.substr(dash + 1), '.');
  version.numbers = split(text.substr(0, dash), '.');
  if (!std::ranges::all_of(version.numbers, is_number) || version.numbers.size() > 4 ||
      !std::ranges::all_of(version.pre, is_identifier)) {
    return std::nullopt;
  }
  return version;
}

strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
  if (is_number(a) && is_number(b)) return compare_numbers(a, b);
  if (is_number(a) != is_number(b)) {
    return is_number(a) ? strong_ordering::less : strong_ordering::greater;
  }
  return a.compare(b) <=> 0;
}

strong_ordering compare_pre(const Semver& a, const Semver& b) {
  // A release is later than everything that led to it.
  if (a.pre.empty() || b.pre.empty()) return b.pre.size() <=> a.pre.size();
  for (std::size_t i = 0; i < std::min(a.pre.size(), b.pre.size()); ++i) {
    const auto order = compare_identifiers(a.pre[i], b.pre[i]);
    if (order != 0) return order;
  }
  return a.pre.size() <=> b.pre.size();
}

strong_ordering compare(const Semver& a, const Semver& b) {
  for (std::size_t i = 0; i < std::max(a.numbers.size(), b.numbers.size()); ++i) {
    const auto order = compare_numbers(i < a.numbers.size() ? a.numbers[i] : "0",
                                       i < b.numbers.size() ? b.numbers[i] : "0");
    if (order != 0) return order;
  }
  return compare_pre(a, b);
}

// --- Debian Policy 5.6.12 ---

struct DebianVersion {
  std::string_view epoch = "0";
  std::string_view upstream{};
  std::string_view revision = "0";
};

bool is_debian_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_digit(c) || is_letter(c) || c == '.' || c == '+' || c == '-' || c == '~' ||
           c == ':';
  });
}

std::optional<DebianVersion> parse_debian(std::string_view text) {
  DebianVersion version;
  if (const std::size_t colon = text.find(':'); colon != text.npos) {
    version.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const std::size_t dash = text.rfind('-');
  version.upstream = text.substr(0, dash);
  if (dash != text.npos) version.revision = text.substr(dash + 1);
  if (!is_number(version.epoch) || !is_debian_text(version.upstream) ||
      !is_debian_text(version.revision)) {
    return std::nullopt;
  }
  return version;
}

/// Rank of a byte outside digits: '~' before the end, letters before all else.
int rank(std::string_view text, std::size_t at) {
  if (at >= text.size() || is_digit(text[at])) return 0;
  if (text[at] == '~') return -1;
  return is_letter(text[at]) ? text[at] : text[at] + 256;
}

strong_ordering compare_debian_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a[0])) || (!b.empty() && !is_digit(b[0]))) {
      const auto order = rank(a, 0) <=> rank(b, 0);
      if (order != 0) return order;
      a.remove_prefix(std::min<std::size_t>(1, a.size()));
      b.remove_prefix(std::min<std::size_t>(1, b.size()));
    }
    const auto digits = [](std::string_view text) {
      return text.substr(
          0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()));
    };
    const std::string_view number_a = digits(a), number_b = digits(b);
    const auto order = compare_numbers(number_a, number_b);
    if (order != 0) return order;
    a.remove_prefix(number_a.size());
    b.remove_prefix(number_b.size());
  }
  return strong_ordering::equal;
}

strong_ordering compare(const DebianVersion& a, const DebianVersion& b) {
  const auto by_epoch = compare_numbers(a.epoch, b.epoch);
  if (by_epoch != 0) return by_epoch;
  const auto by_upstream = compare_debian_part(a.upstream, b.upstream);
  return by_upstream != 0 ? by_upstream : compare_debian_part(a.revision, b.revision);
}

template <auto parse>
std::optional<strong_ordering> compare_by(std::string_view a, std::string_view b) {
  const auto first = parse(a), second = parse(b);
  if (!first || !second) return std::nullopt;
  return compare(*first, *second);
}

}  // namespace

std::optional<VersionScheme> version_scheme(std::string_view name) {
  if (name == "semver") return VersionScheme::semver;
  if (name == "debian") return VersionScheme::debian;
  return std::nullopt;
}

std::optional<strong_ordering> compare_versions(VersionScheme scheme, std::string_view a,
                                                std::string_view b) {
  if (a.size() > kMaxLength || b.size() > kMaxLength) return std::nullopt;
  switch (scheme) {
    case VersionScheme::semver: return compare_by<parse_semver>(a, b);
    case VersionScheme::debian: return compare_by<parse_debian>(a, b);
  }
  return std::nullopt;
}

}  // namespace assay
