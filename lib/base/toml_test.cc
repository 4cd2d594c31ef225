#include "base/toml.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

TomlTable table(const char* text) {
  return TomlTable::parse(text, "p.toml").take();
}

TEST_CASE("values of every type") {
  TomlTable t = table(
      "s = \"x\"\ni = 7\nb = true\nt = 2026-01-31T01:00:00+01:00\nl = [\"a\", \"b\"]\n[in]\nk "
      "= 1\n"
      "[[many]]\nn = 1\n[[many]]\nn = 2\n");
  CHECK(t.string("s").take() == "x");
  CHECK(t.integer("i").take() == 7);
  CHECK(t.boolean("b").take());
  CHECK(to_rfc3339(t.time("t").take()) == "2026-01-31T00:00:00Z");
  CHECK(t.strings("l").take() == std::vector<std::string>{"a", "b"});
  TomlTable in = t.table("in").take();
  CHECK(in.integer("k").take() == 1);
  CHECK(in.finish());
  CHECK(t.tables("many").take().size() == 2);
  CHECK(t.finish());
  CHECK_FALSE(t.maybe_string("absent").take());
}

TEST_CASE("a typo is pointed at") {
  TomlTable t = table("serial = 1\n  fial_at = \"low\"\n");
  CHECK(t.integer("serial"));
  CHECK(t.maybe_string("fail_at"));
  const auto end = t.finish();
  REQUIRE_FALSE(end);
  CHECK(end.error().what ==
        "p.toml:2: unknown key 'fial_at'\n  2 |   fial_at = \"low\"\n    |   ^^^^^^^");
  CHECK(end.error().hint == "did you mean 'fail_at'?");
}

TEST_CASE("a misspelt key that must be there is not called missing") {
  TomlTable t = table("maxage = \"7d\"\n");
  const auto age = t.string("max_age");
  REQUIRE_FALSE(age);
  CHECK(age.error().what ==
        "p.toml:1: unknown key 'maxage'\n  1 | maxage = \"7d\"\n    | ^^^^^^");
  CHECK(age.error().hint == "did you mean 'max_age'?");
}

TEST_CASE("wrong types, missing keys, syntax") {
  TomlTable t = table("a = 1\nb = 2026-01-31T01:00:00\nc = [1]\n");
  CHECK(t.string("a").error().what == "p.toml:1: 'a' must be a string\n  1 | a = 1\n    | ^");
  CHECK(t.time("b").error().hint == "write it like 2027-01-31T00:00:00Z");
  CHECK_FALSE(t.strings("c"));
  CHECK(t.string("none").error().what == "p.toml: 'none' is missing");
  CHECK(t.string("none").error().kind == Error::Kind::config);
  CHECK_FALSE(TomlTable::parse("a = \n", "p.toml"));
  CHECK_FALSE(TomlTable::parse("a = 1\na = 2\n", "p.toml"));
}

}  // namespace
}  // namespace assay
