#include "crypto/cms.h"

#include <algorithm>

#include "base/bytes.h"
#include "fuzz.h"
#include "trust/pki_kit.h"
#include "verify/registry.h"

namespace assay::fuzz {
namespace {

const Sidecar kFile{"app-1.bin", "the bundle\n"};

/// A vendor with an authority, and what he signed.
struct World {
  test::Pki pki{};
  TrustStore store{};
  std::vector<std::string> messages{};

  World() {
    pki.make_vendor();
    pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
    pki.pin("acme", "x509-leaf");
    store = pki.store().take();
    for (const char* options : {"-binary", "-binary -nocerts -nosmimecap",
                                "-binary -outform PEM", "-binary -certfile ca.pem -keyid",
                                "-binary -noattr", "-binary -signer ca.pem -inkey ca.key"}) {
      messages.push_back(pki.sign(kFile.bytes, "acme", options));
    }
  }
};

const World& world() {
  static const World made;
  return made;
}

std::vector<Signature> ask(const Sidecar& message, const Sidecar& file) {
  const auto all = trust_formats().signatures;
  const SignatureFormat& format =
      **std::ranges::find(all, std::string_view("cms"), &SignatureFormat::name);
  const MemoryFile signed_file(file);
  auto answer = format.verify({.sidecar = message,
                               .file = signed_file,
                               .keys = world().store.vendors().at(0).keys,
                               .store = world().store,
                               .now = system_now()});
  if (answer) return std::move(answer).take();
  const std::string& code = answer.error().code;
  expect(code == "sidecar-malformed" || code == "limit-signature-parts" ||
             code == "unsupported-signature",
         "a bad message is told as such");
  return {};
}

/// True if somebody whom `parse_cms` finds in the seeds made this very signature.
bool was_made(const std::string& signature) {
  return std::ranges::any_of(world().messages, [&](const std::string& seed) {
    const auto message = parse_cms(seed);
    return std::ranges::find(message->signers, signature, &CmsSigner::signature) !=
           message->signers.end();
  });
}

}  // namespace

std::vector<std::string> seeds() {
  const auto good = ask({"app-1.bin.p7s", world().messages.at(0)}, kFile);
  expect(good.size() == 1 && good[0].reason.empty(), "the first seed holds");
  return world().messages;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const Sidecar sidecar{"app-1.bin.p7s", std::string(fuzz::text(data, size))};
  const auto message = parse_cms(sidecar.bytes);
  const auto answers = fuzz::ask(sidecar, fuzz::kFile);
  if (!message) return 0;
  fuzz::expect(!parse_cms(sidecar.bytes + '\0'), "a byte behind it is no success");
  fuzz::expect(answers.empty() || answers.size() == message->signers.size(),
               "each signature has its answer");
  for (std::size_t i = 0; i < answers.size(); ++i) {
    fuzz::expect(printable(answers[i].key_id) == answers[i].key_id ||
                     answers[i].key_id.find('\\') != std::string::npos,
                 "whom it names is printable");
    if (!answers[i].reason.empty()) continue;
    fuzz::expect(answers[i].key != nullptr, "a signature that holds has its key");
    fuzz::expect(fuzz::was_made(message->signers[i].signature), "nobody forges one");
  }
  for (const Signature& other : fuzz::ask(sidecar, {"app-1.bin", "another\n"})) {
    fuzz::expect(!other.reason.empty(), "and it is of no other file");
  }
  return 0;
}
