#include "base/bytes.h"
#include "fixed_key.h"
#include "fuzz.h"
#include "trust/ssh.h"
#include "trust/test_kit.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  const std::string blob = std::string("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19) +
                           std::string(as_text(fixed_key().public_key()));
  const std::string key = "ssh-ed25519 " + to_base64(as_bytes(blob));
  return {key + " ops@acme\n", "ops@acme " + key,
          "*@acme namespaces=\"file,git\",valid-after=20260101Z,valid-before=20270101120000Z " +
              key + "\n",
          "-----BEGIN OPENSSH PRIVATE KEY-----\n"};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const auto key = ssh_key_format.read(input);
  if (!key) {
    fuzz::expect(key.error().kind == Error::Kind::config && !key.error().hint.empty(),
                 "a bad key is told as such, with a hint");
    return 0;
  }
  fuzz::expect(ssh_key_format.matches(input), "what is read is recognised");
  fuzz::expect(input.find(to_base64(as_bytes(key->material))) != input.npos,
               "the key is what stands there");
  fuzz::expect(key->id == "sha256:" + sha256_hex(as_bytes(key->material)),
               "and its id its own");
  fuzz::expect(!key->value.empty() && !key->algorithms.empty(), "it can be pinned");
  const auto again = ssh_key_format.read(key->file_text);
  fuzz::expect(again && again->id == key->id && again->notes == key->notes,
               "and reads the same from the store");
  for (const std::string& note : key->notes) {
    fuzz::expect(note.find_first_of("\x1b\r\n\x7f\b") == note.npos, "its notes are plain text");
  }
  return 0;
}
