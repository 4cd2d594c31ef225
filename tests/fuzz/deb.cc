#include "container.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  const std::string tar = testing::tar_of({{.name = "./f", .content = "x"}});
  const std::string head = "!<arch>\n" + testing::ar_member("debian-binary", "2.0\n");
  return {testing::deb_of(tar, tar),
          head + testing::ar_member("control.tar.gz", testing::filtered("gzip -n", tar)) +
              testing::ar_member("data.tar.xz", testing::filtered("xz -0", tar)) +
              testing::ar_member("_gpgorigin", "signature")};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::fuzz::try_container(assay::deb_container, assay::fuzz::text(data, size), false);
  return 0;
}
