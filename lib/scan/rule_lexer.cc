#include "scan/rule_lexer.h"

#include <charconv>
#include <limits>

namespace assay {
namespace {

using Kind = Token::Kind;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::optional<std::vector<Token>> run() {
    while (skip_blank(), at_ < source_.size()) {
      const std::size_t begin = at_;
      if (!next()) return std::nullopt;
      tokens_.back().begin = begin;
      tokens_.back().end = at_;
    }
    if (broken_) return std::nullopt;
    tokens_.emplace_back();
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  bool starts(std::string_view text) const { return source_.substr(at_).starts_with(text); }

  void add(Kind kind, std::string text = {}, std::int64_t number = 0) {
    tokens_.push_back({.kind = kind, .text = std::move(text), .number = number});
  }

  void skip_past(std::string_view end) {
    const std::size_t found = source_.find(end, at_ + 2);
    if (found == std::string_view::npos && end != "\n") broken_ = true;
    at_ = found == std::string_view::npos ? source_.size() : found + end.size();
  }

  void skip_blank() {
    while (at_ < source_.size()) {
      if (starts("//")) {
        skip_past("\n");
      } else if (starts("/*")) {
        skip_past("*/");
      } else if (is_space(peek())) {
        ++at_;
      } else {
        return;
      }
    }
  }

  bool next() {
    const char c = peek();
    if (c == '"') return text();
    if (c == '/') return regex();
    if (c == '{' && !tokens_.empty() && tokens_.back().is_sign("=")) return hex();
    if (is_digit(c)) return number();
    if (is_name(c)) return add(Kind::word, name()), true;
    if (c == '$') return string();
    if (c == '#') return ++at_, add(Kind::count, name()), true;
    if (c == '@') return ++at_, add(Kind::offset, name()), true;
    if (c == '!' && peek(1) != '=') return ++at_, add(Kind::length, name()), true;
    return sign();
  }

  std::string name() {
    const std::size_t begin = at_;
    while (is_name(peek())) ++at_;
    return std::string(source_.substr(begin, at_ - begin));
  }

  bool string() {
    ++at_;
    std::string id = name();
    if (peek() == '*') id += source_[at_++];
    add(Kind::string, std::move(id));
    return true;
  }

  bool sign() {
    static constexpr std::string_view kTwo[] = {"==", "!=", "<=", ">=", "<<", ">>", ".."};
    for (const std::string_view two : kTwo) {
      if (starts(two)) return at_ += 2, add(Kind::sign, std::string(two)), true;
    }
    static constexpr std::string_view kOne = "(){}[]:,=<>+-*\\%&|^~.";
    if (kOne.find(peek()) == std::string_view::npos) return false;
    add(Kind::sign, std::string(1, source_[at_++]));
    return true;
  }

  bool number() {
    int base = 10;
    if (starts("0x")) base = 16;
    if (starts("0o")) base = 8;
    if (base != 10) at_ += 2;
    std::int64_t value = 0;
    const char* end = source_.data() + source_.size();
    const auto [stop, code] = std::from_chars(source_.data() + at_, end, value, base);
    if (code != std::errc{}) return false;
    at_ = static_cast<std::size_t>(stop - source_.data());
    if (peek() == '.' && is_digit(peek(1))) return fraction();
    std::int64_t unit = 1;
    if (starts("KB")) unit = 1024;
    if (starts("MB")) unit = std::int64_t{1024} * 1024;
    if (unit > 1) at_ += 2;
    if (is_name(peek()) || value > std::numeric_limits<std::int64_t>::max() / unit)
      return false;
    add(Kind::number, {}, value * unit);
    return true;
  }

  bool fraction() {
    ++at_;
    while (is_digit(peek())) ++at_;
    add(Kind::fraction);
    return !is_name(peek());
  }

  bool text() {
    ++at_;
    std::string out;
    while (at_ < source_.size() && peek() != '"') {
      const char c = source_[at_++];
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    add(Kind::text, std::move(out));
    return at_++ < source_.size();
  }

  bool escape(std::string& out) {
    const char c = at_ < source_.size() ? source_[at_++] : '\0';
    switch (c) {
      case 't': out += '\t'; return true;
      case 'n': out += '\n'; return true;
      case 'r': out += '\r'; return true;
      case '"': out += '"'; return true;
      case '\\': out += '\\'; return true;
      case 'x': return hex_byte(out);
      default: return false;
    }
  }

  bool hex_byte(std::string& out) {
    if (at_ + 2 > source_.size()) return false;
    unsigned value = 0;
    const char* begin = source_.data() + at_;
    const auto [stop, code] = std::from_chars(begin, begin + 2, value, 16);
    at_ += 2;
    out += static_cast<char>(value);
    return code == std::errc{} && stop == begin + 2;
  }

  /// No slash of a comment comes here: skip_blank took those.
  bool regex() {
    ++at_;
    std::string out;
    while (at_ < source_.size() && peek() != '/' && peek() != '\n') {
      if (peek() == '\\' && peek(1) == '/')
        ++at_;
      else if (peek() == '\\' && peek(1) != '\n')
        out += source_[at_++];
      if (at_ < source_.size()) out += source_[at_++];
    }
    if (peek() != '/') return false;
    ++at_;
    Token token{.kind = Kind::regex, .text = std::move(out)};
    for (; peek() == 'i' || peek() == 's'; ++at_) token.caseless |= peek() == 'i';
    tokens_.push_back(std::move(token));
    return true;
  }

  bool hex() {
    ++at_;
    std::string out;
    while (skip_blank(), at_ < source_.size() && peek() != '}') out += source_[at_++];
    add(Kind::hex, std::move(out));
    return at_++ < source_.size();
  }

  std::string_view source_;
  std::size_t at_ = 0;
  bool broken_ = false;  ///< a comment without end
  std::vector<Token> tokens_{};
};

}  // namespace

std::optional<std::vector<Token>> tokens_of(std::string_view source) {
  return Lexer(source).run();
}

}  // namespace assay
