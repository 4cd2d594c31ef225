#include "model/wall.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

TEST_CASE("a wall has one spelling, and nothing else is one") {
  const Wall walls[] = {{},
                        {.rlimits = true},
                        {.rlimits = true, .landlock_abi = 7},
                        {.rlimits = true, .seccomp = true},
                        {.rlimits = true, .seccomp = true, .landlock_abi = 12}};
  const std::string texts[] = {"none", "rlimits", "landlock7", "seccomp", "seccomp+landlock12"};
  WallLevel before = WallLevel::none;
  for (std::size_t i = 0; i < std::size(walls); ++i) {
    CHECK(to_string(walls[i]) == texts[i]);
    const auto read = wall_from(texts[i]);
    REQUIRE(read);
    CHECK(to_string(*read) == texts[i]);
    CHECK((i == 0 || before < level_of(*read)));
    before = level_of(*read);
  }
  for (const char* text : {"", "None", "off", "seccomp7", "landlock", "landlock0", "landlock07",
                           "landlock-1", "landlock+7", "seccomp+landlock", "landlock100",
                           "seccomp+landlock7 ", "rlimits+landlock7", "7"}) {
    CAPTURE(text);
    CHECK_FALSE(wall_from(text));
  }
  CHECK(level_of({.seccomp = true, .landlock_abi = 7}) == WallLevel::none);
}

TEST_CASE("the parts of a wall name what it lacks") {
  CHECK(wall_json("seccomp+landlock7").canonical() ==
        R"({"degraded":[],"landlockAbi":7,"level":"seccomp+landlock7","noNewPrivs":true,)"
        R"("rlimits":["as","cpu","fsize","core","memlock","nofile"],"seccomp":true})");
  CHECK(wall_json("landlock3").canonical() ==
        R"({"degraded":["seccomp"],"landlockAbi":3,"level":"landlock3","noNewPrivs":true,)"
        R"("rlimits":["as","cpu","fsize","core","memlock","nofile"],"seccomp":false})");
  CHECK(wall_json("nonsense") == wall_json("none"));
}

}  // namespace
}  // namespace assay
