#include "container.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> made;
  for (const std::string format : {"newc", "crc", "odc"}) {
    made.push_back(packed_folder("find d b e l | sort | cpio -o -H " + format + " > out"));
  }
  made.push_back(testing::packed_by("ln a b && printf 'a\\nb\\n' | cpio -o -H newc > out",
                                    {{"a", "twice"}}));
  return made;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::fuzz::try_container(assay::cpio_container, assay::fuzz::text(data, size), false);
  return 0;
}
