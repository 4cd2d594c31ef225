#include "container.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> made;
  for (const std::string format : {"ustar", "gnu", "pax", "v7"}) {
    made.push_back(packed_folder("tar -b1 --format=" + format + " -cf out d b e l"));
  }
  const std::string name(120, 'n');
  made.push_back(testing::packed_by("tar -b1 --format=gnu -cf out n*", {{name, "long"}}));
  made.push_back(testing::packed_by("tar -b1 --format=pax -cf out n*", {{name, "long"}}));
  made.push_back(testing::tar_of({{.name = "x", .content = "content"}}));
  return made;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::fuzz::try_container(assay::tar_container, assay::fuzz::text(data, size), false);
  return 0;
}
