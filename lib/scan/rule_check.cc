#include "scan/rule_check.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/bytes.h"
#include "scan/compile.h"
#include "scan/condition_value.h"
#include "scan/literals.h"
#include "scan/rule_syntax.h"

namespace assay {
namespace {

using Kind = RuleComplaint::Kind;

/// Which file, and of what its complaints are made.
class FileCheck {
 public:
  FileCheck(const RuleFile& file, const std::vector<std::string>& modules,
            std::vector<RuleComplaint>& out)
      : file_(file), modules_(modules), out_(out), text_(file.text) {}

  void run(Compiles compiles) {
    if (file_.text.find('\0') != std::string::npos) {
      complain(Kind::broken, "", 0, "the file holds a NUL byte");
      return;
    }
    if (compiles == Compiles::unknown) compile();
    lint();
  }

 private:
  std::size_t line_of(std::size_t at) const {
    return 1 + static_cast<std::size_t>(std::count(
                   text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }

  /// Where line `number` begins, or the end.
  std::size_t begin_of(std::size_t number) const {
    std::size_t at = 0;
    for (; number > 1; --number) {
      at = file_.text.find('\n', at);
      if (at == std::string::npos) return file_.text.size();
      ++at;
    }
    return at;
  }

  /// Where the line begins that `at` is in; its newline belongs to it.
  std::size_t line_begin(std::size_t at) const {
    return at == 0 ? 0 : text_.rfind('\n', at - 1) + 1;  // npos + 1 is the start
  }

  std::string_view line_at(std::size_t begin) const {
    const std::string_view rest = std::string_view(file_.text).substr(begin);
    const std::string_view line = rest.substr(0, rest.find('\n'));
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
  }

  /// Points at `word` of the line, or at all of it.
  void complain(Kind kind, std::string rule, std::size_t line, std::string what,
                std::string_view word = {}) {
    RuleComplaint made{.kind = kind, .file = file_.name, .rule = std::move(rule), .line = line};
    made.what = std::move(what);
    if (line > 0) {
      const std::string_view text = line_at(begin_of(line));
      const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
      const std::size_t found = word.empty() ? std::string_view::npos : text.find(word);
      made.column = 1 + (found == std::string_view::npos ? first : found);
      made.width = found == std::string_view::npos ? text.size() - first : word.size();
      made.text = std::string(text);
    }
    out_.push_back(std::move(made));
  }

  void complain_at(Kind kind, const RuleSyntax& rule, std::size_t at, std::string what,
                   std::string_view word) {
    complain(kind, rule.name, line_of(at), std::move(what), word);
  }

  // --- What libyara says -------------------------------------------------------

  /// Takes one bad rule out after the other, until the rest compiles.
  void compile() {
    while (true) {
      const std::vector<CompilerNote> notes = compile_notes({file_.name, text_});
      const auto error = std::ranges::find(notes, false, &CompilerNote::is_warning);
      if (error == notes.end()) {
        for (const CompilerNote& note : notes) warn(note);
        return;
      }
      if (!take_out(*error)) return;
    }
  }

  void warn(const CompilerNote& note) {
    if (file_.tolerant) return;
    complain(Kind::slow, note.rule, note.line, printable(note.message), quoted(note.message));
  }

  static std::string quoted(std::string_view message) {
    const std::size_t begin = message.find('"');
    if (begin == std::string_view::npos) return {};
    const std::size_t end = message.find('"', begin + 1);
    if (end == std::string_view::npos) return {};
    return std::string(message.substr(begin + 1, end - begin - 1));
  }

  static bool begins_rule(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    for (const std::string_view word : {"rule ", "private ", "global "}) {
      if (line.starts_with(word)) return true;
    }
    return false;
  }

  static std::string rule_name(std::string_view line) {
    std::size_t at = line.find("rule ");
    if (at == std::string_view::npos) return {};
    at = std::min(line.find_first_not_of(' ', at + 5), line.size());
    const std::string_view rest = line.substr(at);
    return printable(rest.substr(0, rest.find_first_of(" \t:{")));
  }

  /// Where the line begins that begins the rule that `at` is in; 0 without one.
  std::size_t rule_before(std::size_t at) const {
    std::size_t begin = line_begin(at);
    while (begin > 0 && !begins_rule(std::string_view(text_).substr(begin))) {
      begin = line_begin(begin - 1);
    }
    return begin;
  }

  /// The rule the error is in is complained of and blanked. False when there is none.
  bool take_out(const CompilerNote& error) {
    const std::size_t line = error.line == 0 ? line_of(text_.size()) : error.line;
    std::size_t begin = rule_before(begin_of(line));
    // The word that begins a rule is an error where the rule before it has no end.
    const std::size_t other = begin == 0 ? 0 : rule_before(begin - 1);
    const bool before =
        begin == begin_of(line) && other != begin &&
        begins_rule(std::string_view(text_).substr(other)) &&
        parse_rules(std::string_view(text_).substr(other, begin - other)).empty();
    if (before) begin = other;
    if (!begins_rule(std::string_view(text_).substr(begin))) {
      complain(Kind::broken, "", error.line, printable(error.message), quoted(error.message));
      return false;
    }
    std::size_t end = begin;
    do {
      end = std::min(text_.find('\n', end), text_.size() - 1) + 1;
    } while (end < text_.size() && !begins_rule(std::string_view(text_).substr(end)));
    const std::string_view head = std::string_view(text_).substr(begin);
    // An unknown name is told of at the rule's end.
    const std::string word = quoted(error.message);
    const std::size_t named = head.substr(0, end - begin).rfind(word);
    const bool elsewhere = !word.empty() && named != std::string_view::npos &&
                           line_at(begin_of(line)).find(word) == std::string_view::npos;
    complain(Kind::broken, rule_name(head.substr(0, head.find('\n'))),
             before      ? line_of(begin)
             : elsewhere ? line_of(begin + named)
                         : line,
             printable(error.message), word);
    for (std::size_t i = begin; i < end; ++i) {
      if (text_[i] != '\n') text_[i] = ' ';
    }
    return true;
  }

  // --- What libyara does not say -----------------------------------------------

  void lint() {
    const std::optional<std::vector<Token>> tokens = tokens_of(text_);
    if (!tokens) return;
    const std::vector<RuleSyntax> rules = parse_rules(text_);
    for (const RuleSyntax& rule : rules) {
      const auto begin = static_cast<std::size_t>(rule.text.data() - text_.data());
      lint_tokens(rule, *tokens, begin, begin + rule.text.size());
      lint_condition(rule, begin);
    }
  }

  void lint_tokens(const RuleSyntax& rule, const std::vector<Token>& tokens, std::size_t begin,
                   std::size_t end) {
    std::vector<std::string> named;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const Token& token = tokens[i];
      if (token.begin < begin || token.begin >= end) continue;
      if (token.kind == Token::Kind::count && tokens[i + 1].is_word("in")) {
        complain_at(Kind::unsupported, rule, token.begin,
                    "libyara 4.2 fails on a count within a range, and with it the whole scan",
                    "#" + token.text + " in");
      }
      if (token.kind != Token::Kind::word || !tokens[i + 1].is_sign(".") ||
          !is_imported(tokens, token.text) || is_offered(token.text) ||
          std::ranges::find(named, token.text) != named.end()) {
        continue;
      }
      named.push_back(token.text);
      complain_at(Kind::module, rule, token.begin,
                  "module '" + printable(token.text) +
                      "' is not offered: it would read hostile files; a policy can allow it",
                  token.text + ".");
    }
  }

  static bool is_imported(const std::vector<Token>& tokens, const std::string& name) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i].is_word("import") && tokens[i + 1].is(Token::Kind::text, name)) return true;
    }
    return false;
  }

  bool is_offered(const std::string& module) const {
    return std::ranges::find(kModulesOffered, module) != std::end(kModulesOffered) ||
           std::ranges::find(modules_, module) != modules_.end();
  }

  /// Whether the condition can be true of some file in which these strings may be.
  static bool can_match(const RuleSyntax& rule, const std::vector<Presence>& strings) {
    const std::vector<Answers> earlier(4096, kAnyAnswer);
    const RuleFacts facts{.strings = strings, .earlier = earlier};
    return (ConditionMachine().evaluate(rule.condition, {.is_known = false}, facts) & kYes) !=
           0;
  }

  static bool names_only_known_rules(const RuleSyntax& rule) {
    return std::ranges::all_of(rule.condition, [](const Step& step) {
      return (step.op != Step::Op::rule && step.op != Step::Op::of_rules) ||
             std::ranges::all_of(step.set, [](std::uint32_t place) { return place < 4096; });
    });
  }

  void lint_condition(const RuleSyntax& rule, std::size_t begin) {
    if (rule.opaque || !names_only_known_rules(rule)) return;
    std::vector<Presence> all(rule.strings.size(), Presence::possible);
    if (!can_match(rule, all)) {
      complain_at(Kind::unreachable, rule, begin, "its condition is false whatever the file is",
                  rule.name);
      return;
    }
    const bool said = std::ranges::any_of(out_, [&](const RuleComplaint& complaint) {
      return complaint.file == file_.name && complaint.rule == rule.name;
    });
    if (said || file_.tolerant || rule.strings.empty()) return;
    const StringSyntax* bare = nullptr;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!literals_of(rule.strings[i]).empty()) {
        all[i] = Presence::absent;
      } else if (bare == nullptr) {
        bare = &rule.strings[i];
      }
    }
    if (bare == nullptr || !can_match(rule, all)) return;
    const std::string id = "$" + bare->id;
    const std::size_t at = rule.text.find(id);
    complain_at(Kind::no_literal, rule, begin + (at == std::string_view::npos ? 0 : at),
                "string " + id +
                    " has no four bytes in a row to look for, and the rule can match by it",
                id);
  }

  const RuleFile& file_;
  const std::vector<std::string>& modules_;
  std::vector<RuleComplaint>& out_;
  std::string text_;  ///< the file's, with the rules that do not compile blanked out
};

}  // namespace

