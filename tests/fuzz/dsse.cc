#include "verdict/dsse.h"

#include "fixed_key.h"
#include "fuzz.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {dsse_sign(kInTotoPayloadType, "{}", fixed_key()).take(),
          dsse_sign(kInTotoPayloadType, std::string(100, '\xff'), fixed_key()).take(),
          dsse_sign("text/plain", "other", fixed_key()).take(),
          R"({"payload":"e30","payloadType":"a","signatures":[{"sig":"_-8"}],"more":1})"};
}

namespace {

/// Any bytes as an envelope: the exact form is what the signer writes, and no other.
void try_envelope(std::string_view input) {
  const Ed25519Public& key = fixed_key().public_key();
  const auto payload = dsse_open(input, kInTotoPayloadType, key);
  const auto exact = dsse_open_exact(input, kInTotoPayloadType, key);
  if (!payload) {
    expect(payload.error().kind == Error::Kind::unusable, "a bad envelope is unusable");
    expect(!exact, "what cannot be opened cannot be opened exactly");
    return;
  }
  const std::string again = dsse_sign(kInTotoPayloadType, *payload, fixed_key()).take();
  expect(bool(exact) == (again == input), "there is one exact envelope");
}

/// Any bytes as a payload come out as they went in.
void try_payload(std::string_view input) {
  const Ed25519Public& key = fixed_key().public_key();
  const std::string envelope = dsse_sign(kInTotoPayloadType, input, fixed_key()).take();
  const auto payload = dsse_open_exact(envelope, kInTotoPayloadType, key);
  expect(payload && *payload == input, "what was signed is what is opened");
  expect(!dsse_open(envelope, "text/plain", key), "its type is signed along");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::fuzz;
  try_envelope(text(data, size));
  if (size % 8 == 0) try_payload(text(data, size));
  return 0;
}
