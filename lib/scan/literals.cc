#include "scan/literals.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::size_t kShortest = 4;

/// How seldom a byte is in programs and text, roughly.
int rarity(char c) {
  if (c == '\0' || c == '\xff') return 0;
  if (std::string_view(" etaoinsr").find(c) != std::string_view::npos) return 1;
  if (c >= 'a' && c <= 'z') return 2;
  return 3;
}

int rarity_of(std::string_view bytes) {
  int sum = 0;
  for (const char c : bytes) sum += rarity(c);
  return sum;
}

std::string_view without_leading_nul(std::string_view bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of('\0'), bytes.size()));
  return bytes;
}

/// The part of `run` to look for; nothing when no part is long enough.
std::optional<std::string> window_of(std::string_view run) {
  std::string_view best;
  for (std::size_t begin = 0; begin == 0 || begin + kLongestLiteral <= run.size(); ++begin) {
    const std::string_view window = without_leading_nul(run.substr(begin, kLongestLiteral));
    if (window.size() >= kShortest && rarity_of(window) > rarity_of(best)) best = window;
  }
  if (best.empty()) return std::nullopt;
  return std::string(best);
}

std::string widened(std::string_view text) {
  std::string out;
  for (const char c : text) (out += c) += '\0';
  return out;
}

/// The literals of one group of runs; none when one of the runs has no literal.
std::vector<Literal> group_of(const std::vector<std::string>& runs,
                              const StringSyntax& string) {
  const bool is_hex = string.kind == StringSyntax::Kind::hex;
  std::vector<Literal> group;
  for (const std::string& run : runs) {
    for (const bool wide : {false, true}) {
      if (wide ? is_hex || !string.wide : !is_hex && !string.ascii) continue;
      std::optional<std::string> window = window_of(wide ? widened(run) : run);
      if (!window) return {};
      group.push_back({*std::move(window), string.caseless && !is_hex});
    }
  }
  return group;
}

std::vector<std::vector<std::string>> runs_of(const StringSyntax& string) {
  switch (string.kind) {
    case StringSyntax::Kind::text: return {{string.body}};
    case StringSyntax::Kind::hex: return hex_runs(string.body);
    case StringSyntax::Kind::regex: return regex_runs(string.body);
  }
  return {};
}

/// Reads the concrete bytes of a hex string, run by run.
class HexRuns {
 public:
  std::vector<std::vector<std::string>> run(std::string_view source) {
    for (const char c : source) {
      if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
      if (c == '(' || c == '[') ++depth_;
      if (c == '~') negated_ = true;  // any byte but the one that follows
      if (depth_ == 0 && c != '~') {
        digit(c);
      } else {
        cut();
      }
      if (c == ')' || c == ']') --depth_;
    }
    cut();
    return std::move(groups_);
  }

 private:
  void digit(char c) {
    digits_ += c;
    if (digits_.size() < 2) return;
    const std::optional<std::vector<std::byte>> byte = from_hex(digits_);
    if (byte && !negated_) {
      run_ += as_text(*byte);
    } else {
      cut();
    }
    negated_ = false;
    digits_.clear();
  }

  void cut() {
    if (!run_.empty()) groups_.push_back({std::move(run_)});
    run_.clear();
  }

  std::vector<std::vector<std::string>> groups_{};
  std::string run_{};
  std::string digits_{};
  int depth_ = 0;
  bool negated_ = false;
};

}  // namespace

std::vector<std::vector<std::string>> hex_runs(std::string_view source) {
  return HexRuns().run(source);
}

Requirement literals_of(const StringSyntax& string) {
  Requirement requirement;
  if (string.encoded) return requirement;
  for (const std::vector<std::string>& runs : runs_of(string)) {
    std::vector<Literal> group = group_of(runs, string);
    if (!group.empty()) requirement.push_back(std::move(group));
  }
  return requirement;
}

}  // namespace assay
