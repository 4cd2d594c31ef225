#include "crypto/cms.h"

#include <doctest/doctest.h>

#include "trust/pki_kit.h"

namespace assay {
namespace {

using test::Pki;

TEST_CASE("what openssl cms signs by a certificate of a pinned authority") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  const SignatureRecord record = pki.check_one("hello\n", pki.sign("hello\n", "acme"));
  CHECK(record.reason.empty());
  CHECK(record.verified);
  CHECK(record.key == "ca");
  CHECK(record.format == "cms");
  CHECK(record.algorithm == "ECDSA-SHA256");
  CHECK(record.key_id.size() == 16);
  REQUIRE(record.claimed_time.has_value());
  CHECK(std::abs(record.claimed_time->seconds - system_now().seconds) < 300);
  CHECK(record.proven_times.empty());
  CHECK(pki.check_one("hellO\n", pki.sign("hello\n", "acme")).reason == "bad-signature");
  for (const char* options :
       {"-binary -outform PEM", "-binary -keyid", "-binary -md sha384", "-binary -nosmimecap",
        "-binary -md sha512 -certfile ca.pem", "-binary -cades"}) {
    CAPTURE(options);
    CHECK(pki.reason_of(pki.sign("hello\n", "acme", options)).empty());
  }
  CHECK(pki.check_one("", pki.sign("", "acme")).verified);
}

TEST_CASE("what openssl smime signs, which is PKCS#7") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor", "usages = [\"1.3.6.1.5.5.7.3.3\"]\n");
  pki.write("content", "hello\n");
  for (const char* form : {"DER", "PEM"}) {
    pki.openssl(std::string("smime -sign -binary -in content -out sig -signer acme.pem "
                            "-inkey acme.key -outform ") +
                form);
    CHECK(pki.reason_of(pki.read("sig")).empty());
  }
}

TEST_CASE("RSA, by both paddings") {
  const Pki pki;
  pki.make("rsa", {.key = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"});
  pki.pin("rsa", "x509-leaf");
  CHECK(pki.check_one("hello\n", pki.sign("hello\n", "rsa")).algorithm == "RSA-PKCS1-SHA256");
  CHECK(pki.reason_of(pki.sign("hello\n", "rsa")).empty());
  const std::string pss = "-binary -keyopt rsa_padding_mode:pss";
  CHECK(pki.check_one("hello\n", pki.sign("hello\n", "rsa", pss)).algorithm ==
        "RSA-PSS-SHA256");
  CHECK(pki.reason_of(pki.sign("hello\n", "rsa", pss)).empty());
  // The mask's digest is an algorithm too.
  CHECK(pki.reason_of(pki.sign("hello\n", "rsa", pss + " -keyopt rsa_mgf1_md:sha1")) ==
        "weak-algorithm");
}

TEST_CASE("digests and algorithms that the pin does not allow") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor",
          "subject = \"CN=Acme Release,O=Acme\"\nalgorithms = [\"ECDSA-SHA384\"]\n");
  const SignatureRecord sha1 =
      pki.check_one("hello\n", pki.sign("hello\n", "acme", "-binary -md sha1"));
  CHECK(sha1.reason == "weak-algorithm");
  CHECK(sha1.algorithm == "ECDSA-SHA1");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme")) == "weak-algorithm");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme", "-binary -md sha384")).empty());
}

TEST_CASE("no signed attributes") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  const std::string bare = pki.sign("hello\n", "acme", "-binary -noattr");
  CHECK(pki.reason_of(bare) == "weak-signature");
  // The attributes of one signature, passed off as a file.
  const std::string good = pki.sign("hello\n", "acme");
  CHECK(pki.check_one("other\n", bare).reason == "weak-signature");
}

TEST_CASE("text that was signed as mail") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  // openssl takes LF text for CRLF unless it is told -binary; openssl verifies both files.
  const std::string text = pki.sign("hello\n", "acme", "");
  CHECK(pki.check_one("hello\n", text).reason == "bad-signature");
  CHECK(pki.check_one("hello\r\n", text).reason.empty());
  CHECK(pki.check_one("hello\r\n", pki.sign("hello\n", "acme")).reason == "bad-signature");
}

TEST_CASE("two signatures in one message, each told apart") {
  const Pki pki;
  pki.make_vendor();
  pki.make("stranger", {});
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  const std::string both =
      pki.sign("hello\n", "acme", "-binary -signer stranger.pem -inkey stranger.key");
  const auto records = pki.check("hello\n", {{"app-1.bin.p7s", both}});
  REQUIRE(records.size() == 2);
  const auto good = std::ranges::find(records, true, &SignatureRecord::verified);
  REQUIRE(good != records.end());
  CHECK(good->key == "ca");
  const auto other = std::ranges::find(records, false, &SignatureRecord::verified);
  REQUIRE(other != records.end());
  CHECK(other->reason == "unknown-key");
  for (const auto& record : pki.check("hellO\n", {{"app-1.bin.p7s", both}})) {
    CHECK(record.reason == (record.key.empty() ? "unknown-key" : "bad-signature"));
  }
}

