#include <array>

#include "base/bytes.h"
#include "crypto/envelope.h"
#include "fixed_key.h"
#include "fuzz.h"
#include "trust/lists.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"
#include "verify/registry.h"

namespace assay::fuzz {
namespace {

const Sidecar kFile{"agent-1.tgz", "the bundle"};

std::string statement() {
  return R"({"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"p",)"
         R"("subject":[{"digest":{"sha1":"00","sha256":")" +
         sha256_hex(as_bytes(kFile.bytes)) + R"("},"name":"dist/agent-1.tgz"}]})";
}

std::string envelope(std::string_view payload) {
  const auto signature =
      fixed_key().sign(as_bytes(dsse_pae(kInTotoPayloadType, payload))).take();
  return R"({"payload":")" + to_base64(as_bytes(payload)) +
         R"(","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"k","sig":")" +
         to_base64(signature) + R"("}]})";
}

const TrustedKey& key() {
  static const TrustedKey kKey =
      test::pinned(spki_key_format.read(public_key_pem(fixed_key().public_key())).take(), "ci");
  return kKey;
}

/// Any bytes as an envelope: what counts is what the key signed, and all of it.
void try_envelope(std::string_view input) {
  const Sidecar sidecar{"agent-1.tgz.att", std::string(input)};
  const TrustStore nobody;
  const auto answers =
      dsse_format.verify({sidecar, MemoryFile(kFile), {&key(), 1}, nobody, Time{}});
  if (!answers) {
    expect(!answers.error().code.empty(), "what is none has a reason");
    return;
  }
  expect(!answers->empty() && answers->size() <= 1024,
         "it holds a signature, and not too many");
  for (const Signature& one : *answers) {
    expect(one.content != nullptr, "each carries what it covers");
    if (one.reason.empty()) expect(*one.content == statement(), "and counts for that alone");
  }
}

/// Any bytes as a signed statement.
void try_statement(std::string_view input) {
  const Sidecar list{"agent-1.tgz", std::string(input)};
  const auto formats = trust_formats().manifests;
  const ListAnswer answer = ask_list(list, MemoryFile(kFile), formats).take();
  expect(printable(answer.detail) == answer.detail ||
             answer.detail.find('\\') != std::string::npos,
         "the answer is printable");
  if (!answer.reason.empty()) return;
  const Sidecar other{kFile.name, "another bundle"};
  expect(!ask_list(list, MemoryFile(other), formats)->reason.empty(),
         "what names the bundle names no other");
}

}  // namespace

std::vector<std::string> seeds() {
  return {statement(), envelope(statement()),
          envelope(statement()) + "\n" + envelope(statement()) + "\n"};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::fuzz;
  try_envelope(text(data, size));
  try_statement(text(data, size));
  return 0;
}
