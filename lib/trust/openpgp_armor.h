// OpenPGP as text: armour and the cleartext frame, read strictly (RFC 4880,
// sections 6.2 and 7). A line that no rule allows is refused, for another
// program may read it.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace assay {

/// The binary inside armour of that kind: "SIGNATURE", "PUBLIC KEY BLOCK". The armour is
/// all of the text: nothing stands before or after it. Fails as malformed,
/// "sidecar-malformed".
Result<std::string> from_openpgp_armor(std::string_view text, std::string_view kind);

/// Armour around bytes.
std::string to_openpgp_armor(std::string_view bytes, std::string_view kind);

/// A cleartext-signed text.
struct OpenPgpCleartext {
  std::vector<std::string> hashes{};  ///< as its `Hash:` lines name them
  /// The lines as they stand in the frame, dash-escaped, without their ends.
  std::vector<std::string_view> lines{};
  std::string text{};        ///< the lines as they were meant, trailing blanks taken off
  std::string signatures{};  ///< the binary of the armour behind them
};

/// Fails as malformed, "sidecar-malformed".
Result<OpenPgpCleartext> parse_openpgp_cleartext(std::string_view text);

/// Trailing blanks are in no signature over a cleartext, so none may matter; every line
/// ends with a line feed.
std::string without_trailing_blanks(std::string_view text);

/// True if a line of the text is `line`.
bool has_openpgp_line(std::string_view text, std::string_view line);

}  // namespace assay
