#include "base/bytes.h"
#include "fuzz.h"
#include "trust/minisign.h"

namespace assay::fuzz {
namespace {

/// The text minisign would write of it, behind its first line.
std::string spelled(const MinisignSignature& it) {
  const std::string line2 =
      it.algorithm + std::string(as_text(it.key_number)) + std::string(as_text(it.signature));
  return to_base64(as_bytes(line2)) + "\ntrusted comment: " + it.trusted_comment + "\n" +
         to_base64(it.comment_signature) + "\n";
}

}  // namespace

std::vector<std::string> seeds() {
  MinisignSignature signature{.algorithm = "ED", .trusted_comment = "timestamp:1\tfile:x"};
  signature.signature.fill(std::byte{0x5a});
  const std::string first = "untrusted comment: signature\n";
  std::vector<std::string> made{first + spelled(signature)};
  signature.algorithm = "Ed";
  signature.trusted_comment = "caf\xc3\xa9";
  made.push_back(first + spelled(signature));
  return made;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const auto signature = parse_minisign_signature(input);
  if (!signature) {
    fuzz::expect(signature.error().code == "sidecar-malformed", "a bad one is malformed");
    return 0;
  }
  const std::size_t line = input.find('\n') + 1;
  fuzz::expect(input.substr(line) == fuzz::spelled(*signature), "it has one spelling");
  fuzz::expect(input.substr(0, line).find_first_of("\x1b\r\x7f\b") == input.npos,
               "the unsigned comment is plain text");
  return 0;
}
