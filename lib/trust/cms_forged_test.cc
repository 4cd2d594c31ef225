// Messages that no program writes: changed or put together by hand.

#include <doctest/doctest.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "crypto/cms.h"
#include "trust/pki_kit.h"

namespace assay {
namespace {

using test::in_days;
using test::Pki;

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
  if (content.size() < 0x100) {
    return bytes + '\x81' + static_cast<char>(content.size()) + content;
  }
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

}  // namespace
}  // namespace assay
