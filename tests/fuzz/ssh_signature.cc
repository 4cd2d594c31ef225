#include "base/bytes.h"
#include "fixed_key.h"
#include "fuzz.h"
#include "trust/ssh.h"

namespace assay::fuzz {
namespace {

std::string length_of(std::size_t size) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes += static_cast<char>(size >> shift & 0xffU);
  }
  return bytes;
}
std::string spelled(std::string_view value) {
  return length_of(value.size()).append(value);
}

/// The blob that holds exactly this.
std::string spelled(const SshSignature& it) {
  std::string inner = spelled(it.algorithm) + spelled(it.bytes);
  if (it.algorithm.starts_with("sk-")) {
    inner += static_cast<char>(it.flags) + length_of(it.counter);
  }
  return "SSHSIG" + length_of(1) + spelled(it.key_blob) + spelled(it.namespace_name) +
         spelled("") + spelled(it.hash) + spelled(inner);
}

std::string armoured(std::string_view blob) {
  const std::string base64 = to_base64(as_bytes(blob));
  std::string text = "-----BEGIN SSH SIGNATURE-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 70) text += base64.substr(at, 70) + "\n";
  return text + "-----END SSH SIGNATURE-----\n";
}

SshSignature sample(std::string type) {
  const std::string point(as_text(fixed_key().public_key()));
  SshSignature it{.namespace_name = "file", .hash = "sha512", .algorithm = type};
  it.key_blob = spelled(type) + spelled(point);
  if (type.starts_with("sk-")) it.key_blob += spelled("ssh:");
  it.bytes = std::string(64, '\x5a');
  it.flags = kUserPresent;
  return it;
}

}  // namespace

/// Armour, which nothing changed gets through often, and bare blobs behind a zero byte.
std::vector<std::string> seeds() {
  std::vector<std::string> made;
  for (const char* type : {"ssh-ed25519", "sk-ssh-ed25519@openssh.com"}) {
    const std::string blob = spelled(sample(type));
    made.push_back(armoured(blob));
    made.push_back('\0' + blob);
  }
  SshSignature rsa = sample("rsa-sha2-512");
  rsa.key_blob =
      spelled("ssh-rsa") + spelled("\x01\x00\x01") + spelled('\0' + std::string(256, '\xc5'));
  made.push_back('\0' + spelled(rsa));
  return made;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  std::string input(fuzz::text(data, size));
  if (input.starts_with('\0')) input = fuzz::armoured(std::string_view(input).substr(1));
  const auto signature = parse_ssh_signature(input);
  if (!signature) {
    fuzz::expect(!signature.error().code.empty(), "what is none has a reason");
    fuzz::expect(printable(signature.error().what) == signature.error().what ||
                     signature.error().what.find('\\') != std::string::npos,
                 "which can be printed");
    return 0;
  }
  const auto blob = fuzz::spelled(*signature);
  std::string held = input.substr(input.find('\n') + 1);
  held.erase(held.find("-----END"));
  std::erase(held, '\n');
  fuzz::expect(held == to_base64(as_bytes(blob)), "it has one spelling");
  const auto key = parse_ssh_key(signature->key_blob);
  if (key) {
    fuzz::expect(PublicKey::from_der(as_bytes(key->key.der()))->value() == key->key.value(),
                 "its key is one by any name");
  }
  return 0;
}