std::vector<RuleComplaint> check_rules(const std::vector<RuleFile>& files,
                                       const std::vector<std::string>& modules,
                                       Compiles compiles) {
  std::vector<RuleComplaint> found;
  for (const RuleFile& file : files) {
    if (file.name.ends_with(".yar")) FileCheck(file, modules, found).run(compiles);
  }
  std::ranges::stable_sort(found, [](const RuleComplaint& a, const RuleComplaint& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  return found;
}

std::string_view to_string(RuleComplaint::Kind kind) {
  switch (kind) {
    case Kind::broken: return "broken";
    case Kind::unsupported: return "unsupported";
    case Kind::module: return "module";
    case Kind::slow: return "slow";
    case Kind::no_literal: return "no literal";
    case Kind::unreachable: return "unreachable";
  }
  return "broken";
}

std::string to_text(const RuleComplaint& complaint) {
  const std::string number = complaint.line > 0 ? std::to_string(complaint.line) : "";
  std::string out = printable(complaint.file) + (number.empty() ? "" : ":" + number) + ": ";
  if (!complaint.rule.empty()) out += "rule '" + printable(complaint.rule) + "': ";
  out += std::string(to_string(complaint.kind)) + ": " + complaint.what;
  if (number.empty()) return out;
  const std::string margin(number.size(), ' ');
  // printable() may show a character as several; carets stand below all the same.
  const std::size_t shift = printable(complaint.text.substr(0, complaint.column - 1)).size();
  return out + "\n  " + number + " | " + printable(complaint.text) + "\n  " + margin + " | " +
         std::string(shift, ' ') + std::string(std::max<std::size_t>(1, complaint.width), '^');
}

}  // namespace assay
