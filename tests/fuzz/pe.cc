#include <algorithm>

#include "base/bytes.h"
#include "fuzz.h"
#include "trust/embedded.h"
#include "trust/pe_kit.h"
#include "trust/signed_file.h"
#include "verify/registry.h"

namespace assay::fuzz {
namespace {

const EmbeddedFormat& format() {
  const auto all = trust_formats().embedded;
  return **std::ranges::find(all, std::string_view("pe"), &EmbeddedFormat::name);
}

}  // namespace

std::vector<std::string> seeds() {
  const auto with = [](const std::string& image, const std::string& table) {
    std::string copy = image;
    test::put(copy, test::kPeDirectory, image.size(), 4);
    return test::with_table(copy, table);
  };
  const std::string message = der_value(der::kSequence, "one"), other = der_value(0x30, "two");
  const std::string windows = with(test::program(), test::entry(message));
  const std::string efi =
      with(test::program("overlay!", 10), test::entry(message) + test::entry(other));
  const Sidecar bundle{"app-1.exe", windows};
  const auto found = format().find(MemoryFile(bundle));
  expect(found && found->size() == 1, "the first seed has a signature");
  return {windows, efi, test::program()};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const Sidecar bundle{"app-1.exe", std::string(fuzz::text(data, size))};
  const MemoryFile file(bundle);
  const auto found = fuzz::format().find(file);
  if (!found) return 0;
  for (const EmbeddedSignature& one : *found) {
    fuzz::expect(!uncovered_byte(one, file.size()), "no byte is left over");
    std::uint64_t hashed = 0;
    for (const ByteRange& range : one.message) hashed += range.size;
    fuzz::expect(hashed + 12 < file.size(), "the digest leaves out the table and twelve bytes");
    const Sidecar longer{bundle.name, bundle.bytes + '\0'};
    fuzz::expect(!fuzz::format().find(MemoryFile(longer)), "a byte behind it is no success");
  }
  return 0;
}
