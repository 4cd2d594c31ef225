#include "scan/condition_operators.h"

#include <algorithm>
#include <cstdlib>

namespace assay {
namespace {

using Op = Step::Op;
using Value = ConditionMachine::Value;
using Kind = Value::Kind;

/// Results beyond are not followed up: near there are YARA's own marks.
constexpr std::int64_t kLargest = std::int64_t{1} << 48;

Answers yes_if(bool yes) {
  return yes ? kYes : kNo;
}

Answers compare_numbers(Op op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case Op::equal: return yes_if(a == b);
    case Op::unequal: return yes_if(a != b);
    case Op::less: return yes_if(a < b);
    case Op::at_most: return yes_if(a <= b);
    case Op::more: return yes_if(a > b);
    case Op::at_least: return yes_if(a >= b);
    default: return kAnyAnswer;
  }
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool contains_letters(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) { return lower(x) == lower(y); };
  return std::search(a.begin(), a.end(), b.begin(), b.end(), same) != a.end();
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// How libyara folds bytes beyond ASCII depends on the locale.
Answers compare_letters(Op op, std::string_view a, std::string_view b) {
  if (!is_ascii(b)) return kNo | kYes;
  switch (op) {
    case Op::icontains: return yes_if(contains_letters(a, b));
    case Op::istarts: return yes_if(same_letters(a.substr(0, b.size()), b));
    case Op::iends:
      return yes_if(b.size() <= a.size() && same_letters(a.substr(a.size() - b.size()), b));
    case Op::iequals: return yes_if(same_letters(a, b));
    default: return kAnyAnswer;
  }
}

Answers compare_texts(Op op, std::string_view a, std::string_view b) {
  if (b.empty() && op != Op::equal && op != Op::unequal) return kNo | kYes;
  switch (op) {
    case Op::equal: return yes_if(a == b);
    case Op::unequal: return yes_if(a != b);
    case Op::contains: return yes_if(a.find(b) != std::string_view::npos);
    case Op::starts: return yes_if(a.starts_with(b));
    case Op::ends: return yes_if(a.ends_with(b));
    default: return compare_letters(op, a, b);
  }
}

Value bounded(std::int64_t value) {
  return std::abs(value) <= kLargest ? number(value) : Value{};
}

Value product(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? Value{} : bounded(result);
}

}  // namespace

Value truth(int answers) {
  return {.kind = Kind::truth, .answers = static_cast<Answers>(answers)};
}

Value number(std::int64_t value) {
  return {.kind = Kind::number, .number = value};
}

Value text(std::string_view value) {
  return {.kind = Kind::text, .text = value};
}

Answers answers_of(const Value& value) {
  switch (value.kind) {
    case Kind::unknown: return kAnyAnswer;
    case Kind::undefined: return kUndefined;
    case Kind::truth: return value.answers;
    case Kind::number: return yes_if(value.number != 0);
    case Kind::text: return kNo | kYes;
  }
  return kAnyAnswer;
}

Answers negation(Answers a) {
  int result = 0;
  if ((a & kNo) != 0) result |= kYes;
  if ((a & kYes) != 0) result |= kNo;
  if ((a & kUndefined) != 0) result |= kUndefined | kYes;
  return static_cast<Answers>(result);
}

Answers conjunction(Answers a, Answers b) {
  const int either = a | b;
  int result = a & b & kYes;
  if ((either & kNo) != 0) result |= kNo;
  if ((either & kUndefined) != 0) result |= kNo | kUndefined;
  return static_cast<Answers>(result);
}

Answers disjunction(Answers a, Answers b) {
  const int either = a | b;
  int result = either & kYes;
  if ((a & b & kNo) != 0) result |= kNo;
  if ((either & kUndefined) != 0) result |= kNo | kUndefined;
  return static_cast<Answers>(result);
}

Answers comparison(Op op, const Value& left, const Value& right) {
  if (left.kind == Kind::undefined || right.kind == Kind::undefined) return kUndefined;
  if (left.kind != right.kind) return kAnyAnswer;
  if (left.kind == Kind::number) return compare_numbers(op, left.number, right.number);
  if (left.kind == Kind::text) return compare_texts(op, left.text, right.text);
  return kAnyAnswer;
}

Value arithmetic(Op op, const Value& left, const Value& right) {
  if (left.kind == Kind::undefined || right.kind == Kind::undefined) {
    return {.kind = Kind::undefined};
  }
  if (left.kind != Kind::number || right.kind != Kind::number) return {};
  const std::int64_t a = left.number;
  const std::int64_t b = right.number;
  if (std::max(a, b) > kLargest || std::min(a, b) < -kLargest) return {};
  switch (op) {
    case Op::add: return bounded(a + b);
    case Op::subtract: return bounded(a - b);
    case Op::multiply: return product(a, b);
    case Op::divide: return b > 0 ? number(a / b) : Value{};
    case Op::remainder: return b > 0 ? number(a % b) : Value{};
    case Op::bit_and: return bounded(a & b);
    case Op::bit_or: return bounded(a | b);
    case Op::bit_xor: return bounded(a ^ b);
    default: return {};
  }
}

Value read_at(const Step& step, const Value& offset, const MemberFacts& member) {
  const Bytes content = member.content;
  if (offset.kind == Kind::undefined) return offset;
  if (offset.kind != Kind::number) return {};
  const auto width = static_cast<std::size_t>(std::abs(step.number));
  if (width == 0 || width > sizeof(std::uint32_t)) return {};
  const auto begin = static_cast<std::uint64_t>(offset.number);
  if (content.size() < width || begin > content.size() - width) {
    return member.unseen > 0 ? Value{} : Value{.kind = Kind::undefined};
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t from_top = step.op == Op::read_big ? i : width - 1 - i;
    value = value << 8 | std::to_integer<std::uint64_t>(content[begin + from_top]);
  }
  const std::uint64_t sign = std::uint64_t{1} << (8 * width - 1);
  const bool is_negative = step.number < 0 && (value & sign) != 0;
  const auto whole = static_cast<std::int64_t>(value);
  return number(is_negative ? whole - static_cast<std::int64_t>(sign << 1) : whole);
}

}  // namespace assay
