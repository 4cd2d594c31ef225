#include "trust/require.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

TrustedKey key(const std::string& name, const std::string& operator_name = {}) {
  TrustedKey one{.vendor = "acme", .name = name};
  one.operator_name = operator_name.empty() ? name : operator_name;
  return one;
}

Tally tally(const std::string& text, const std::vector<TrustedKey>& keys,
            const std::string& role = {}) {
  std::vector<Voice> signers;
  for (const TrustedKey& one : keys) signers.push_back({&one, role});
  return count_voices(parse_require(text).take(), signers);
}

std::size_t voices(const std::string& text, const std::vector<TrustedKey>& keys) {
  return tally(text, keys).have;
}

bool met(const std::string& text, const std::vector<TrustedKey>& keys) {
  return tally(text, keys).met();
}

TEST_CASE("a demand reads as it is written") {
  for (const char* text :
       {"1 of [*]", "2 of [a-*, b, c?]", "2 of [a, 1 of [b, c], 2 of [d, e, f]]", "1 of [7]",
        "2 of [of, 1 of [2]]", "2 of [a as origin, as, as as as]"}) {
    CHECK(to_string(parse_require(text).take()) == text);
  }
  CHECK(to_string(parse_require("  2  of[ a ,b ] ").take()) == "2 of [a, b]");
}

TEST_CASE("what is no demand says where") {
  const auto what = [](std::string_view text) {
    const auto read = parse_require(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Error::Kind::config);
    CHECK_FALSE(read.error().hint.empty());
    return read.error().what;
  };
  CHECK(what("0 of [a]") == "0 of them is no demand (before ' of [a]')");
  CHECK(what("") == "it begins with a number: \"1 of [...]\" (at its end)");
  CHECK(what("all of [a]").starts_with("it begins with a number"));
  CHECK(what("-1 of [a]").starts_with("it begins with a number"));
  CHECK(what("99999999999999999999 of [a]").starts_with("it begins with a number"));
  CHECK(what("1 [a]") == "'of' belongs after the number (before '[a]')");
  CHECK(what("1 of a") == "'[' belongs after 'of' (before 'a')");
  CHECK(what("1 of []") == "a key's name is missing (before ']')");
  CHECK(what("1 of [a,]") == "a key's name is missing (before ']')");
  CHECK(what("1 of [a as]") == "a role, such as 'origin', belongs after 'as' (before ']')");
  CHECK(what("1 of [a as *]").starts_with("a role, such as"));
  CHECK(what("1 of [a as b as c]") == "a ',' or ']' is missing (before 'as c]')");
  CHECK(what("1 of [a b]") == "a ',' or ']' is missing (before 'b]')");
  CHECK(what("1 of [a") == "a ',' or ']' is missing (at its end)");
  CHECK(what("1 of [a] or b") == "there is something after the last ']' (before 'or b')");
  CHECK(what("1 of [a\x1b]").find("\\x1b") != std::string::npos);
  CHECK(what("1 of [1 of [1 of [1 of [1 of [a]]]]]").starts_with("groups stand too deep"));
  std::string many = "1 of [a";
  for (int i = 0; i < 64; ++i) many += ", a";
  CHECK(what(many + "]").starts_with("it names too much"));
}

TEST_CASE("the zero value, and nobody, meet nothing") {
  CHECK_FALSE(count_voices(Require{}, {}).met());
  CHECK_FALSE(met("1 of [*]", {}));
  CHECK_FALSE(Tally{.have = 0, .need = 0}.met());
}

TEST_CASE("operators are counted, not keys") {
  CHECK(voices("2 of [*]", {key("a"), key("b")}) == 2);
  CHECK(voices("2 of [*]", {key("a"), key("a")}) == 1);
  CHECK(voices("2 of [*]", {key("a", "release"), key("b", "release")}) == 1);
  CHECK(met("2 of [*]", {key("a", "release"), key("c", "psirt")}));
  CHECK_FALSE(met("2 of [a, b]", {key("a"), key("c")}));
  CHECK_FALSE(met("1 of [a]", {key("aa")}));
}

TEST_CASE("a group is one voice, and no operator speaks twice") {
  const std::string demand = "2 of [a, 2 of [b, c]]";
  CHECK_FALSE(met(demand, {key("a"), key("b")}));
  CHECK(met(demand, {key("a"), key("b"), key("c")}));
  CHECK_FALSE(met(demand, {key("b"), key("c")}));
  CHECK_FALSE(met("2 of [a, 1 of [b]]", {key("a", "one"), key("b", "one")}));
  CHECK(met("2 of [a, 1 of [b]]", {key("a", "one"), key("b", "two")}));
}

TEST_CASE("a role is one that a signature inside a package has") {
  TrustedKey pgp = key("a"), other = key("b");
  pgp.format = "openpgp";
  other.format = "minisign";
  const std::vector<TrustedKey> both{pgp, other};
  CHECK(tally("1 of [a as origin]", {pgp}, "origin").met());
  CHECK_FALSE(tally("1 of [a as origin]", {pgp}, "maint").met());
  CHECK_FALSE(tally("1 of [a as origin]", {pgp}).met());
  CHECK_FALSE(tally("1 of [b as origin]", {other}, "origin").met());
  CHECK(tally("1 of [a]", {pgp}, "origin").met());
  CHECK(why_unmeetable(parse_require("1 of [a as origin, b]").take(), both).empty());
  CHECK(why_unmeetable(parse_require("1 of [b as origin]").take(), both) ==
        "no openpgp key of the vendor is called 'b'");
  CHECK(why_unmeetable(parse_require("1 of [a as origin, a as maint]").take(), both) ==
        "it names the key 'a' in two places");
}

TEST_CASE("what nobody could meet is known beforehand") {
  const std::vector<TrustedKey> keys{key("a"), key("b", "x"), key("c", "x")};
  const auto why = [&](const char* text) {
    return why_unmeetable(parse_require(text).take(), keys);
  };
  CHECK(why("1 of [*]").empty());
  CHECK(why("2 of [a, b, c]").empty());
  CHECK(why("3 of [*]") == "it demands more than the operators of these keys can give");
  CHECK(why("2 of [b, c]").starts_with("it demands more"));
  CHECK(why("1 of [a, 2 of [b, c]]").starts_with("it demands more"));
  CHECK(why("1 of [d]") == "no key of the vendor is called 'd'");
  CHECK(why("1 of [a, 1 of [d-*]]") == "no key of the vendor is called 'd-*'");
  CHECK(why("2 of [a, a]") == "it names the key 'a' in two places");
  CHECK(why("2 of [a, 1 of [*]]") == "it names the key 'a' in two places");
  CHECK(why_unmeetable(Require::any(), {}) == "no key of the vendor is called '*'");
}

}  // namespace
}  // namespace assay
