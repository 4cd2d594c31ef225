#include <array>

#include "base/bytes.h"
#include "fixed_key.h"
#include "fuzz.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay::fuzz {
namespace {

const Sidecar kFile{"agent-1.tgz", "the bundle"};

std::string good() {
  const auto signature = fixed_key().sign(as_bytes(kFile.bytes)).take();
  return std::string(as_text(signature));
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string der =
      "\x30\x44\x02\x20" + std::string(32, '\x7a') + "\x02\x20" + std::string(32, '\x7b');
  return {good(),
          to_base64(as_bytes(good())) + "\n",
          der,
          to_base64(as_bytes(der)),
          std::string(256, '\xa5'),
          std::string(128, 'a') + "\n"};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const Sidecar sidecar{"agent-1.tgz.sig", std::string(fuzz::text(data, size))};
  const std::array keys{test::pinned(
      spki_key_format.read(public_key_pem(fuzz::fixed_key().public_key())).take(), "ours")};
  const TrustStore nobody;
  const auto answers =
      raw_format.verify({sidecar, MemoryFile(fuzz::kFile), keys, nobody, Time{}});
  fuzz::expect(bool(answers) == raw_format.matches(sidecar.bytes), "it takes what it claims");
  if (!answers) {
    fuzz::expect(answers.error().code == "sidecar-malformed", "a bad one is malformed");
    return 0;
  }
  if (!answers->at(0).reason.empty()) return 0;
  std::string bytes = sidecar.bytes;
  std::erase(bytes, '\n');
  fuzz::expect(sidecar.bytes == fuzz::good() || bytes == to_base64(as_bytes(fuzz::good())),
               "one signature, in binary or in base64");
  return 0;
}
