// The words and signs of conditions, each with the step it makes.

#pragma once

#include <string_view>

#include "scan/rule_syntax.h"

namespace assay {

struct Operator {
  std::string_view spelling;
  Token::Kind kind;
  Step::Op op;
  int binding;  ///< how strongly, from `or`, 1, to the unary signs, 13
};

inline constexpr int kPlaceBinding = 6;  ///< of `at` and `of`

/// Null for a token that is none.
const Operator* binary_operator(const Token& token);
const Operator* prefix_operator(const Token& token);

/// uint16( and its like: Op::read or Op::read_big; null for any other token.
struct Reader {
  std::string_view spelling;
  Step::Op op;
  std::int64_t width;  ///< in bytes, negative when signed
};
const Reader* integer_reader(const Token& token);

/// filesize and the like: the step a variable makes; null for any other word.
const Step::Op* variable_step(std::string_view word);

}  // namespace assay
