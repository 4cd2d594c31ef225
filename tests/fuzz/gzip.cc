#include "codec.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> made = packed_by_each({"gzip -1n", "gzip -9n"});
  made.push_back(testing::packed_by("gzip -k in && cat in.gz > out", {{"in", "named"}}));
  made.push_back(testing::gzip_of("stored"));
  return made;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  fuzz::try_codec(gzip_codec, input);
  fuzz::try_packed(gzip_codec, input, testing::gzip_of(input));
  return 0;
}
