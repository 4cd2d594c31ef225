#include "scan/literals.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "scan/rules.h"

namespace assay {
namespace {

using Group = std::vector<Literal>;

/// What the string behind `text` asks for, such as `"needle" wide`.
Requirement of(const std::string& text) {
  CAPTURE(text);
  const std::vector<RuleSyntax> rules =
      parse_rules("rule r { strings: $a = " + text + " condition: $a }");
  REQUIRE(rules.size() == 1);
  REQUIRE_FALSE(rules[0].opaque);
  return literals_of(rules[0].strings.front());
}

Group plain(const std::string& bytes) {
  return {{bytes, false}};
}

TEST_CASE("texts") {
  CHECK(of("\"needle\"") == Requirement{plain("needle")});
  CHECK(of("\"needle\" fullword") == Requirement{plain("needle")});
  CHECK(of("\"needle\" nocase") == Requirement{{{"needle", true}}});
  CHECK(of("\"need\" wide") == Requirement{plain(std::string("n\0e\0e\0d\0", 8))});
  CHECK(of("\"need\" ascii wide") ==
        Requirement{{{"need", false}, {std::string("n\0e\0e\0d\0", 8), false}}});
  CHECK(of("\"\\x00\\x00needle\\x00\"") == Requirement{plain(std::string("needle\0", 7))});
  CHECK(of("\"abc\"").empty());
  CHECK(of("\"\\x00abc\"").empty());
  CHECK(of("\"ab\" wide") == Requirement{plain(std::string("a\0b\0", 4))});
  CHECK(of("\"needle\" xor").empty());
  CHECK(of("\"needle\" base64").empty());
  CHECK(of("\"needle\" base64wide").empty());
}

TEST_CASE("the rarest window of a long text") {
  CHECK(of("\"aaaaaaaaaaaaaaaaaaaaXYZ/=-%XYZ/=-%XYaaaaaaaaaaaa\"") ==
        Requirement{plain("XYZ/=-%XYZ/=-%XY")});
}

TEST_CASE("hex strings") {
  CHECK(of("{ 41 42 43 44 }") == Requirement{plain("ABCD")});
  CHECK(of("{ 41 42 43 44 4? 45 46 47 48 49 }") == Requirement{plain("ABCD"), plain("EFGHI")});
  CHECK(of("{ 41424344 [2-4] 45464748 }") == Requirement{plain("ABCD"), plain("EFGH")});
  CHECK(of("{ 41424344 ( 45 | 46 47 ) 48494A4B }") ==
        Requirement{plain("ABCD"), plain("HIJK")});
  CHECK(of("{ 41424344 ( 45 | ( 46 | ?? ) ) 48 49 4A }") == Requirement{plain("ABCD")});
  CHECK(of("{ 41424344 ~45 46474849 }") == Requirement{plain("ABCD"), plain("FGHI")});
  CHECK(of("{ 41424344 ~?5 46474849 }") == Requirement{plain("ABCD"), plain("FGHI")});
  CHECK(of("{ 41 42 43 ?? 45 46 47 }").empty());
  CHECK(of("{ 00 00 00 00 41 42 43 00 }") == Requirement{plain(std::string("ABC\0", 4))});
  CHECK(of("{ 00 00 00 00 00 00 ?? 00 }").empty());
}

TEST_CASE("regular expressions") {
  CHECK(of("/needle/") == Requirement{plain("needle")});
  CHECK(of("/needle/i") == Requirement{{{"needle", true}}});
  CHECK(of("/needle/ wide nocase") ==
        Requirement{{{std::string("n\0e\0e\0d\0l\0e\0", 12), true}}});
  CHECK(of("/need.thread/") == Requirement{plain("need"), plain("thread")});
  CHECK(of("/needle?thread/") == Requirement{plain("needl"), plain("thread")});
  CHECK(of("/needle*?thread/") == Requirement{plain("needl"), plain("thread")});
  CHECK(of("/needle+thread/") == Requirement{plain("needle"), plain("thread")});
  CHECK(of("/needle{2,3}thread/") == Requirement{plain("needle"), plain("thread")});
  CHECK(of("/needle{0,3}thread/") == Requirement{plain("needl"), plain("thread")});
  CHECK(of("/needle{,3}thread/") == Requirement{plain("needl"), plain("thread")});
  CHECK(of("/need(le|les)?thre/") == Requirement{plain("need"), plain("thre")});
  CHECK(of("/need(a[)]|\\)|(b|c))thre/") == Requirement{plain("need"), plain("thre")});
  CHECK(of("/need[]a-z)(]thre/") == Requirement{plain("need"), plain("thre")});
  CHECK(of("/need[^]\\]|]thre/") == Requirement{plain("need"), plain("thre")});
  CHECK(of("/^need\\.\\/\\x41\\n\\bthre$/") == Requirement{plain("need./A\n"), plain("thre")});
  CHECK(of("/need\\sthre\\d{2}/") == Requirement{plain("need"), plain("thre")});
  CHECK(of("/needle|thread.*button1/") == Requirement{{{"needle", false}, {"button1", false}}});
  CHECK(of("/needle|abc/").empty());
  CHECK(of("/(needle)/").empty());
  CHECK(of("/[a-z]+/").empty());
  CHECK(of("/need{x|y}thread/") == Requirement{{{"need", false}, {"y}thread", false}}});
}

TEST_CASE("odd expressions end a run and nothing else") {
  for (const char* source :
       {"",  "\\",  "[",   "[^",   "[]",    "(",  "(a", ")",   "a{",  "a{2",         "{3}",
        "*", "a**", "\\x", "\\x4", "\\xg0", "a|", "|",  "(\\", "[\\", "a{2}{0}bcdef"}) {
    CAPTURE(source);
    for (const std::vector<std::string>& group : regex_runs(source)) CHECK_FALSE(group.empty());
  }
  CHECK(regex_runs("abcd{2}{0}").empty());
}

TEST_CASE("every literal of the shipped rules can be looked for") {
  for (const RuleFile& file : built_in_rules().take()) {
    for (const RuleSyntax& rule : parse_rules(file.text)) {
      for (const StringSyntax& string : rule.strings) {
        for (const Group& group : literals_of(string)) {
          REQUIRE_FALSE(group.empty());
          for (const Literal& literal : group) {
            CHECK(literal.bytes.size() >= 4);
            CHECK(literal.bytes.size() <= 16);
            CHECK(literal.bytes.front() != '\0');
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay
