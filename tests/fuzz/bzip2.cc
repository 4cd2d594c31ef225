#include <bzlib.h>

#include "codec.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return packed_by_each({"bzip2 -1", "bzip2 -9"});
}

namespace {

std::string pack(std::string_view content) {
  std::string packed(content.size() + content.size() / 64 + 700, '\0');
  auto used = static_cast<unsigned>(packed.size());
  std::string copy(content);  // the library wants it writable
  const int status = BZ2_bzBuffToBuffCompress(packed.data(), &used, copy.data(),
                                              static_cast<unsigned>(copy.size()), 1, 0, 0);
  expect(status == BZ_OK, "libbz2 packs");
  packed.resize(used);
  return packed;
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  fuzz::try_codec(bzip2_codec, input);
  if (size % 16 == 0) fuzz::try_packed(bzip2_codec, input, fuzz::pack(input));
  return 0;
}
