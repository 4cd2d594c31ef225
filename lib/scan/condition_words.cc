#include "scan/condition_words.h"

#include <algorithm>
#include <iterator>

namespace assay {
namespace {

using Kind = Token::Kind;
using Op = Step::Op;

constexpr int kNot = 3;
constexpr int kUnary = 13;

constexpr Operator kBinary[] = {{"or", Kind::word, Op::logical_or, 1},
                                {"and", Kind::word, Op::logical_and, 2},
                                {"==", Kind::sign, Op::equal, 4},
                                {"!=", Kind::sign, Op::unequal, 4},
                                {"contains", Kind::word, Op::contains, 4},
                                {"icontains", Kind::word, Op::icontains, 4},
                                {"startswith", Kind::word, Op::starts, 4},
                                {"istartswith", Kind::word, Op::istarts, 4},
                                {"endswith", Kind::word, Op::ends, 4},
                                {"iendswith", Kind::word, Op::iends, 4},
                                {"iequals", Kind::word, Op::iequals, 4},
                                {"matches", Kind::word, Op::matches, 4},
                                {"<", Kind::sign, Op::less, 5},
                                {"<=", Kind::sign, Op::at_most, 5},
                                {">", Kind::sign, Op::more, 5},
                                {">=", Kind::sign, Op::at_least, 5},
                                {"at", Kind::word, Op::at, kPlaceBinding},
                                {"|", Kind::sign, Op::bit_or, 7},
                                {"^", Kind::sign, Op::bit_xor, 8},
                                {"&", Kind::sign, Op::bit_and, 9},
                                {"<<", Kind::sign, Op::shift, 10},
                                {">>", Kind::sign, Op::shift, 10},
                                {"+", Kind::sign, Op::add, 11},
                                {"-", Kind::sign, Op::subtract, 11},
                                {"*", Kind::sign, Op::multiply, 12},
                                {"\\", Kind::sign, Op::divide, 12},
                                {"%", Kind::sign, Op::remainder, 12}};

constexpr Operator kPrefix[] = {{"not", Kind::word, Op::logical_not, kNot},
                                {"defined", Kind::word, Op::defined, kNot},
                                {"-", Kind::sign, Op::negate, kUnary},
                                {"~", Kind::sign, Op::invert, kUnary}};

constexpr Reader kReaders[] = {
    {"uint8", Op::read, 1},       {"uint16", Op::read, 2},       {"uint32", Op::read, 4},
    {"int8", Op::read, -1},       {"int16", Op::read, -2},       {"int32", Op::read, -4},
    {"uint8be", Op::read_big, 1}, {"uint16be", Op::read_big, 2}, {"uint32be", Op::read_big, 4},
    {"int8be", Op::read_big, -1}, {"int16be", Op::read_big, -2}, {"int32be", Op::read_big, -4}};

struct Variable {
  std::string_view spelling;
  Op op;
};

constexpr Variable kVariables[] = {{"filesize", Op::filesize}, {"entrypoint", Op::unknown},
                                   {"filename", Op::filename}, {"filepath", Op::filepath},
                                   {"filetype", Op::filetype}, {"extension", Op::unknown},
                                   {"owner", Op::unknown}};

template <class Table>
const Operator* find_in(const Table& table, const Token& token) {
  const auto* it = std::ranges::find_if(table, [&](const Operator& candidate) {
    return candidate.kind == token.kind && candidate.spelling == token.text;
  });
  return it == std::end(table) ? nullptr : it;
}

}  // namespace

const Operator* binary_operator(const Token& token) {
  return find_in(kBinary, token);
}

const Operator* prefix_operator(const Token& token) {
  return find_in(kPrefix, token);
}

const Reader* integer_reader(const Token& token) {
  if (token.kind != Kind::word) return nullptr;
  const auto* it = std::ranges::find(kReaders, token.text, &Reader::spelling);
  return it == std::end(kReaders) ? nullptr : it;
}

const Op* variable_step(std::string_view word) {
  const auto* it = std::ranges::find(kVariables, word, &Variable::spelling);
  return it == std::end(kVariables) ? nullptr : &it->op;
}

}  // namespace assay
