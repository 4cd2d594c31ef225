// Kernel modules signed as scripts/sign-file does it.

#include <doctest/doctest.h>

#include "trust/embedded_kit.h"
#include "trust/pe_kit.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("kernel-module: a signature behind it holds, and no byte can be changed") {
  const Pki pki;
  pki.make("acme", {.extensions = std::string(kSigner),
                    .key = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"});
  pki.pin("acme", "x509-leaf");
  const std::string options = "-binary -noattr -nocerts -md sha256";
  const std::string good = with_trailer(kModule, pki.sign(kModule, "acme", options));
  const auto found = pki.check(good, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].reason == "");
  CHECK(found[0].format == "kernel-module");
  CHECK(found[0].verified);
  CHECK(pki.check(kModule, {}).empty());

  const TrustStore store = pki.store().take();
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1 << (at % 8));
    const Sidecar bundle{"app-1.ko", bad};
    const auto answer =
        check_signatures(MemoryFile(bundle), {}, store, "", all_formats(), system_now()).take();
    if (answer.signatures.empty() || !answer.signatures[0].verified) continue;
    ++accepted;
    MESSAGE("byte ", at, " accepted");
  }
  MESSAGE("bytes: ", good.size(), ", accepted: ", accepted);
  CHECK(accepted == 0);

  const auto reason = [&](const std::string& file) { return pki.check(file, {}).at(0).reason; };
  CHECK(reason(with_trailer("script", pki.sign("script", "acme", options))) ==
        "signature-pasted");
  CHECK(reason(with_trailer(kModule, pki.sign(kModule, "acme", "-binary -noattr"))) ==
        "signature-malformed");
  CHECK(reason(with_trailer(kModule, pki.sign(kModule, "acme", options + " -md sha1"))) ==
        "weak-algorithm");
}
