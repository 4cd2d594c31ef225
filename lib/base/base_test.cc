#include <dlfcn.h>
#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/glob.h"
#include "base/sanitizer.h"
#include "base/similar.h"
#include "base/time.h"

namespace assay {
namespace {

TEST_CASE("base64 has one spelling for a value") {
  for (const std::string_view text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    const auto back = from_base64(to_base64(as_bytes(text)));
    REQUIRE(back);
    CHECK(as_text(*back) == text);
  }
  CHECK(to_base64(as_bytes("foob")) == "Zm9vYg==");
  for (const std::string_view bad : {"Zg", "Zh==", "Zm9=", "Zg=", "Z===", "Zg==\n",
                                     "Z g=", "Zm9v Zg==", "Zg==Zg==", "_-__", "====", "="}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad));
  }
}

TEST_CASE("a build knows which sanitizer it has") {
  const auto is_here = [](const char* symbol) {
    return ::dlsym(RTLD_DEFAULT, symbol) != nullptr;
  };
  CHECK(is_here("__asan_init") == (ASSAY_ASAN == 1));
  CHECK(is_here("__tsan_init") == (ASSAY_TSAN == 1));
}

TEST_CASE("hex") {
  CHECK(to_hex(*from_hex("00fFA5")) == "00ffa5");
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
}

TEST_CASE("printable leaves nothing a CI runner takes for an order") {
  CHECK(printable("::error::x") == ":\\x3aerror::x");
  CHECK(printable("  ::set-output") == "  :\\x3aset-output");
  CHECK(printable("a::b ::c") == "a::b ::c");
  CHECK(printable("x##[add-mask]##vso[") == "x#\\x23[add-mask]#\\x23vso[");
  CHECK(printable("###") == "#\\x23#");
}

TEST_CASE("what is printable has a way back, and no other text has") {
  for (const std::string text : {"", "a\\b", "\x1b[2J\n", "::x", "##[", "caf\xc3\xa9"}) {
    CHECK(unprinted(printable(text)) == text);
  }
  for (const char* text : {"\\", "\\x1", "\\xZZ", "\\n", "\n", "::x", "\\x41", "\\x1B"}) {
    CHECK_FALSE(unprinted(text));
  }
}

TEST_CASE("printable leaves nothing a terminal could act on") {
  CHECK(printable("a b~\\\x1b[31m\x7f\n\xc3\xa9") == "a b~\\\\\\x1b[31m\\x7f\\x0a\\xc3\\xa9");
  for (int c = 0; c < 256; ++c) {
    for (const char shown : printable(std::string(1, static_cast<char>(c)))) {
      CHECK((shown >= 0x20 && shown < 0x7f));
    }
  }
}

TEST_CASE("UTF-8 is RFC 3629, nothing looser") {
  for (const std::string_view good : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"})
    CHECK(is_utf8(good));
  for (const std::string_view bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                                     "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\xff"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("globs are anchored and do not cross a slash") {
  CHECK(glob_matches("app-*.tar.gz", "app-1.2.tar.gz"));
  CHECK(glob_matches("*", "anything"));
  CHECK(glob_matches("a*b*c", "a-b-b-c"));
  CHECK(glob_matches("v?", "v1"));
  CHECK_FALSE(glob_matches("app-*.tar.gz", "app-1.2.tar.gz.exe"));
  CHECK_FALSE(glob_matches("app-*.tar.gz", "xapp-1.2.tar.gz"));
  CHECK_FALSE(glob_matches("*", "a/b"));
  CHECK_FALSE(glob_matches("a*b", "a/b"));
  CHECK_FALSE(glob_matches("v?", "v/"));
  CHECK_FALSE(glob_matches("", "a"));
  CHECK_FALSE(glob_matches("a*******************b", std::string(2000, 'a')));
}

TEST_CASE("did you mean") {
  const std::vector<std::string> known = {"require", "serial", "fail_at"};
  CHECK(similar("requier", known) == "require");
  CHECK(similar("failat", known) == "fail_at");
  CHECK(similar("colour", known).empty());
}

TEST_CASE("times") {
  CHECK(to_rfc3339(Time{0}) == "1970-01-01T00:00:00Z");
  CHECK(from_rfc3339("2026-11-23T14:38:05Z")->seconds == 1795444685);
  CHECK(to_rfc3339(*from_rfc3339("2024-02-29T23:59:59Z")) == "2024-02-29T23:59:59Z");
  for (const std::string_view bad :
       {"2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00", "26-01-01T00:00:00Z",
        "2026-1-01T00:00:00Z", ""}) {
    CAPTURE(bad);
    CHECK_FALSE(from_rfc3339(bad));
  }
  CHECK(duration_seconds("15m") == 900);
  CHECK(duration_seconds("14d") == 14 * 86400);
  CHECK_FALSE(duration_seconds("14"));
  CHECK_FALSE(duration_seconds("d"));
  CHECK_FALSE(duration_seconds("-1d"));
}

}  // namespace
}  // namespace assay
