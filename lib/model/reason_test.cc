#include "model/reason.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

TEST_CASE("the table is sorted, without doubles, and every row says what to do") {
  std::string_view before;
  for (const Reason& reason : reasons()) {
    CAPTURE(reason.id);
    CHECK(before < reason.id);
    CHECK(reason.meaning.ends_with('.'));
    CHECK(reason.remedy.size() > 10);
    before = reason.id;
    CHECK(find_reason(reason.id) == &reason);
  }
}

TEST_CASE("an unknown reason is nothing, which refuses") {
  CHECK(find_reason("no-such-reason") == nullptr);
  CHECK(find_reason("") == nullptr);
  CHECK(Reason{}.effect == Effect::indeterminate);
}

}  // namespace
}  // namespace assay
