#include <algorithm>

#include "base/bytes.h"
#include "fuzz.h"
#include "trust/minisign.h"
#include "trust/test_kit.h"

namespace assay::fuzz {
namespace {

std::string spelled(const SignifySignature& it) {
  const std::string bytes =
      "Ed" + std::string(as_text(it.key_number)) + std::string(as_text(it.signature));
  return to_base64(as_bytes(bytes)) + "\n" + it.message;
}

}  // namespace

std::vector<std::string> seeds() {
  SignifySignature it;
  it.signature.fill(std::byte{0x5a});
  const std::string first = "untrusted comment: verify with acme.pub\n";
  std::vector<std::string> made{first + spelled(it)};
  it.message = "SHA256 (a) = " + std::string(64, '0') + "\n";
  made.push_back(first + spelled(it));
  it.message = "trusted comment: x\n" + to_base64(it.signature) + "\n";
  made.push_back(first + spelled(it));
  return made;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const auto formats = test::all_formats().signatures;
  const auto claims = std::ranges::count_if(formats, [&](const SignatureFormat* it) {
    return it != &raw_format && it->matches(input);  // raw takes what is left
  });
  fuzz::expect(claims <= 1 || minisign_format.matches(input), "one format a file");
  const auto signature = parse_signify_signature(input);
  if (!signature) {
    fuzz::expect(signature.error().code == "sidecar-malformed", "a bad one is malformed");
    fuzz::expect(!signify_format.matches(input) && !signify_embedded_format.matches(input),
                 "and not taken for one");
    return 0;
  }
  const std::size_t line = input.find('\n') + 1;
  fuzz::expect(input.substr(line) == fuzz::spelled(*signature), "it has one spelling");
  fuzz::expect(signify_format.matches(input) == signature->message.empty(),
               "a detached one has nothing behind it");
  return 0;
}
