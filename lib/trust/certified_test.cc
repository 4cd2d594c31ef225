#include "trust/certified.h"

#include <doctest/doctest.h>

#include "trust/pki_kit.h"

namespace assay {
namespace {

using test::in_days;
using test::Pki;

TEST_CASE("RSA of 1024 bits") {
  const Pki pki;
  pki.make("ca", {.extensions = std::string(test::kCa)});
  pki.make("acme", {.issuer = "ca", .key = "-algorithm RSA -pkeyopt rsa_keygen_bits:1024"});
  pki.pin("ca", "x509-anchor", "subject = \"CN=acme\"\n");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme")) == "weak-algorithm");
  const auto key = read_published_key(pki.read("acme.pem"), test::all_formats());
  REQUIRE_FALSE(key);
  CHECK(key.error().what == "the certificate's RSA key has 1024 bits");
}

TEST_CASE("an authority that signs certificates with SHA-1") {
  const Pki pki;
  pki.make("ca", {.extensions = std::string(test::kCa)});
  pki.make("acme", {.issuer = "ca", .digest = "sha1"});
  pki.pin("ca", "x509-anchor", "subject = \"CN=acme\"\n");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme")) == "weak-algorithm");
}

TEST_CASE("curves must be named") {
  const Pki pki;
  pki.make("ca", {.extensions = std::string(test::kCa)});
  pki.make("acme", {.issuer = "ca",
                    .key = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
                           "-pkeyopt ec_param_enc:explicit"});
  pki.pin("ca", "x509-anchor", "subject = \"CN=acme\"\n");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme")) == "weak-algorithm");
  const auto key = read_published_key(pki.read("acme.pem"), test::all_formats());
  REQUIRE_FALSE(key);
  CHECK(key.error().what == "the certificate's key spells out a curve instead of naming one");
}

TEST_CASE("what certificates are for") {
  const Pki pki;
  pki.make("ca", {.subject = "/CN=Acme CA", .extensions = std::string(test::kCa)});
  pki.pin("ca", "x509-anchor", "usages = [\"1.3.6.1.5.5.7.3.3\"]\n");
  const auto reason = [&](const std::string& extensions) {
    pki.make("one", {.issuer = "ca", .extensions = extensions});
    return pki.reason_of(pki.sign("hello\n", "one"));
  };
  CHECK(reason("extendedKeyUsage=codeSigning\n").empty());
  CHECK(reason("extendedKeyUsage=codeSigning,serverAuth\n").empty());
  CHECK(reason("extendedKeyUsage=serverAuth\n") == "certificate-usage");
  CHECK(reason("extendedKeyUsage=emailProtection\n") == "certificate-usage");
  CHECK(reason("extendedKeyUsage=anyExtendedKeyUsage\n") == "certificate-usage");
  CHECK(reason("basicConstraints=CA:FALSE\n") == "certificate-usage");
  CHECK(reason("extendedKeyUsage=codeSigning\nkeyUsage=keyEncipherment\n") ==
        "certificate-usage");
  CHECK(reason("extendedKeyUsage=codeSigning\nkeyUsage=digitalSignature\n").empty());
  CHECK(reason("extendedKeyUsage=codeSigning\nbasicConstraints=critical,CA:TRUE\n") ==
        "certificate-usage");
  CHECK(reason("extendedKeyUsage=codeSigning\n1.2.3.4=critical,ASN1:NULL\n") ==
        "certificate-chain");
  // The authority signs itself.
  CHECK(pki.reason_of(pki.sign("hello\n", "ca")) == "certificate-usage");
}

TEST_CASE("the usage that a pin names, or none") {
  const Pki pki;
  pki.make("ca", {.extensions = std::string(test::kCa)});
  pki.make("mail", {.issuer = "ca", .extensions = "extendedKeyUsage=emailProtection\n"});
  pki.make("bare", {.issuer = "ca", .extensions = "basicConstraints=CA:FALSE\n"});
  SUBCASE("mail") {
    pki.pin("ca", "x509-anchor", "usages = [\"1.3.6.1.5.5.7.3.4\"]\n");
    CHECK(pki.reason_of(pki.sign("hello\n", "mail")).empty());
    CHECK(pki.reason_of(pki.sign("hello\n", "bare")) == "certificate-usage");
  }
  SUBCASE("any") {
    pki.pin("ca", "x509-anchor", "usages = [\"2.5.29.37.0\"]\nsubject = \"CN=bare\"\n");
    CHECK(pki.reason_of(pki.sign("hello\n", "bare")).empty());
    CHECK(pki.reason_of(pki.sign("hello\n", "mail")) == "certificate-subject");
  }
}

TEST_CASE("a pinned certificate signs for itself alone") {
  const Pki pki;
  pki.make_vendor();
  pki.make("other", {.issuer = "ca", .subject = "/O=Acme/CN=Acme Release"});
  pki.pin("acme", "x509-leaf");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme")).empty());
  CHECK(pki.reason_of(pki.sign("hello\n", "acme", "-binary -nocerts")).empty());
  CHECK(pki.reason_of(pki.sign("hello\n", "acme", "-binary -nocerts -keyid")).empty());
  CHECK(pki.reason_of(pki.sign("hello\n", "other")) == "unknown-key");
  CHECK(pki.reason_of(pki.sign("hello\n", "other", "-binary -nocerts")) == "unknown-key");
  // OpenSSL takes names of other case and spacing for the same.
  std::string lookalike = pki.sign("hello\n", "acme", "-binary -nocerts");
  lookalike.replace(lookalike.find("Acme CA"), 7, "ACME CA");
  CHECK(pki.reason_of(lookalike) == "unknown-key");
  const SignatureRecord changed =
      pki.check_one("other\n", pki.sign("hello\n", "acme", "-binary -nocerts"));
  CHECK(changed.reason == "bad-signature");
  CHECK(changed.key == "acme");
}

TEST_CASE("a self-signed certificate, as openssl req -x509 makes them") {
  const Pki pki;
  pki.make("own", {.extensions = std::string(test::kCa)});  // says CA:TRUE, and no usage
  pki.make("tls", {.extensions = "extendedKeyUsage=serverAuth\n"});
  pki.pin("own", "x509-leaf");
  pki.pin("tls", "x509-leaf");
  CHECK(pki.reason_of(pki.sign("hello\n", "own")).empty());
  CHECK(pki.reason_of(pki.sign("hello\n", "tls")) == "certificate-usage");
  pki.make("below", {.issuer = "own"});
  CHECK(pki.reason_of(pki.sign("hello\n", "below")) == "unknown-key");
}

TEST_CASE("chains") {
  const Pki pki;
  pki.make("root", {.extensions = std::string(test::kCa)});
  pki.make("ca", {.issuer = "root", .extensions = std::string(test::kCa)});
  pki.make("acme", {.issuer = "ca"});
  const std::string subject = "subject = \"CN=acme\"\n";
  const std::string with_ca = "-binary -certfile ca.pem";
  SUBCASE("a root is pinned, and the message carries what is between") {
    pki.pin("root", "x509-anchor", subject);
    CHECK(pki.reason_of(pki.sign("hello\n", "acme", with_ca)).empty());
    CHECK(pki.reason_of(pki.sign("hello\n", "acme")) == "unknown-key");
    // One that calls itself the authority, and is not.
    pki.make("ca", {.issuer = "", .subject = "/CN=ca", .extensions = std::string(test::kCa)});
    pki.make("acme", {.issuer = "ca"});
    CHECK(pki.reason_of(pki.sign("hello\n", "acme", with_ca)) == "unknown-key");
  }
  SUBCASE("the one between is pinned, the root need not be known") {
    pki.pin("ca", "x509-anchor", subject);
    CHECK(pki.reason_of(pki.sign("hello\n", "acme")).empty());
    pki.make("acme", {.issuer = "root"});
    CHECK(pki.reason_of(pki.sign("hello\n", "acme")) == "unknown-key");
  }
  SUBCASE("an authority that is none, and one with a limit") {
    pki.pin("root", "x509-anchor", subject);
    pki.certify("ca", {.issuer = "root", .extensions = "basicConstraints=CA:FALSE\n"});
    CHECK(pki.reason_of(pki.sign("hello\n", "acme", with_ca)) == "certificate-chain");
    pki.certify("ca", {.issuer = "root",
                       .extensions = std::string(test::kCa) + "extendedKeyUsage=serverAuth\n"});
    CHECK(pki.reason_of(pki.sign("hello\n", "acme", with_ca)) == "certificate-usage");
  }
}

TEST_CASE("the subject that a pin names") {
  const Pki pki;
  pki.make_vendor();
  pki.make("other", {.issuer = "ca", .subject = "/O=Acme/CN=Acme Release Two"});
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  CHECK(pki.reason_of(pki.sign("hello\n", "acme")).empty());
  const SignatureRecord record = pki.check_one("hello\n", pki.sign("hello\n", "other"));
  CHECK(record.reason == "certificate-subject");
  CHECK(record.detail ==
        "signed by 'CN=Acme Release Two,O=Acme', and 'ca' is pinned for signatures by "
        "'CN=Acme Release,O=Acme'");
}

TEST_CASE("certificates have their time, and a proven one helps") {
  const Pki pki;
  pki.make("ca", {.extensions = std::string(test::kCa)});
  pki.make("acme", {.issuer = "ca", .from = -10, .until = 10});
  pki.make_authority();
  pki.pin("ca", "x509-anchor", "subject = \"CN=acme\"\n");
  pki.believe("tsa/time.pem", pki.read("tsaca.pem"));
  const std::string signature = pki.sign("hello\n", "acme");
  CHECK(pki.reason_of(signature).empty());
  CHECK(pki.reason_of(signature, in_days(11)) == "certificate-expired");
  CHECK(pki.reason_of(signature, in_days(-11)) == "certificate-not-yet-valid");
  const std::string response = pki.stamped(signature), token = pki.token();
  for (const auto& [name, bytes] :
       {std::pair{"app-1.bin.p7s.tsr", response}, std::pair{"app-1.bin.p7s.tst", token}}) {
    const auto records =
        pki.check("hello\n", {{"app-1.bin.p7s", signature}, {name, bytes}}, in_days(11));
    REQUIRE(records.size() == 2);
    CHECK(records[0].verified);
    CHECK(records[0].proven_times.size() == 1);
    CHECK(records[1].verified);
    CHECK(records[1].format == "rfc3161");
    CHECK(records[1].subject == "app-1.bin.p7s");
    CHECK(records[1].key.empty());
  }
  // Over the bundle it says nothing of the signature.
  const auto over_bundle = pki.check(
      "hello\n", {{"app-1.bin.p7s", signature}, {"app-1.bin.tsr", pki.stamped("hello\n")}},
      in_days(11));
  CHECK(over_bundle[0].reason == "certificate-expired");
  CHECK(over_bundle[1].verified);
}

TEST_CASE("an authority's certificate has its time too") {
  const Pki pki;
  pki.make("ca", {.extensions = std::string(test::kCa), .until = 10});
  pki.make("acme", {.issuer = "ca"});
  pki.pin("ca", "x509-anchor", "subject = \"CN=acme\"\n");
  const std::string signature = pki.sign("hello\n", "acme");
  CHECK(pki.reason_of(signature).empty());
  const SignatureRecord late = pki.check_one("hello\n", signature, in_days(11));
  CHECK(late.reason == "certificate-expired");
  CHECK(late.detail.find("certificate 'CN=ca' had expired by ") != std::string::npos);
}

TEST_CASE("revocation lists") {
  const Pki pki;
  pki.make_vendor();
  const std::string by = "ca -config ca.cnf -cert ca.pem -keyfile ca.key ";
  const std::string signature = pki.sign("hello\n", "acme");
  pki.openssl(by + "-gencrl -out clean.crl");
  pki.openssl(by + "-revoke acme.pem -crl_reason keyCompromise");
  pki.openssl(by + "-gencrl -out revoked.crl");
  const std::string pin = "subject = \"CN=Acme Release,O=Acme\"\n";
  SUBCASE("demanded") {
    pki.pin("ca", "x509-anchor", pin + "crl_required = true\n");
    CHECK(pki.reason_of(signature) == "revocation-unknown");
    pki.believe("crl/acme/ca.crl", pki.read("clean.crl"));
    CHECK(pki.reason_of(signature).empty());
    CHECK(pki.reason_of(signature, in_days(31)) == "revocation-unknown");
    pki.believe("crl/acme/ca.crl", pki.read("revoked.crl"));
    CHECK(pki.reason_of(signature) == "certificate-revoked");
    CHECK(pki.reason_of(signature, in_days(31)) == "certificate-revoked");
  }
  SUBCASE("used where there are any") {
    pki.pin("ca", "x509-anchor", pin);
    CHECK(pki.reason_of(signature).empty());
    pki.believe("crl/acme/ca.crl", pki.read("clean.crl"));
    CHECK(pki.reason_of(signature, in_days(31)).empty());
    pki.believe("crl/acme/ca.crl", pki.read("revoked.crl"));
    CHECK(pki.reason_of(signature) == "certificate-revoked");
    pki.openssl("crl -in revoked.crl -outform DER -out revoked.der");
    pki.believe("crl/acme/ca.crl", pki.read("revoked.der"));
    CHECK(pki.reason_of(signature) == "certificate-revoked");
    CHECK(pki.check_one("other\n", signature).reason == "bad-signature");
  }
  SUBCASE("a time that is proven does not help, and a list of today is used") {
    pki.pin("ca", "x509-anchor", pin + "crl_required = true\n");
    pki.make_authority();
    pki.believe("tsa/time.pem", pki.read("tsaca.pem"));
    const std::vector<Sidecar> sidecars{{"app-1.bin.p7s", signature},
                                        {"app-1.bin.p7s.tsr", pki.stamped(signature)}};
    pki.believe("crl/acme/ca.crl", pki.read("revoked.crl"));
    CHECK(pki.check("hello\n", sidecars)[0].reason == "certificate-revoked");
    pki.believe("crl/acme/ca.crl", pki.read("clean.crl"));
    CHECK(pki.check("hello\n", sidecars)[0].verified);
  }
  SUBCASE("a list by another authority of that name") {
    pki.pin("ca", "x509-anchor", pin + "crl_required = true\n");
    pki.make("ca", {.subject = "/CN=Acme CA", .extensions = std::string(test::kCa)});
    pki.openssl(by + "-gencrl -out other.crl");
    pki.believe("crl/acme/ca.crl", pki.read("other.crl"));
    CHECK_FALSE(pki.reason_of(signature).empty());
  }
}

TEST_CASE("one certificate of a pinned authority can be revoked in the store") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor", "usages = [\"1.3.6.1.5.5.7.3.3\"]\n");
  const std::string signature = pki.sign("hello\n", "acme");
  CHECK(pki.reason_of(signature).empty());
  pki.pin("acme", "x509-leaf",
          "revoked_at = 2026-01-01T00:00:00Z\nrevoked_reason = \"lost\"\n");
  CHECK(pki.reason_of(signature) == "revoked-key");
}

}  // namespace
}  // namespace assay
