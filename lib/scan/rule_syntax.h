// What a YARA rule says, as the gate in front of libyara needs it: its strings
// and its condition as steps for a stack machine. libyara compiled the same
// text before; whatever is not understood here makes that rule `opaque`.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "scan/rule_lexer.h"

namespace assay {

struct StringSyntax {
  enum class Kind { text, hex, regex };

  std::string id{};  ///< without the $; anonymous strings have none
  Kind kind = Kind::text;
  std::string body{};  ///< the bytes of a text, the source of the others
  bool caseless = false;
  bool ascii = false;
  bool wide = false;
  bool encoded = false;  ///< xor, base64 or base64wide: other bytes than these match
  bool picky = false;    ///< fullword or private: not every occurrence counts

  /// It matches exactly where `body` stands.
  bool is_plain() const {
    return kind == Kind::text && ascii && !wide && !caseless && !encoded && !picky;
  }
};

/// One step of a condition: takes its operands from a stack of values and
/// leaves one. Comments name the operands, the last on top.
struct Step {
  enum class Op : std::uint8_t {
    unknown,  ///< a value that is not followed up
    truth,    ///< `number` is 0 or 1
    number,   ///< `number`
    text,     ///< `text`
    filesize,
    filename,
    filepath,
    filetype,
    string,    ///< any string of `set`
    count,     ///< matches of the strings of `set`
    place,     ///< offset or length of a match of a string of `set`
    rule,      ///< any rule of `set`
    read,      ///< offset; `number` is the width in bytes, negative when signed
    read_big,  ///< the same, most significant byte first
    negate,
    invert,
    logical_not,
    defined,  ///< a
    logical_or,
    logical_and,  ///< a b
    equal,
    unequal,
    less,
    at_most,
    more,
    at_least,  ///< a b
    contains,
    icontains,
    starts,
    istarts,
    ends,
    iends,
    iequals,
    matches,  ///< a b
    add,
    subtract,
    multiply,
    divide,
    remainder,
    bit_and,
    bit_or,
    bit_xor,
    shift,         ///< a b
    at,            ///< string, offset
    within,        ///< string or `of`: a range follows that is not looked at
    of_strings,    ///< needed; how many of `set`
    of_rules,      ///< needed; how many of `set`
    loop,          ///< body; true only if the body is at least once
    loop_all,      ///< body; true only if the body is every time, once or more
    loop_any_way,  ///< body; may be true whatever the body is
    and_then,      ///< a; past step `number`, its `and`, when a cannot be yes
    or_else        ///< a; past step `number`, its `or`, when a can only be yes
  };

  Op op = Op::unknown;
  std::int64_t number = 0;
  std::string text{};
  std::vector<std::uint32_t> set{};  ///< places among the rule's strings, or the file's rules
};

/// What `all` and `none` put on the stack for `of`; no other step makes them.
inline constexpr std::int64_t kAllOf = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kNoneOf = kAllOf + 1;
/// `number` of an `of` whose operand is a percentage.
inline constexpr std::int64_t kPercent = 1;

struct RuleSyntax {
  std::string name{};
  std::string_view text{};  ///< of the whole rule, in the source
  bool is_private = false;
  bool is_global = false;
  bool opaque = false;  ///< not understood: strings and condition mean nothing
  std::vector<StringSyntax> strings{};
  std::vector<Step> condition{};  ///< leaves exactly one value
};

/// The rules of one file in their order, up to the first place where a rule
/// cannot be told from the next. They point into `source`.
std::vector<RuleSyntax> parse_rules(std::string_view source);

/// `import "x"` for each module the file imports, a line each.
std::string import_lines(std::string_view source);

/// Reads `tokens`, a condition, into rule.condition. `earlier` are the rules of
/// the file that it may name. False when it is not understood.
bool parse_condition(const std::vector<Token>& tokens, const std::vector<RuleSyntax>& earlier,
                     RuleSyntax& rule);

}  // namespace assay
