#include "report/escape.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "base/bytes.h"

namespace assay {
namespace {

/// What somebody would name a member to get out of a report's syntax, every single byte,
/// and noise.
std::vector<std::string> hostile() {
  std::vector<std::string> all = {"",
                                  "::error::x",
                                  " ::set-output name=a::b",
                                  "##[add-mask]x",
                                  "x##vso[task.x]",
                                  "a%0A::b",
                                  "]]>",
                                  "<![CDATA[",
                                  "<script>alert(1)</script>",
                                  "\" onload=\"x",
                                  "' x='",
                                  "&lt;",
                                  "-->",
                                  "\x1b[2J",
                                  "a\r\n::warning::b",
                                  std::string("a\0b", 3),
                                  "\xff\xfe",
                                  "\xe2\x80\xae"
                                  "exe.txt",
                                  "\xc2\x9b"
                                  "31m",
                                  "`code`",
                                  "``` \n# head",
                                  "| a | b |",
                                  "![x](http://e/)",
                                  "[x](javascript:0)",
                                  "https://e.example/",
                                  "www.e.example",
                                  "@somebody",
                                  "#1",
                                  "{a=\"b\"} 1\n",
                                  "\\",
                                  "a\\",
                                  "\\n",
                                  "..",
                                  ".",
                                  "a/b",
                                  "javascript:0",
                                  "$(id)",
                                  "a=b\nRESULT=PASSED"};
  for (int c = 0; c < 256; ++c) {
    const std::string one(1, static_cast<char>(c));
    all.insert(all.end(), {one, "a" + one + "b", one + one, one + one + one});
  }
  constexpr std::string_view kMarks = "<&>\"'%:#|`\\]";
  std::mt19937 dice(1);  // NOLINT(cert-msc51-cpp): the same noise every time
  for (int i = 0; i < 2000; ++i) {
    std::string noise(dice() % 40, '\0');
    for (char& c : noise) {
      c = dice() % 3 == 0 ? static_cast<char>(dice()) : kMarks[dice() % kMarks.size()];
    }
    all.push_back(noise);
  }
  return all;
}

bool is_line(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool has_none(std::string_view text, std::string_view of) {
  return text.find_first_of(of) == text.npos;
}

TEST_CASE("whatever goes in, one line of printable ASCII comes out") {
  for (const std::string& text : hostile()) {
    for (const auto escape :
         {visible, xml_text, workflow_data, workflow_property, markdown_text, markdown_code,
          prometheus_label, uri_segment, dotenv_value}) {
      REQUIRE(is_line(escape(text)));
      REQUIRE(is_line(escape(printable(text))));
    }
  }
}

TEST_CASE("each syntax has nothing left to act on") {
  for (const std::string& text : hostile()) {
    CAPTURE(printable(text));
    REQUIRE(has_none(xml_text(text), "<>\"'"));
    REQUIRE(workflow_data(text).find("##") == std::string::npos);
    REQUIRE(has_none(workflow_property(text), ":,"));
    REQUIRE(has_none(markdown_text(text), "<>|`[]*_!@\\{}$~:.+"));
    REQUIRE(has_none(dotenv_value(text), " \"'$\\=#"));
    const std::string uri = uri_segment(text);
    REQUIRE(!uri.empty());
    REQUIRE(has_none(uri, "/:?# \\\"<>"));
    REQUIRE(uri.find_first_not_of('.') != std::string::npos);
    const std::string label = prometheus_label(text);
    for (std::size_t i = 0; i < label.size(); ++i) {
      REQUIRE(label[i] != '"');
      if (label[i] == '\\') REQUIRE(++i < label.size());  // it takes what follows with it
    }
  }
}

TEST_CASE("numeric references are the only '&' and '#' of Markdown") {
  for (const std::string& text : hostile()) {
    const std::string safe = markdown_text(text);
    for (std::size_t i = 0; i < safe.size(); ++i) {
      if (safe[i] == '&') REQUIRE(safe.substr(i, 2) == "&#");
      if (safe[i] == '#') REQUIRE((i > 0 && safe[i - 1] == '&'));
    }
  }
}

TEST_CASE("names that differ stay apart, and cuts are marked") {
  CHECK(xml_text(printable("\\x0a")) != xml_text(printable("\n")));
  CHECK(shortened("abcdef", 6) == "abcdef");
  CHECK(shortened("abcdefg", 6) == "abc...");
  CHECK(shortened("abcdefg", 2).size() == 2);
}

}  // namespace
}  // namespace assay
