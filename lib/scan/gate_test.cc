#include "scan/gate_test.h"

#include "scan/pack_test.h"

namespace assay {
namespace {

/// One rule `r` with this body, over content the rule needs no more of.
struct One {
  explicit One(const std::string& body) : set(rule_set(named_rule("r", body))), both(set) {}

  /// Libyara's answer, held against the gate's on the way.
  bool matches(std::string_view content, const std::string& path = "x") {
    return !both.matches(member_at(path), content).empty();
  }
  bool passes(std::string_view content, const std::string& path = "x") {
    matches(content, path);
    return !both.candidates(member_at(path), content).empty();
  }

  RuleSet set;
  BothWays both;
};

/// `body` matches `yes`, and the gate alone is sure that it does not match `no`.
void decides(const std::string& body, std::string_view yes, std::string_view no) {
  CAPTURE(body);
  One one(body);
  CHECK(one.matches(yes));
  CHECK_FALSE(one.matches(no));
  CHECK_FALSE(one.passes(no));
}

/// The gate cannot be sure of `body` without libyara.
void lets_through(const std::string& body, std::string_view content) {
  CAPTURE(body);
  CHECK(One(body).passes(content));
}

const std::string kA = "strings: $a = \"needle\" condition: ";
const std::string kAbc = "strings: $a = \"needle\" $b = \"thread\" $c = \"button\" condition: ";

TEST_CASE("a string that is not there decides") {
  decides(kA + "$a", "a needle", "hay");
  decides(kA + "#a > 1", "needle needle", "hay");
  decides(kA + "#a >= 1", "needle", "hay");
  decides(kA + "$a at 2", "..needle", "hay");
  decides(kA + "$a in (0..3)", "..needle", "hay");
  decides(kA + "@a[1] < 5", "..needle", "hay");
  decides(kA + "!a[1] == 6", "..needle", "hay");
  decides(kA + "@a < 5 and #a == 1", "needle", "hay");
}

TEST_CASE("how many of a set") {
  decides(kAbc + "any of them", "thread", "hay");
  decides(kAbc + "2 of them", "thread button", "thread");
  decides(kAbc + "all of them", "thread button needle", "thread needle");
  decides(kAbc + "all of ($a, $b) and #c == 0", "thread needle", "thread");
  decides(kAbc + "2 of ($a, $c*) and #b == 0", "needle button", "thread needle");
  decides(kAbc + "1 + 1 of them", "needle button", "needle");
  decides(kAbc + "50% of them", "needle button", "hay");
  decides(kAbc + "2 of them in (0..20)", "needle button", "needle");
  decides("strings: $ = \"needle\" $ = \"thread\" condition: all of them", "needlethread",
          "needle");
}

TEST_CASE("absence that makes a rule true goes through") {
  for (const char* condition :
       {"not $a and not $b and not $c", "none of them", "0 of them", "#a == 0 and #b + #c < 1",
        "not any of them", "for all of them : (# == 0)", "for none of them : ($)",
        "for all of ($*) : (not $)", "not ($a or $b or $c)", "not (1 of them)"}) {
    CAPTURE(condition);
    One one(kAbc + condition);
    one.matches("hay");
    one.matches("needle");
    CHECK(one.passes("hay"));
  }
  CHECK(One(kAbc + "not $a and ($b or $c or filesize == 3)").matches("hay"));
}

TEST_CASE("size and numbers of the file are known") {
  decides("condition: filesize == 3", "hay", "haystack");
  decides("condition: filesize < 1KB and filesize > 0x3", "hayhay", "hay");
  decides("condition: uint16(0) == 0x5a4d", "MZ..", "ZM..");
  decides("condition: uint32be(1) == 0x61626364", ".abcd", ".abc");
  decides("condition: int8(0) == -1", "\xff", "\x7f");
  decides("condition: uint16(filesize - 2) == 0x6261", "..ab", "..ba");
  decides("condition: (filesize + 2) * 4 \\ 2 == 10 and filesize % 2 == 1", "hay", "hayy");
  decides("condition: -filesize == -3 and filesize & 1 == 1", "hay", "hayy");
  decides(kA + "uint16(0) == 0x5a4d and filesize < 20 and $a", "MZneedle", "MZhay");
  decides(kA + "uint16(0) == 0x5a4d and $a", "MZneedle", "..needle");
  lets_through("condition: uint8(uint8(0) >> 1) == 0x61 or filesize == 0",
               "\x02"
               "a");
}

TEST_CASE("undefined is neither yes nor no") {
  for (const char* condition : {"uint16(100) == 1",
                                "not uint16(100) == 1",
                                "not (uint16(100) == 1 and filesize > 0)",
                                "not (not (uint16(100) == 1) and filesize > 0)",
                                "not not (uint16(100) == 1)",
                                "uint16(100) == 1 or filesize > 0",
                                "not (uint16(100) == 1 or filesize > 100)",
                                "not (uint16(100) == 1 or filesize > 0)",
                                "defined uint16(100)",
                                "not defined uint16(100)",
                                "uint16(100) != 1",
                                "uint8(-1) == 0 or not uint8(-1) == 0",
                                "not (@a[1] > 0) and not $a",
                                "not (@a[5] + 1 > 0)",
                                "for any i in (1..#a) : (@a[i] > 0)",
                                "not for any i in (1..#a) : (@a[i] > 0)",
                                "not for all i in (1..#a) : (@a[i] > 0)",
                                "uint8(99) of them",
                                "for all i in (1, 2) : (uint8(i + 100) == 0)",
                                "not $a in (1..uint8(99))",
                                "not $a at uint8(99)",
                                "not (2 of ($a, $a2))"}) {
    CAPTURE(condition);
    One one(std::string("strings: $a = \"needle\" $a2 = \"thread\" condition: (") + condition +
            ") and (#a >= 0 or any of them)");
    one.matches("hay");
    one.matches("needle");
    one.matches("needle thread");
    one.matches("");
  }
}

TEST_CASE("names are known") {
  const auto by_name = [](const std::string& condition, const std::string& yes,
                          const std::string& no) {
    CAPTURE(condition);
    One one("condition: " + condition);
    CHECK(one.matches("hay", yes));
    CHECK_FALSE(one.passes("hay", no));
  };
  by_name("filename == \"a.sh\"", "x/a.sh", "x/A.sh");
  by_name("filename != \"a.sh\"", "x/b.sh", "x/a.sh");
  by_name("filename endswith \".sh\"", "x/a.sh", "x/a.SH");
  by_name("filename iendswith \".sh\"", "x/a.SH", "x/a.s");
  by_name("filename startswith \"lib\"", "x/libc", "lib/c");
  by_name("filename istartswith \"lib\"", "x/LIBc", "lib/c");
  by_name("filepath contains \"/cron.d/\"", "etc/cron.d/x", "etc/cron.D/x");
  by_name("filepath icontains \"/cron.d/\"", "etc/CRON.d/x", "etc/cron/d/x");
  by_name("filename iequals \"makefile\"", "Makefile", "Makefiles");
  by_name("not filename iendswith \".md\"", "x.c", "x.MD");
  by_name("not (filename iendswith \".md\" or filename iendswith \".txt\")", "x.c", "x.Txt");
  One pattern("condition: filename matches /a+b/i");
  CHECK(pattern.matches("hay", "xaAB"));
  CHECK(pattern.passes("hay", "hay"));
  One empty("condition: filetype contains \"\" or filename startswith \"\"");
  empty.matches("hay");
  CHECK(One("condition: filename icontains \"\\xc3\\xa4\"").passes("hay", "\xc3\x84"));
}

TEST_CASE("loops ask for at least what their body asks for") {
  decides(kAbc + "for any of ($a, $b) : ($ at 2) and #c == 0", "..needle", "button");
  decides(kAbc + "for all of them : (# > 0)", "needle thread button", "hay");
  decides(kAbc + "for any i in (1..#a) : (2 of ($b, $c) in (@a[i]..@a[i] + 100))",
          "needle thread button", "needle thread");
  decides(kAbc + "for 2 of them : (@ > 0)", ".needle.button", "hay");
  decides("condition: for any i in (0..3) : (filesize > 10 and uint8(i) == 0x2e)",
          "...........", "...");
  lets_through(kA + "for any filename in (1..3) : (#a == filename)", "hay");
  lets_through("condition: for any i in (0..filesize) : (uint8(i) == 0x2e)", "hay");
  lets_through(kA + "for all i in (1..#a) : (@a[i] > 10)", "hay");
  lets_through(kA + "for 0 i in (1..3) : ($a)", "hay");
}

TEST_CASE("strings that no literal speaks for") {
  lets_through("strings: $a = \"abc\" nocase condition: $a", "hay");
  lets_through("strings: $a = \"needle\" xor condition: $a", "hay");
  lets_through("strings: $a = \"needle\" base64 condition: $a", "hay");
  lets_through("strings: $a = /[0-9]{2}:ab[cd]/ condition: $a", "hay");
  lets_through("strings: $a = { 01 02 03 ?? 05 06 07 } condition: $a", "hay");
  lets_through("strings: $a = \"needle\" $x = \"abc\" nocase condition: any of them", "hay");
  CHECK(One("strings: $a = \"needle\" xor condition: $a").matches("oddemd"));
}

/// The place the gate is certain of, if it is.
std::optional<std::uint64_t> certain_of(const std::string& body, std::string_view content) {
  const RuleSet set = rule_set(named_rule("r", body));
  BothWays both(set);
  CHECK(both.matches(member_at("x"), content) == Names{"r"});
  const auto& candidates = both.watch.candidates({.content = as_bytes(content)});
  return candidates.empty() ? std::nullopt : candidates.front().first;
}

TEST_CASE("plain strings need no libyara") {
  const std::string two = "strings: $a = \"needle\" $b = \"it\" condition: ";
  CHECK(certain_of(kA + "$a", ".needle") == 1);
  CHECK(certain_of(two + "$a or $b", "it needle") == 0);
  CHECK(certain_of(two + "any of them", "..needle") == 2);
  CHECK(certain_of(two + "all of them", "..needle it") == 2);
  CHECK(certain_of(two + "$a and not $b", "..needle") == 2);
  CHECK(certain_of(kA + "$a and filesize < 10", "..needle") == 2);
  CHECK(certain_of(kA + "$a or true", "hay") == 0);
}

TEST_CASE("what is more than a plain string is left to libyara") {
  const std::string two = "strings: $a = \"needle\" $b = /it+/ condition: ";
  CHECK_FALSE(certain_of(two + "$a or $b", "it needle"));
  CHECK_FALSE(certain_of(two + "any of them", "needle itt"));
  for (const char* modifier : {"fullword", "nocase", "wide ascii", "xor", "private"}) {
    CHECK_FALSE(certain_of(
        "strings: $a = \"needle\" " + std::string(modifier) + " condition: $a", "a needle"));
  }
  for (const char* condition : {"#a == 1", "@a == 2", "$a at 2", "$a in (1..3)", "0 of them",
                                "for any of them : ($ at 2)", "100% of them"}) {
    const std::string body = kA + std::string(condition);
    if (One(body).matches("a needle")) CHECK_FALSE(certain_of(body, "a needle"));
  }
}

TEST_CASE("strings in every form") {
  const std::string wide_needle = wide("needle");
  decides("strings: $a = \"needle\" nocase condition: $a", "NEEdle", "needl");
  decides("strings: $a = \"needle\" wide condition: $a", wide_needle, "needle");
  decides("strings: $a = \"needle\" wide ascii nocase condition: $a", wide("NeedLE"),
          "needl e");
  decides("strings: $a = \"needle\" wide ascii condition: $a", "needle", wide("Needle"));
  decides("strings: $a = \"needle\" fullword condition: $a", "a needle.", "a nedle");
  decides("strings: $a = \"\\x00readme\\x00\" condition: $a", std::string("\0readme\0", 8),
          "read.me");
  decides("strings: $a = { 6E 65 ?? 64 6C 65 20 2? 74 68 } condition: $a", "neEdle !th",
          "neEdle!th");
  decides("strings: $a = { 6E 65 65 64 [1-4] ( 41 | 42 43 ) 74 68 72 65 } condition: $a",
          "need..BCthre", "need..BCthr");
  decides("strings: $a = /need(le)? [a-z]+thread/ condition: $a", "need xthread", "need thr");
  decides("strings: $a = /needle|thread[0-9]/ condition: $a", "thread1", "threa needl");
  decides("strings: $a = /NEEDLE/i wide condition: $a", wide("needLE"), "needle");
}

TEST_CASE("rules that name others") {
  const std::string text =
      "private rule shy { strings: $a = \"needle\" condition: $a }\n" +
      named_rule("first", "strings: $b = \"thread\" condition: shy and $b") +
      named_rule("second", "condition: not first and filesize > 3") +
      named_rule("third", "condition: any of (first, sec*) and shy") +
      named_rule("fourth", "condition: first and second");
  const RuleSet set = rule_set(text);
  BothWays both(set);
  CHECK(both.matches(member_at("x"), "needle thread") == Names{"first", "third"});
  CHECK(both.matches(member_at("x"), "needle") == Names{"second", "third"});
  CHECK(both.candidates(member_at("x"), "hay").empty());
  CHECK(both.candidates(member_at("x"), "thread") == Names{"second"});
}

TEST_CASE("a global rule opens the gate") {
  const RuleSet set = rule_set(named_rule("big", "condition: filesize > 3", "global ") +
                               named_rule("other", kA + "$a"));
  CHECK(set.state().gate->always().size() == 2);
  CHECK_FALSE(set.state().gate->start());
  Scanner scanner(set);
  CHECK(scanner.scan_as_it_is(member_at("x"), as_bytes("needle"))->size() == 2);
}

TEST_CASE("a gate without literals still decides") {
  One one("condition: filesize == 3");
  CHECK(one.matches("hay"));
  CHECK_FALSE(one.passes(""));
}

TEST_CASE("a gate that was not worth starting lets everything through") {
  const RuleSet set = rule_set(named_rule("r", kA + "$a"));
  Gate::Watch watch(*set.state().gate);
  CHECK(watch.candidates({.content = as_bytes("hay")}).size() == 1);
  const std::string much(Gate::kWorthStarting, '.');
  CHECK(watch.candidates({.content = as_bytes(much)}).empty());
  CHECK(watch.candidates({.content = as_bytes("hay")}).empty());
}

TEST_CASE("every shipped rule is understood and none passes always") {
  CHECK(pack().state().gate->always().empty());
  BothWays both(pack());
  for (const char* head : {"", "MZ",
                           "\x7f"
                           "ELF",
                           "#!/bin/sh\n", "{", "[", "text"}) {
    for (const char* name : {"x", "x.sh", "x.js", "package.json", "postinst", "x.ps1"}) {
      const std::string content = std::string(head) + std::string(200, '.');
      CHECK(both.candidates(member_at(name), content) == Names{});
    }
  }
}

}  // namespace
}  // namespace assay
