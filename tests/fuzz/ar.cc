#include "container.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {packed_folder("ar rcD out b e d/a"),
          testing::packed_by("ar rcD out n*", {{std::string(40, 'n'), "long"}}),
          "!<arch>\n" + testing::ar_member("#1/8",
                                           "bsd_name"
                                           "content"),
          "!<arch>\n" + testing::ar_member("//", "a_very_long_member_name.o/\n") +
              testing::ar_member("/0", "odd") + testing::ar_member("short/", "even")};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::fuzz::try_container(assay::ar_container, assay::fuzz::text(data, size), false);
  return 0;
}
