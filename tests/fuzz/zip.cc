#include "bundle/zip_index.h"
#include "container.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {packed_folder("zip -qryX out.zip d b e l && mv out.zip out"),
          packed_folder("zip -qry out.zip d b e l && mv out.zip out"),
          packed_folder("zip -qr0X out.zip d b && mv out.zip out"),
          packed_folder("cat b | zip -q - - > out"),
          packed_folder("zip -qX -P secret out.zip b && mv out.zip out"),
          testing::zip_of({{.name = "x", .content = "content"}})};
}

namespace {

/// Members lie inside the file, one behind the other.
void try_index(std::string_view input) {
  const MemoryAccess zip(as_bytes(input));
  const auto index = read_zip_index(zip);
  if (!index) return;
  std::uint64_t end = 0;
  for (const ZipMember& member : *index) {
    expect(member.start >= end, "members do not overlap");
    end = member.start + member.packed;
    expect(end <= input.size(), "members lie inside the file");
  }
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  (void)ends_as_zip(as_bytes(input));
  (void)container_ends_as_zip(as_bytes(input), size);
  fuzz::try_index(input);
  fuzz::try_container(zip_container, input, true);
  return 0;
}
