#include <zstd.h>

#include "codec.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return packed_by_each(
      {"zstd -q -1", "zstd -q -1 --no-check", "zstd -q -19", "zstd -q --long"});
}

namespace {

std::string pack(std::string_view content) {
  std::string packed(ZSTD_compressBound(content.size()), '\0');
  const std::size_t used =
      ZSTD_compress(packed.data(), packed.size(), content.data(), content.size(), 1);
  expect(ZSTD_isError(used) == 0, "libzstd packs");
  packed.resize(used);
  return packed;
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  fuzz::try_codec(zstd_codec, input);
  if (size % 16 == 0) fuzz::try_packed(zstd_codec, input, fuzz::pack(input));
  return 0;
}
