#include "scan/rule_syntax.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace assay {
namespace {

using Kind = Token::Kind;

class FileParser {
 public:
  FileParser(std::string_view source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  std::vector<RuleSyntax> run() {
    while (peek().kind != Kind::end && next()) {
    }
    return std::move(rules_);
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }

  bool accept_word(std::string_view word) {
    const bool here = peek().is_word(word);
    if (here) ++at_;
    return here;
  }

  bool accept_sign(std::string_view sign) {
    const bool here = peek().is_sign(sign);
    if (here) ++at_;
    return here;
  }

  /// `section:` begins here.
  bool at_section(std::string_view section) const {
    return peek().is_word(section) && peek(1).is_sign(":");
  }

  bool next() {
    if (accept_word("import") || accept_word("include")) return ++at_, true;
    RuleSyntax rule;
    const std::size_t begin = peek().begin;
    while (peek().is_word("private") || peek().is_word("global")) {
      (peek().is_word("private") ? rule.is_private : rule.is_global) = true;
      ++at_;
    }
    if (!accept_word("rule") || peek().kind != Kind::word) return false;
    rule.name = tokens_[at_++].text;
    while (peek().is_sign(":") || peek().kind == Kind::word) ++at_;  // tags
    if (!accept_sign("{") || !body(rule)) return false;
    rule.text = source_.substr(begin, tokens_[at_ - 1].end - begin);
    rules_.push_back(std::move(rule));
    return true;
  }

  bool body(RuleSyntax& rule) {
    skip_to_section();  // past meta
    if (at_section("strings")) {
      at_ += 2;
      rule.opaque = !strings(rule);
      skip_to_section();
    }
    if (!at_section("condition")) return false;
    at_ += 2;
    std::vector<Token> condition;
    while (peek().kind != Kind::end && !peek().is_sign("}"))
      condition.push_back(tokens_[at_++]);
    if (!accept_sign("}")) return false;
    condition.emplace_back();
    rule.opaque = rule.opaque || !parse_condition(condition, rules_, rule);
    return true;
  }

  void skip_to_section() {
    while (peek().kind != Kind::end && !peek().is_sign("}") && !at_section("strings") &&
           !at_section("condition")) {
      ++at_;
    }
  }

  bool strings(RuleSyntax& rule) {
    while (!at_section("condition")) {
      if (peek().kind != Kind::string || !peek(1).is_sign("=")) return false;
      StringSyntax string{.id = peek().text};
      at_ += 2;
      if (!value(string) || !modifiers(string)) return false;
      rule.strings.push_back(std::move(string));
    }
    return true;
  }

  bool value(StringSyntax& string) {
    const Token& token = peek();
    if (token.kind == Kind::text) {
      string.kind = StringSyntax::Kind::text;
    } else if (token.kind == Kind::hex) {
      string.kind = StringSyntax::Kind::hex;
    } else if (token.kind == Kind::regex) {
      string.kind = StringSyntax::Kind::regex;
      string.caseless = token.caseless;
    } else {
      return false;
    }
    string.body = token.text;
    ++at_;
    return true;
  }

  bool modifiers(StringSyntax& string) {
    while (peek().kind == Kind::word && !at_section("condition")) {
      const std::string& word = tokens_[at_++].text;
      if (word == "nocase")
        string.caseless = true;
      else if (word == "ascii")
        string.ascii = true;
      else if (word == "wide")
        string.wide = true;
      else if (word == "xor" || word == "base64" || word == "base64wide")
        string.encoded = true;
      else if (word == "fullword" || word == "private")
        string.picky = true;
      else
        return false;
      if (accept_sign("(")) skip_argument();
    }
    string.ascii = string.ascii || !string.wide;
    return true;
  }

  void skip_argument() {
    while (peek().kind != Kind::end && !peek().is_sign(")")) ++at_;
    accept_sign(")");
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<RuleSyntax> rules_{};
};

}  // namespace

std::string import_lines(std::string_view source) {
  std::string lines;
  if (source.find("import") == std::string_view::npos) return lines;
  const std::optional<std::vector<Token>> tokens = tokens_of(source);
  for (std::size_t i = 0; tokens && i + 1 < tokens->size(); ++i) {
    if ((*tokens)[i].is_word("import") && (*tokens)[i + 1].kind == Kind::text) {
      lines += "import \"" + (*tokens)[i + 1].text + "\"\n";
    }
  }
  return lines;
}

std::vector<RuleSyntax> parse_rules(std::string_view source) {
  std::optional<std::vector<Token>> tokens = tokens_of(source);
  if (!tokens) return {};
  return FileParser(source, *std::move(tokens)).run();
}

}  // namespace assay
