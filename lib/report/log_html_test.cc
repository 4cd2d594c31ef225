#include "report/log_html.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

const std::string kNasty = "x<script>alert(1)</script>\"'&\x1b[2J\xff\n::error::</pre>";

LogHead nasty_head() {
  return {.origin = kNasty,
          .vkey = kNasty,
          .size = 3,
          .root = kNasty,
          .note = kNasty,
          .witnesses = {kNasty}};
}

void check_safe(const std::string& page) {
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("\x1b") == std::string::npos);
  CHECK(page.find("\xff") == std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("http://") == std::string::npos);
}

TEST_CASE("nothing of an entry is markup") {
  const LogRow row{.index = 1,
                   .at = kNasty,
                   .kind = kNasty,
                   .says = kNasty,
                   .subject = kNasty,
                   .sha256 = kNasty,
                   .key_id = kNasty,
                   .statement = kNasty};
  check_safe(log_page_html(nasty_head(), {row}, 0, 0));
  check_safe(log_index_html(
      nasty_head(),
      {{.first = 0, .last = 1, .from = kNasty, .until = kNasty, .kinds = {{kNasty, 1}}}}));
}

TEST_CASE("pages lead to each other") {
  const LogHead head{.origin = "l", .size = 3000};
  const std::string page = log_page_html(head, {{.index = 1000}, {.index = 1999}}, 0, 2000);
  CHECK(page.find("href=\"entries-000000000.html\">Older") != std::string::npos);
  CHECK(page.find("href=\"entries-000002000.html\">Newer") != std::string::npos);
  const std::string only = log_page_html(head, {{.index = 0}}, 0, 0);
  CHECK(only.find("Older") == std::string::npos);
  CHECK(only.find("Newer") == std::string::npos);
  CHECK(log_index_html(head, {}).find("None yet") != std::string::npos);
}

}  // namespace
}  // namespace assay
