#include "base/error.h"

#include <system_error>

namespace assay {

Error io_error(std::string what, int number) {
  return fail(Error::Kind::io,
              std::move(what) + ": " + std::generic_category().message(number));
}

std::string to_text(const Error& error) {
  std::string text = "assay: error: " + error.what + "\n";
  for (const std::string& doing : error.context) text += "assay: while: " + doing + "\n";
  if (!error.hint.empty()) text += "assay: hint: " + error.hint + "\n";
  return text;
}

}  // namespace assay
