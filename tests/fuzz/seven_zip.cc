#include "bundle/seven_zip_header.h"
#include "container.h"

namespace assay {
extern const Container seven_zip_container;
}

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {packed_folder("7zz a o.7z b e d && mv o.7z out"),
          packed_folder("7zz a -mhc=off -m0=Copy o.7z b e && mv o.7z out"),
          packed_folder("bsdtar --format 7zip -cf out b e")};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const MemoryAccess file(as_bytes(input));
  Limits limits;
  limits.decoder_memory = 16U << 20;
  if (size >= 32) {
    const auto headers = read_seven_zip(file, limits);
    fuzz::expect(!headers || adds_up_to(headers->ledger, size), "every byte is counted once");
  }
  fuzz::try_container(seven_zip_container, input, true);
  return 0;
}
