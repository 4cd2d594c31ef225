// The words of a YARA rule file, as far as the gate in front of libyara needs
// them. libyara judges the text; this only has to read what libyara accepted.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct Token {
  enum class Kind {
    end,
    word,      ///< identifier or keyword
    text,      ///< "..." with its escapes resolved
    number,    ///< integer; KB and MB are multiplied out
    fraction,  ///< a number with a point; its value is not kept
    regex,     ///< between its slashes, `\/` already `/`
    hex,       ///< between its braces, comments left out
    string,    ///< $name, $name* or a lone $; `text` is without the $
    count,     ///< #name
    offset,    ///< @name
    length,    ///< !name
    sign,      ///< everything else: ( ) == << ..
  };

  Kind kind = Kind::end;
  std::string text{};
  std::int64_t number = 0;
  bool caseless = false;  ///< regex with the flag i
  std::size_t begin = 0;  ///< its place in the source
  std::size_t end = 0;

  bool is(Kind wanted, std::string_view spelling) const {
    return kind == wanted && text == spelling;
  }
  bool is_sign(std::string_view spelling) const { return is(Kind::sign, spelling); }
  bool is_word(std::string_view spelling) const { return is(Kind::word, spelling); }
};

/// The tokens of `source`, the last of kind `end`; nothing when a character
/// has no meaning here.
std::optional<std::vector<Token>> tokens_of(std::string_view source);

}  // namespace assay
