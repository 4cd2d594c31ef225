#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/time.h"
#include "fuzz.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {"plain\\x1b",
          "\x1b[31mred\x07\r\n\t\x7f",
          "caf\xc3\xa9 \xe2\x80\xae"
          "bidi \xef\xbb\xbf\xff",
          "::error::##[debug]",
          "3q2+7w==",
          "deadBEEF",
          "2026-01-31T12:00:00Z",
          "52w"};
}

namespace {

void try_printable(std::string_view input) {
  const std::string shown = printable(input);
  expect(std::ranges::all_of(shown, [](char c) { return c >= 0x20 && c < 0x7f; }),
         "only printable ASCII comes out");
  expect(unprinted(shown).value() == input, "and no two texts look the same");
  if (const auto back = unprinted(input)) {
    expect(printable(*back) == input, "a text has one spelling");
  }
  const Json name = json_name(input);
  expect((name.string() != nullptr) == is_utf8(input), "a name that is UTF-8 is a string");
  const auto read = Json::parse(name.canonical());
  expect(read && *read == name, "every name can be written and read");
}

/// Every other spelling of bytes and times has one text, too.
void try_spellings(std::string_view input) {
  if (const auto bytes = from_base64(input)) {
    expect(to_base64(*bytes) == input, "base64 has one spelling");
  }
  expect(from_base64(to_base64(as_bytes(input))).value().size() == input.size(),
         "and a way back");
  if (const auto bytes = from_hex(input)) {
    expect(to_hex(*bytes).size() == input.size(), "hex is two digits a byte");
  }
  if (const auto time = from_rfc3339(input)) {
    expect(to_rfc3339(*time) == input, "a time has one spelling");
  }
  if (const auto span = duration_seconds(input)) expect(*span >= 0, "no span is negative");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::fuzz;
  try_printable(text(data, size));
  try_spellings(text(data, size));
  return 0;
}
