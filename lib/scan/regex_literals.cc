// Runs of characters that every match of a regular expression holds. Reads
// YARA's dialect; anything that may be absent or may differ ends a run.

#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "scan/literals.h"

namespace assay {
namespace {

class RegexRuns {
 public:
  explicit RegexRuns(std::string_view source) : source_(source) {}

  std::vector<std::vector<std::string>> run() {
    while (at_ < source_.size()) {
      if (source_[at_] == '|') {
        end_branch();
        ++at_;
      } else {
        atom();
      }
    }
    end_branch();
    if (gave_up_) return {};
    if (branches_.size() == 1) return each_alone(branches_.front());
    return {longest_of_each()};
  }

 private:
  using Branch = std::vector<std::string>;

  /// A character, class, group or assertion, with how often it may be there.
  void atom() {
    const std::optional<char> character = next();
    const std::size_t end = end_of_repetition();
    const bool may_be_absent = end > at_ && absent_allowed();
    if (character && !may_be_absent) run_ += *character;
    if (!character || end > at_) cut();
    at_ = end;
    if (end_of_repetition() > at_) gave_up_ = true;  // repeated repetition
  }

  /// The character the next atom stands for; nothing for every other atom.
  std::optional<char> next() {
    const char c = source_[at_++];
    switch (c) {
      case '\\': return escape();
      case '[': return skip_class(), std::nullopt;
      case '(': return skip_group(), std::nullopt;
      case '.':
      case '{':
      case '^':
      case '$': return std::nullopt;
      default: return c;
    }
  }

  std::optional<char> escape() {
    const char c = at_ < source_.size() ? source_[at_++] : '\0';
    switch (c) {
      case 'n': return '\n';
      case 't': return '\t';
      case 'r': return '\r';
      case 'f': return '\f';
      case 'a': return '\a';
      case 'x': return hex_byte();
      default: break;
    }
    const bool is_class =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '\0';
    return is_class ? std::nullopt : std::optional<char>(c);
  }

  std::optional<char> hex_byte() {
    const auto byte = from_hex(source_.substr(std::min(at_, source_.size()), 2));
    at_ += 2;
    if (!byte || byte->size() != 1) return std::nullopt;
    return as_text(*byte).front();
  }

  void skip_class() {
    if (at_ < source_.size() && source_[at_] == '^') ++at_;
    if (at_ < source_.size() && source_[at_] == ']') ++at_;
    while (at_ < source_.size() && source_[at_] != ']') at_ += source_[at_] == '\\' ? 2U : 1U;
    ++at_;
  }

  void skip_group() {
    for (int depth = 1; depth > 0 && at_ < source_.size();) {
      const char c = source_[at_++];
      if (c == '\\') ++at_;
      if (c == '[') skip_class();
      if (c == '(') ++depth;
      if (c == ')') --depth;
    }
  }

  bool absent_allowed() const {
    const std::string_view rest = source_.substr(at_);
    return rest[0] == '*' || rest[0] == '?' || rest.starts_with("{0") || rest.starts_with("{,");
  }

  /// Behind the `*`, `+`, `?` or `{2,3}` that stands here, if one does.
  std::size_t end_of_repetition() const {
    if (at_ >= source_.size()) return at_;
    std::size_t end = at_ + 1;
    if (source_[at_] == '{') {
      end = source_.find_first_not_of("0123456789,", end);
      if (end == std::string_view::npos || source_[end] != '}') return at_;
      ++end;
    } else if (std::string_view("*+?").find(source_[at_]) == std::string_view::npos) {
      return at_;
    }
    if (end < source_.size() && source_[end] == '?') ++end;  // as few as possible
    return end;
  }

  void cut() {
    if (!run_.empty()) branch_.push_back(std::exchange(run_, {}));
  }

  void end_branch() {
    cut();
    branches_.push_back(std::exchange(branch_, {}));
  }

  static std::vector<Branch> each_alone(const Branch& branch) {
    std::vector<Branch> groups;
    for (const std::string& run : branch) groups.push_back({run});
    return groups;
  }

  Branch longest_of_each() const {
    Branch group;
    for (const Branch& branch : branches_) {
      const auto longest = std::ranges::max_element(branch, {}, &std::string::size);
      group.push_back(longest == branch.end() ? std::string() : *longest);
    }
    return group;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::string run_{};
  Branch branch_{};
  std::vector<Branch> branches_{};
  bool gave_up_ = false;
};

}  // namespace

std::vector<std::vector<std::string>> regex_runs(std::string_view source) {
  return RegexRuns(source).run();
}

}  // namespace assay
