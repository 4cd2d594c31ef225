#include "trust/version.h"

#include <doctest/doctest.h>

#include <vector>

namespace assay {
namespace {

/// Each earlier than the one after it, whichever two are compared.
void check_order(VersionScheme scheme, const std::vector<const char*>& rising) {
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t j = 0; j < rising.size(); ++j) {
      CAPTURE(rising[i]);
      CAPTURE(rising[j]);
      CHECK(compare_versions(scheme, rising[i], rising[j]) == (i <=> j));
    }
  }
}

TEST_CASE("the order of Semantic Versioning 2.0.0, part 11") {
  check_order(VersionScheme::semver,
              {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
               "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2", "1.10", "2"});
  const auto same = [](const char* a, const char* b) {
    return compare_versions(VersionScheme::semver, a, b) == std::strong_ordering::equal;
  };
  CHECK(same("v1.2", "1.2.0"));
  CHECK(same("1.2.0+build.7", "1.2.0+build.8"));
  CHECK(same("01.2", "1.2"));
}

TEST_CASE("the order of Debian Policy 5.6.12") {
  check_order(VersionScheme::debian,
              {"1.0~~", "1.0~~a", "1.0~", "1.0~rc1-1", "1.0", "1.0-1", "1.0-1+b1", "1.0-1.1",
               "1.0a-1", "1.0+dfsg-1", "1.1-1", "1.2.3", "1.10-1", "1:0.9-1", "2:0.1"});
  CHECK(compare_versions(VersionScheme::debian, "1.0-0", "1.0") == std::strong_ordering::equal);
  CHECK(compare_versions(VersionScheme::debian, "0:1.0", "1.0") == std::strong_ordering::equal);
}

TEST_CASE("numbers of any length") {
  CHECK(compare_versions(VersionScheme::semver, "1.99999999999999999999999",
                         "1.100000000000000000000000") == std::strong_ordering::less);
}

TEST_CASE("what is no version compares with nothing") {
  for (const char* text :
       {"", "1..2", "latest", "1.2.3.4.5", "1.2-", "1.2 ", "-1", "1.2-\xc3\xa9"}) {
    CAPTURE(text);
    CHECK_FALSE(compare_versions(VersionScheme::semver, text, "1.0").has_value());
    CHECK_FALSE(compare_versions(VersionScheme::semver, "1.0", text).has_value());
  }
  for (const char* text : {"", "x:1", "1.0 ", "1_0", ":1"}) {
    CAPTURE(text);
    CHECK_FALSE(compare_versions(VersionScheme::debian, text, "1.0").has_value());
  }
  CHECK_FALSE(compare_versions(VersionScheme::semver, std::string(300, '1'), "1").has_value());
  CHECK_FALSE(version_scheme("calver").has_value());
}

}  // namespace
}  // namespace assay
