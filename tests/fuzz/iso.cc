#include "bundle/iso_tree.h"
#include "container.h"

namespace assay {
extern const Container iso_container;
}

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {packed_folder("genisoimage -quiet -no-pad -R -J -o out -graft-points b=b e=e d/=d"),
          packed_folder("genisoimage -quiet -no-pad -b b -no-emul-boot -c c.cat -o out d b")};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const MemoryAccess file(as_bytes(input));
  const auto disc = iso::read_disc(file, Limits{});
  if (disc && !disc->left_open) {
    fuzz::expect(adds_up_to(disc->ledger, size), "every byte is counted once");
    for (const iso::File& one : disc->files) {
      std::uint64_t parts = 0;
      for (const iso::Part& part : one.parts) parts += part.size;
      fuzz::expect(parts == one.entry.declared_size.value_or(0), "a file is its parts");
    }
  }
  fuzz::try_container(iso_container, input, true);
  return 0;
}
