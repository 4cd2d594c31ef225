#include "crypto/cms.h"

#include <doctest/doctest.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "trust/pki_kit.h"

namespace assay {
namespace {

using test::in_days;
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
  pki.openssl("cms -data_create -in content -out data -outform DER");
  CHECK(pki.reason_of(pki.read("data")) == "sidecar-malformed");
}

// --- What no program writes ----------------------------------------------------

/// The message after `edit`, which may change its first SignerInfo.
template <class Edit>
std::string edited(const std::string& der, Edit edit) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  CMS_ContentInfo* cms = d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size()));
  REQUIRE(cms != nullptr);
  edit(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0));
  unsigned char* out = nullptr;
  const int size = i2d_CMS_ContentInfo(cms, &out);
  REQUIRE(size > 0);
  std::string bytes(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  CMS_ContentInfo_free(cms);
  return bytes;
}

std::string with_token(const std::string& message, const std::string& token) {
  return edited(message, [&](CMS_SignerInfo* signer) {
    REQUIRE(CMS_unsigned_add1_attr_by_NID(signer, NID_id_smime_aa_timeStampToken,
                                          V_ASN1_SEQUENCE, token.data(),
                                          static_cast<int>(token.size())) == 1);
  });
}

TEST_CASE("a time-stamp inside the signature") {
  const Pki pki;
  pki.make("ca", {.extensions = std::string(test::kCa)});
  pki.make("acme", {.issuer = "ca", .until = 10});
  pki.make_authority();
  pki.pin("ca", "x509-anchor", "subject = \"CN=acme\"\n");
  const std::string bare = pki.sign("hello\n", "acme");
  pki.stamped(parse_cms(bare)->signers.at(0).signature);
  const std::string good = with_token(bare, pki.token());
  pki.stamped("something else");
  const std::string wrong = with_token(bare, pki.token());
  // Nobody believes the authority: as if there were no token.
  CHECK(pki.reason_of(good).empty());
  CHECK(pki.reason_of(wrong).empty());
  CHECK(pki.reason_of(good, in_days(11)) == "certificate-expired");
  pki.believe("tsa/time.pem", pki.read("tsaca.pem"));
  const SignatureRecord late = pki.check_one("hello\n", good, in_days(11));
  CHECK(late.verified);
  REQUIRE(late.proven_times.size() == 1);
  CHECK(pki.reason_of(wrong) == "bad-signature");
  CHECK(pki.reason_of(wrong, in_days(11)) == "bad-signature");
  CHECK(pki.reason_of(with_token(bare, std::string("\x30\0", 2)))
            .empty());  // attacker-writable, proves nothing
  CHECK(pki.check_one("other\n", good, in_days(11)).reason == "bad-signature");
}

TEST_CASE("signed attributes must be there once, and be the file's") {
  const Pki pki;
  pki.make_vendor();
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  const std::string good = pki.sign("hello\n", "acme");
  for (const int nid : {NID_pkcs9_contentType, NID_pkcs9_messageDigest}) {
    const std::string less = edited(good, [&](CMS_SignerInfo* signer) {
      X509_ATTRIBUTE_free(
          CMS_signed_delete_attr(signer, CMS_signed_get_attr_by_NID(signer, nid, -1)));
    });
    CHECK(pki.reason_of(less) == "bad-signature");
  }
  const std::string other_type = pki.sign("hello\n", "acme", "-binary -econtent_type 1.2.3.4");
  CHECK(pki.reason_of(other_type) == "unsupported-signature");
}

