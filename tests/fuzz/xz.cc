#include <lzma.h>

#include "codec.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return packed_by_each({"xz -0", "xz -0 --check=none", "xz -0 --check=sha256",
                         "xz -0 --block-size=64", "xz -0 --x86 --lzma2=preset=0"});
}

namespace {

std::string pack(std::string_view content) {
  std::string packed(lzma_stream_buffer_bound(content.size()), '\0');
  std::size_t used = 0;
  const lzma_ret status = lzma_easy_buffer_encode(
      0, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t*>(content.data()),
      content.size(), reinterpret_cast<std::uint8_t*>(packed.data()), &used, packed.size());
  expect(status == LZMA_OK, "liblzma packs");
  packed.resize(used);
  return packed;
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  fuzz::try_codec(xz_codec, input);
  // An encoder costs more than all the rest: one input of sixteen.
  if (size % 16 == 0) fuzz::try_packed(xz_codec, input, fuzz::pack(input));
  return 0;
}
