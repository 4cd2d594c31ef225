#include "bundle/lzma_alone.h"

#include "codec.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return packed_by_each({"xz --format=lzma -0", "xz --format=lzma -9"});
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const bool is_one = is_lzma_alone(as_bytes(input));
  fuzz::expect(is_lzma_alone(as_bytes(input)) == is_one, "the answer stays the same");
  fuzz::expect(!is_one || size >= 13, "there is a header");
  return 0;
}
