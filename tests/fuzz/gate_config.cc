#include "fixed_key.h"
#include "fuzz.h"
#include "verdict/gate.h"

namespace assay::fuzz {
namespace {

/// A folder with the one key there is.
const test::TempFolder& folder() {
  static const test::TempFolder folder;
  static const bool written =
      bool(write_file(folder / "k.pem", public_key_pem(fixed_key().public_key())));
  expect(written, "a folder to write in");
  return folder;
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string head = "schema = \"assay-gate/1\"\npolicies = [\"urn:assay:policy:x\"]\n";
  const std::string key = "[[key]]\nname = \"ci\"\nfile = \"k.pem\"\n";
  const std::string digest = "[\"" + std::string(64, 'a') + "\"]\n";
  return {head + "max_age = \"7d\"\n" + key,
          head + "max_age = \"12h\"\npolicy_sha256 = " + digest + "trust_sha256 = " + digest +
              "min_policy_serial = 3\nmin_rules_serial = 20260101\n"
              "levels = [\"ASSAY_SIGNED_1\"]\naudience = [\"prod\"]\nresource = \"pkg:x\"\n" +
              key + "verifier = \"urn:x\"\nvalid_from = 2026-01-01T00:00:00Z\n"};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const auto config =
      load_gate_config(std::string(fuzz::text(data, size)), fuzz::folder() / "gate.toml");
  if (!config) {
    fuzz::expect(config.error().kind == Error::Kind::config, "a bad file is told as such");
    return 0;
  }
  fuzz::expect(!config->keys.empty() && !config->policies.empty(), "it believes somebody");
  fuzz::expect(config->max_age > 0, "and not for ever");
  for (const GateKey& key : config->keys) {
    fuzz::expect(key.public_key == fuzz::fixed_key().public_key() && !key.verifier_id.empty(),
                 "its keys are those of the files");
  }
  fuzz::expect(!decide(*config, {}).accepted, "and nothing is no verdict");
  return 0;
}
