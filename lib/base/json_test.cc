#include "base/json.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

TEST_CASE("canonical text is RFC 8785") {
  const auto value =
      Json::parse("{ \"b\":[1, -2,true,null], \"a\" : {\"\\u20ac\":\"\\u000f\\n\\\\/\"} }");
  REQUIRE(value);
  CHECK(value->canonical() ==
        "{\"a\":{\"\u20ac\":\"\\u000f\\n\\\\/\"},\"b\":[1,-2,true,null]}");
  CHECK(Json::parse(value->canonical()).take() == *value);
  CHECK(Json(Json::Object{}).canonical() == "{}");
  CHECK(Json(Json::Array{}).canonical() == "[]");
}

TEST_CASE("pretty text is ASCII") {
  const Json value(
      Json::Object{{"k", Json(Json::Array{Json("\u202e"), Json(1)})}, {"n", Json()}});
  CHECK(value.pretty() == "{\n  \"k\": [\n    \"\\u202e\",\n    1\n  ],\n  \"n\": null\n}");
}

TEST_CASE("what is not one plain value is refused") {
  for (const std::string_view bad :
       {"", "{", "{} ", "{}{}", "{\"a\":1,\"a\":1}", "{\"a\":1.0}", "[1e3]",
        "[9007199254740992]", "[-9007199254740992]", "\xef\xbb\xbf{}", "\"\xff\"", "[NaN]",
        "[1,]", "{\"a\":{\"b\":1,\"b\":2}}", "// c\n{}", "\"\\ud800\""}) {
    CAPTURE(bad);
    const auto value = Json::parse(bad);
    if (bad == "{} ") {
      CHECK(value);  // white space around the value is JSON's
    } else {
      REQUIRE_FALSE(value);
      CHECK(value.error().code == "bad-json");
    }
  }
  CHECK_FALSE(Json::parse(std::string(40, '[') + std::string(40, ']')));
  CHECK(Json::parse(std::string(32, '[') + std::string(32, ']')));
  CHECK_FALSE(Json::parse("[1,2,3]", {.max_bytes = 3}));
}

TEST_CASE("a NUL byte ends nothing") {
  for (const std::string_view bad :
       {std::string_view("{}\0x", 4), std::string_view("1\0", 2)}) {
    const auto value = Json::parse(bad);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == "bad-json");
  }
}

TEST_CASE("names are never lost") {
  CHECK(json_name("usr/bin/x").canonical() == "\"usr/bin/x\"");
  CHECK(json_name("a\xff b").canonical() == "{\"percent\":\"a%ff%20b\",\"raw\":\"Yf8gYg==\"}");
}

}  // namespace
}  // namespace assay
