#include "base/json.h"

#include <algorithm>

#include "base/bytes.h"
#include "fuzz.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {
      R"({"b":[1,-2,9007199254740991,true,false,null],"a":{"\u00e9":"\ud83d\ude00\n\\\""}})",
      " [ [ ], { } , \"caf\xc3\xa9\" ]\n", R"({"a":1,"a":2})", "[[[[[[[[[[]]]]]]]]]]",
      std::string("{}\0x", 4)};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  using fuzz::expect;
  const std::string_view input = fuzz::text(data, size);
  const auto value = Json::parse(input, {.max_bytes = 1U << 16, .max_depth = 8});
  if (!value) {
    expect(value.error().code == "bad-json", "bad JSON is told as such");
    return 0;
  }
  expect(is_utf8(input), "what is read is UTF-8");
  const std::string canonical = value->canonical();
  const auto again = Json::parse(canonical);
  expect(again && *again == *value, "the canonical text says the same");
  expect(again->canonical() == canonical, "and is the only one");
  const std::string pretty = value->pretty();
  expect(std::ranges::all_of(pretty, [](char c) { return c == '\n' || (c >= ' ' && c < 127); }),
         "what people see is printable");
  const auto read = Json::parse(pretty, {.max_bytes = 1U << 20});
  expect(read && *read == *value, "and says the same");
  return 0;
}