/// A message by the signer, with one more signed attribute.
std::string signed_with(const Pki& pki, const std::string& signer, const char* attribute,
                        const std::string& value) {
  const auto open = [&](const std::string& name) {
    return BIO_new_file((pki.folder() / name).c_str(), "r");
  };
  BIO* certificate_file = open(signer + ".pem");
  BIO* key_file = open(signer + ".key");
  X509* certificate = PEM_read_bio_X509(certificate_file, nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_file, nullptr, nullptr, nullptr);
  BIO* content = BIO_new_mem_buf("hello\n", 6);
  const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP;
  CMS_ContentInfo* cms = CMS_sign(nullptr, nullptr, nullptr, content, flags);
  CMS_SignerInfo* info = CMS_add1_signer(cms, certificate, key, EVP_sha256(), flags);
  REQUIRE(info != nullptr);
  REQUIRE(CMS_signed_add1_attr_by_txt(info, attribute, V_ASN1_SEQUENCE, value.data(),
                                      static_cast<int>(value.size())) == 1);
  REQUIRE(CMS_final(cms, content, nullptr, flags) == 1);
  unsigned char* out = nullptr;
  const int size = i2d_CMS_ContentInfo(cms, &out);
  REQUIRE(size > 0);
  std::string bytes(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  CMS_ContentInfo_free(cms);
  for (BIO* bio : {certificate_file, key_file, content}) BIO_free(bio);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return bytes;
}

TEST_CASE("algorithms that are signed along must be the ones that were used") {
  const Pki pki;
  pki.make("acme", {});
  pki.pin("acme", "x509-leaf");
  const auto bytes = [](std::string_view hex) {
    return std::string(as_text(from_hex(hex).value()));
  };
  const auto reason = [&](std::string_view hex) {
    return pki.reason_of(signed_with(pki, "acme", "1.2.840.113549.1.9.52", bytes(hex)));
  };
  // SEQUENCE { SEQUENCE { SHA-256 }, [1] { ecdsa-with-SHA256 } }, and changes of it.
  CHECK(reason("3019300b0609608648016503040201a10a06082a8648ce3d040302").empty());
  CHECK(reason("3019300b0609608648016503040202a10a06082a8648ce3d040302") == "bad-signature");
  CHECK(reason("3019300b0609608648016503040201a10a06082a8648ce3d040303") == "bad-signature");
  CHECK(reason("3019300b0609608648016503040201a20a06082a8648ce3d040302") == "bad-signature");
  CHECK(reason("300d300b0609608648016503040201") == "bad-signature");
  CHECK(reason("3000") == "bad-signature");
}

// --- RFC 8419, which the openssl program does not write -------------------------

std::string der(unsigned char tag, const std::string& content) {
  std::string bytes(1, static_cast<char>(tag));
  if (content.size() < 0x80) return bytes + static_cast<char>(content.size()) + content;
  return bytes + '\x82' + static_cast<char>(content.size() >> 8U) +
         static_cast<char>(content.size() & 0xffU) + content;
}
std::string hex(std::string_view digits) {
  return std::string(as_text(from_hex(digits).value()));
}

/// Detached, with one signer by key identifier, whose attributes are in DER or as they come.
std::string ed25519_message(const SigningKey& key, std::string_view key_id,
                            const std::string& certificate, bool sorted) {
  const std::string sha512 = hex("300b0609608648016503040203");
  const std::string data = hex("06092a864886f70d010701");
  const std::string digest_octets =
      std::string(as_text(digest(HashAlgorithm::sha512, as_bytes("hello\n"))));
  std::string type = der(0x30, hex("06092a864886f70d010903") + der(0x31, data));
  std::string hash =
      der(0x30, hex("06092a864886f70d010904") + der(0x31, der(0x04, digest_octets)));
  const std::string attributes = sorted ? type + hash : hash + type;
  const auto made = key.sign(as_bytes(der(0x31, type + hash))).take();
  const std::string signer = der(0x30, hex("020103") + der(0x80, std::string(key_id)) + sha512 +
                                           der(0xa0, attributes) + hex("300506032b6570") +
                                           der(0x04, std::string(as_text(made))));
  return der(0x30, hex("06092a864886f70d010702") +
                       der(0xa0, der(0x30, hex("020103") + der(0x31, sha512) + der(0x30, data) +
                                               der(0xa0, certificate) + der(0x31, signer))));
}

TEST_CASE("Ed25519") {
  const Pki pki;
  pki.openssl("genpkey -algorithm ed25519 -out ed.key");
  pki.openssl(
      "req -x509 -config ca.cnf -key ed.key -subj /CN=ed -days 9 -out ed.pem "
      "-addext subjectKeyIdentifier=0102030405060708 -addext extendedKeyUsage=codeSigning");
  pki.openssl("x509 -in ed.pem -outform DER -out ed.der");
  const PublishedKey published =
      read_published_key(pki.read("ed.pem"), test::all_formats()).take();
  CHECK(published.algorithms == std::vector<std::string>{"Ed25519"});
  CHECK(published.value.starts_with("ed25519:"));
  pki.pin("ed", "x509-leaf");
  std::filesystem::permissions(pki.folder() / "ed.key", std::filesystem::perms::owner_read);
  const SigningKey key = SigningKey::load(pki.folder() / "ed.key", "").take();
  const std::string id = hex("0102030405060708");
  const std::string good = ed25519_message(key, id, pki.read("ed.der"), true);
  CHECK(pki.check_one("hello\n", good).algorithm == "Ed25519");
  CHECK(pki.reason_of(good).empty());
  CHECK(pki.check_one("other\n", good).reason == "bad-signature");
  CHECK(pki.reason_of(ed25519_message(key, id, pki.read("ed.der"), false)).empty());
  std::string bad = good;
  bad.back() = static_cast<char>(bad.back() ^ 1);
  CHECK(pki.reason_of(bad) == "bad-signature");
  CHECK(pki.reason_of(ed25519_message(SigningKey::generate().take(), id, pki.read("ed.der"),
                                      true)) == "bad-signature");
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
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      if (!pki.check_one("hello\n", bad).verified) continue;
      if (uncovered.empty() || uncovered.back() != i) uncovered.push_back(i);
    }
  }
  std::string places;
  for (const std::size_t at : uncovered) places += " " + std::to_string(at);
  MESSAGE(good.size(), " bytes, of which changes of ", uncovered.size(), " go unnoticed, at",
          places);
  // The versions of the message and of the signer, and the list of digests in front, which
  // says again what each signer says.
  CHECK(uncovered.size() <= 11);
}

}  // namespace
}  // namespace assay
