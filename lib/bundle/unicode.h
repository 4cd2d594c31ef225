// unicode: what names look like once letters count and bytes do not. The door to
// utf8proc.

#pragma once

#include <string>
#include <string_view>

namespace assay {

bool is_ascii(std::string_view text);

/// The text as a file system spells it that knows neither case nor the form of a
/// letter: NFKC_Casefold (UAX 31). ASCII is only lowered. What is no UTF-8 stays.
std::string caseless(std::string_view text);

/// The capital letter of a UTF-16 unit; itself if it is half a character, or has none.
char16_t capital_of(char16_t unit);

/// UTF-8 of UTF-16. Half a character becomes what is no UTF-8.
std::string utf8_of(std::u16string_view text);

/// True if a character of UTF-8 text is a control one (C0, DEL, C1), ends lines, has no
/// width, or turns the direction of what follows: U+200B-200F, 2028-202E,
/// 2060-206F, FEFF and the tags U+E0000-E007F.
bool has_unseen(std::string_view text);

}  // namespace assay
