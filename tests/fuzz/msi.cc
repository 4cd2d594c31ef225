#include "bundle/cfb.h"
#include "bundle/msi_kit.h"
#include "container.h"

namespace assay {
extern const Container msi_container;
}

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {testing::wixl_msi("x", "helper", testing::kWixAction), testing::wixl_msi("x", std::string(70'000, 'h'))};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const MemoryAccess file(as_bytes(input));
  Limits limits;
  limits.decoder_memory = 16U << 20;
  if (const auto cfb = read_cfb(file, limits)) {
    fuzz::expect(adds_up_to(cfb->ledger, size), "every byte is counted once");
    std::uint64_t content = 0;
    for (const CfbEntry& entry : cfb->entries) {
      std::uint64_t here = 0;
      for (const cfb::Extent& extent : entry.content) here += extent.size;
      fuzz::expect(here == entry.size, "a stream is as long as its places");
      content += here;
    }
    fuzz::expect(content == cfb->ledger.member, "content is what streams hold");
  }
  fuzz::try_container(msi_container, input, true);
  return 0;
}