TEST_CASE("what is no detached signature") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  const std::string good = pki.sign("hello\n", "acme");
  CHECK(pki.reason_of(good + '\0') == "sidecar-malformed");
  CHECK(pki.reason_of(good + good) == "sidecar-malformed");
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(pki.reason_of(good.substr(0, size)) == "sidecar-malformed");
    if (size % 37 == 0) size += 36;
  }
  const std::string pem = pki.sign("hello\n", "acme", "-binary -outform PEM");
  REQUIRE(pki.reason_of(pem).empty());
  CHECK(pki.reason_of(pem + "x") == "sidecar-malformed");
  CHECK(pki.reason_of(pem + pem) == "sidecar-malformed");
  CHECK(pki.reason_of("x\n" + pem) == "sidecar-malformed");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme", "-binary -nodetach")) ==
        "unsupported-signature");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme", "-outform SMIME")) ==
        "unsupported-signature");
  pki.openssl("crl2pkcs7 -nocrl -certfile acme.pem -outform DER -out certs");
  const SignatureRecord certs = pki.check_one("hello\n", pki.read("certs"));
  CHECK(certs.reason == "sidecar-malformed");
  CHECK(certs.detail == "it holds certificates or nothing, and no signature");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme", "-binary -stream")) ==
        "unsupported-signature");
  pki.openssl("cms -data_create -in content -out data -outform DER");
  CHECK(pki.reason_of(pki.read("data")) == "sidecar-malformed");
}

TEST_CASE("more signatures than are looked at") {
  const Pki pki;
  pki.make("acme", {});
  pki.pin("acme", "x509-leaf");
  std::string more = "-binary -nocerts";
  for (int i = 1; i < 17; ++i) more += " -signer acme.pem -inkey acme.key";
  CHECK(pki.reason_of(pki.sign("hello\n", "acme", more)) == "limit-signature-parts");
}

TEST_CASE("openssl accepts what assay accepts, and some that assay does not") {
  const Pki pki;
  pki.make_vendor();
  pki.make("tls", {.issuer = "ca", .extensions = "extendedKeyUsage=serverAuth\n"});
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  const auto accepts = [&](const std::string& message, const std::string& content,
                           const std::string& options = "-binary") {
    pki.write("sig", message);
    pki.write("content", content);
    pki.openssl(
        "cms -verify -inform DER -in sig -content content -CAfile ca.pem -purpose any " +
        options);
    return true;
  };
  const std::string good = pki.sign("hello\n", "acme");
  CHECK(accepts(good, "hello\n"));
  CHECK(pki.reason_of(good).empty());

  struct Difference {
    std::string message;
    std::string reason;
  };
  for (const Difference& one :
       {Difference{pki.sign("hello\n", "acme", "-binary -noattr"), "weak-signature"},
        Difference{pki.sign("hello\n", "acme", "-binary -md sha1"), "weak-algorithm"},
        Difference{pki.sign("hello\n", "tls"), "certificate-subject"},
        Difference{pki.sign("hello\n", "ca"), "certificate-subject"},
        Difference{good + "trailing", "sidecar-malformed"},
        Difference{pki.sign("hello\n", "acme", "-binary -nodetach"),
                   "unsupported-signature"}}) {
    CAPTURE(one.reason);
    CHECK(accepts(one.message, "hello\n"));
    CHECK(pki.reason_of(one.message) == one.reason);
  }
  const std::string mail = pki.sign("hello\n", "acme", "");
  CHECK(accepts(mail, "hello\n", ""));
  CHECK(pki.reason_of(mail) == "bad-signature");
}

TEST_CASE("flip every byte: not verified, or a byte that nobody signed") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("acme", "x509-leaf");
  // Without certificates, so that what is left is the signature.
  const std::string good = pki.sign("hello\n", "acme", "-binary -nocerts -nosmimecap");
  REQUIRE(pki.reason_of(good).empty());
  std::vector<std::size_t> uncovered;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x20U, 0x80U, 0xffU}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      if (!pki.check_one("hello\n", bad).verified) continue;
      if (uncovered.empty() || uncovered.back() != i) uncovered.push_back(i);
    }
  }
  MESSAGE(good.size(), " bytes, of which changes of ", uncovered.size(), " go unnoticed");
  CHECK(uncovered.empty());
}

}  // namespace
}  // namespace assay
