#include <algorithm>

#include "base/bytes.h"
#include "fuzz.h"
#include "trust/minisign.h"
#include "verify/registry.h"

namespace assay::fuzz {
namespace {

std::string spelled(const MinisignKey& it) {
  const std::string bytes =
      "Ed" + std::string(as_text(it.number)) + std::string(as_text(it.key));
  return to_base64(as_bytes(bytes));
}

}  // namespace

std::vector<std::string> seeds() {
  MinisignKey key;
  key.key.fill(std::byte{0x5a});
  return {"untrusted comment: minisign public key\n" + spelled(key) + "\n", spelled(key),
          "untrusted comment: minisign encrypted secret key\n" + std::string(212, 'A') + "\n"};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const auto published = read_published_key(input, trust_formats());
  const auto key = parse_minisign_key(input);
  fuzz::expect(!published || bool(key), "what is pinned as a key is one");
  if (!key) {
    fuzz::expect(key.error().kind == Error::Kind::config && !key.error().what.empty(),
                 "a bad key is told as such");
    return 0;
  }
  fuzz::expect(input.find(fuzz::spelled(*key)) != input.npos, "it has one spelling");
  fuzz::expect(std::ranges::count(input, '\n') <= 2, "and stands alone");
  return 0;
}
