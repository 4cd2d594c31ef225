
#include <doctest/doctest.h>

#include "trust/openpgp.h"
#include "trust/openpgp_kit.h"

namespace assay {
namespace {

using namespace test;  // NOLINT: the kit is made for these files

TEST_CASE("openpgp: the frame of a cleartext") {
  GPG_OR_SKIP(gpg);
  const PgpSigner signer = new_signer(gpg, "ed25519");
  const std::string text = "abc  app-1.tar.gz\n- dash\n-----BEGIN\n\nFrom x\nlast  \t\n";
  const std::string good =
      gpg.sign(signer.fingerprint, text, "--digest-algo SHA512 --clear-sign");
  REQUIRE(cleartext(good, signer.pin) == kGood);
  const TrustStore nobody;
  const Sidecar sidecar{"SHA256SUMS.asc", good};
  const MemoryFile file(sidecar);
  const auto answer =
      openpgp_cleartext_format.verify({sidecar, file, signer.pin, nobody, kNow}).take();
  REQUIRE(answer[0].content);
  CHECK(*answer[0].content == "abc  app-1.tar.gz\n- dash\n-----BEGIN\n\nFrom x\nlast\n");

  const std::string malformed[] = {
      "evil  app-1.tar.gz\n" + good,
      "\n" + good,
      good + "evil  app-1.tar.gz\n",
      good + good,
      replaced(good, "Hash: SHA512\n", "Hash: SHA512\nevil  app-1.tar.gz\n"),
      replaced(good, "Hash: SHA512\n", "evil  app-1.tar.gz\nHash: SHA512\n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA512\nComment: evil\n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA512\n \n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA512 evil\n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA5\n"),
      replaced(good, "- - dash", "-evil"),
      replaced(good, "- -----BEGIN", "-----BEGIN"),
      replaced(good, "From x", std::string("From\0x", 6)),
      replaced(good, "From x", "From\rx"),
      replaced(good, "-----BEGIN PGP SIGNATURE-----\n", ""),
  };
  for (const std::string& message : malformed) {
    CAPTURE(message);
    CHECK(openpgp_cleartext_format.matches(message));
    CHECK(cleartext(message, signer.pin) == Reasons{"sidecar-malformed"});
  }
  CHECK(cleartext(replaced(good, "- - dash", "- -evil"), signer.pin) ==
        Reasons{"bad-signature"});
  // What no signature over a cleartext covers, and nobody here sees.
  CHECK(cleartext(replaced(good, "From x", "From x \t"), signer.pin) == kGood);
  CHECK(cleartext(replaced(good, "abc  app", "- abc  app"), signer.pin) == kGood);
  CHECK(cleartext(replaced(good, "Hash: SHA512\n", ""), signer.pin) == kGood);
  // A signature over a file is none over a text.
  const std::string armored = gpg.sign(signer.fingerprint, "x\n", "--armor --detach-sign");
  CHECK(cleartext("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nx\n" + armored,
                  signer.pin) == Reasons{"sidecar-malformed"});
}

}  // namespace
}  // namespace assay
