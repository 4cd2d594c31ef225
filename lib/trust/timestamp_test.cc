#include "trust/timestamp.h"

#include <doctest/doctest.h>

#include "trust/pki_kit.h"

namespace assay {
namespace {

using test::in_days;
using test::Pki;

/// The one record of a token over the bundle `hello`.
SignatureRecord stamped(const Pki& pki, const std::string& token, Time now = system_now()) {
  const auto records = pki.check("hello\n", {{"app-1.bin.tsr", token}}, now);
  REQUIRE(records.size() == 1);
  CHECK(records[0].key.empty());
  CHECK(records[0].vendor.empty());
  CHECK(records[0].verified == records[0].reason.empty());
  CHECK(records[0].verified != records[0].proven_times.empty());
  return records[0];
}
std::string reason_of(const Pki& pki, const std::string& token, Time now = system_now()) {
  return stamped(pki, token, now).reason;
}

/// A vendor, whom these tests need not, and an authority that is believed.
struct World {
  Pki pki{};
  explicit World(bool believed = true) {
    pki.make("acme", {});
    pki.pin("acme", "x509-leaf");
    pki.make_authority();
    if (believed) pki.believe("tsa/time.pem", pki.read("tsaca.pem"));
  }
  /// A token as `openssl cms` makes one with any certificate, over what openssl ts says.
  std::string forged(const std::string& signer, const std::string& options = "-cades") const {
    pki.stamped("hello\n");
    const Timestamp token = parse_timestamp(pki.token()).take();
    return pki.sign(*token.message.content, signer,
                    "-binary -nodetach -econtent_type 1.2.840.113549.1.9.16.1.4 " + options);
  }
};

TEST_CASE("what openssl ts answers, and the token in it") {
  const World world;
  const Pki& pki = world.pki;
  const std::string response = pki.stamped("hello\n"), token = pki.token();
  const SignatureRecord record = stamped(pki, response);
  CHECK(record.reason.empty());
  CHECK(record.format == "rfc3161");
  CHECK(record.subject == "app-1.bin");
  CHECK(record.detail.starts_with("it existed at 20"));
  CHECK(record.detail.ends_with(", says the authority 'CN=Time'"));
  CHECK(std::abs(record.proven_times.at(0).seconds - system_now().seconds) < 300);
  CHECK(reason_of(pki, token).empty());
  for (const char* options : {"-cert -sha384", "-cert -sha512", "-cert -sha256 -no_nonce"}) {
    CHECK(reason_of(pki, pki.stamped("hello\n", options)).empty());
  }
  // Without its certificate the authority itself must be pinned.
  const std::string bare = pki.stamped("hello\n", "-sha256");
  CHECK(reason_of(pki, bare) == "timestamp-untrusted");
  pki.believe("tsa/itself.pem", pki.read("tsa.pem"));
  CHECK(reason_of(pki, bare).empty());
}

TEST_CASE("openssl ts accepts it too, and a digest that assay does not") {
  const World world;
  const Pki& pki = world.pki;
  for (const char* digest : {"sha256", "sha1"}) {
    const std::string response = pki.stamped("hello\n", std::string("-cert -") + digest);
    pki.openssl("ts -verify -data stamped -in tsr -CAfile tsaca.pem");
    CHECK(reason_of(pki, response) ==
          (std::string_view(digest) == "sha1" ? "weak-algorithm" : ""));
  }
}

TEST_CASE("other bytes, and a digest that proves nothing") {
  const World world;
  CHECK(reason_of(world.pki, world.pki.stamped("hellO\n")) == "bad-signature");
  CHECK(reason_of(world.pki, world.pki.stamped("hello\n", "-cert -sha1")) == "weak-algorithm");
}

TEST_CASE("an authority that nobody pinned") {
  const World world(false);
  const Pki& pki = world.pki;
  CHECK(reason_of(pki, pki.stamped("hello\n")) == "timestamp-untrusted");
  CHECK(reason_of(pki, pki.stamped("hellO\n")) == "timestamp-untrusted");
  pki.make("other", {.subject = "/CN=Time CA", .extensions = std::string(test::kCa)});
  pki.believe("tsa/other.pem", pki.read("other.pem"));
  CHECK(reason_of(pki, pki.stamped("hello\n")) == "timestamp-untrusted");
}

TEST_CASE("several authorities in one file") {
  const World world(false);
  const Pki& pki = world.pki;
  pki.believe("tsa/all.pem", pki.read("acme.pem") + pki.read("tsaca.pem"));
  CHECK(reason_of(pki, pki.stamped("hello\n")).empty());
}

TEST_CASE("the authority's certificate counts when the token was made") {
  const World world;
  const Pki& pki = world.pki;
  const std::string good = pki.stamped("hello\n");
  CHECK(reason_of(pki, good, in_days(2000)).empty());
  CHECK(reason_of(pki, good, in_days(-1)) == "future-signature");
  const std::string usage(test::kTsa);
  pki.certify("tsa", {.issuer = "tsaca", .extensions = usage, .until = -1});
  CHECK(reason_of(pki, pki.stamped("hello\n")) == "certificate-expired");
  pki.certify("tsa", {.issuer = "tsaca", .extensions = usage, .from = 1});
  CHECK(reason_of(pki, pki.stamped("hello\n")) == "certificate-not-yet-valid");
}

TEST_CASE("an authority that revoked the certificate of its clock") {
  const Pki pki;
  pki.make_vendor();
  pki.make_authority();
  pki.pin("acme", "x509-leaf");
  pki.believe("tsa/time.pem", pki.read("tsaca.pem"));
  const std::string token = pki.stamped("hello\n");
  const auto reason = [&] {
    return pki.check("hello\n", {{"app-1.bin.tsr", token}}).at(0).reason;
  };
  const std::string by = "ca -config ca.cnf -cert tsaca.pem -keyfile tsaca.key ";
  pki.openssl(by + "-gencrl -out clean.crl");
  pki.openssl(by + "-revoke tsa.pem -crl_reason superseded");
  pki.openssl(by + "-gencrl -out revoked.crl");
  CHECK(reason() == "");
  pki.believe("crl/tsa/time.crl", pki.read("clean.crl"));
  CHECK(reason() == "");
  pki.believe("crl/acme/time.crl", pki.read("revoked.crl"));  // a vendor's is for his signers
  CHECK(reason() == "");
  pki.believe("crl/tsa/time.crl", pki.read("revoked.crl"));
  CHECK(reason() == "certificate-revoked");
  const std::string signature = pki.sign("hello\n", "acme");
  const std::vector<Sidecar> sidecars{{"app-1.bin.p7s", signature},
                                      {"app-1.bin.p7s.tsr", pki.stamped(signature)}};
  CHECK(pki.check("hello\n", sidecars)[0].proven_times.empty());
  pki.believe("crl/tsa/bad.crl", "no list");
  CHECK_FALSE(pki.store());
}

TEST_CASE("a certificate for time-stamping alone, critically") {
  const World world;
  const Pki& pki = world.pki;
  CHECK(reason_of(pki, world.forged("tsa")).empty());
  for (const char* usage :
       {"extendedKeyUsage=timeStamping\n",
        "extendedKeyUsage=critical,timeStamping,codeSigning\n",
        "extendedKeyUsage=critical,codeSigning\n", "basicConstraints=CA:FALSE\n",
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=keyEncipherment\n",
        "extendedKeyUsage=critical,timeStamping\nbasicConstraints=critical,CA:TRUE\n"}) {
    CAPTURE(usage);
    pki.make("other", {.issuer = "tsaca", .extensions = usage});
    CHECK(reason_of(pki, world.forged("other")) == "certificate-usage");
  }
}

TEST_CASE("the token names its certificate") {
  const World world;
  const Pki& pki = world.pki;
  CHECK(reason_of(pki, world.forged("tsa", "")) == "bad-signature");  // no ESSCertID
  // The same key in another certificate of the same name and number would do otherwise.
  CHECK(reason_of(pki, world.forged("tsa", "-noattr")) == "weak-signature");
  CHECK(reason_of(pki, world.forged("tsa", "-cades -md sha1")) == "weak-algorithm");
}

TEST_CASE("what is no token") {
  const World world;
  const Pki& pki = world.pki;
  const std::string response = pki.stamped("hello\n"), token = pki.token();
  for (const std::string& good : {response, token}) {
    CHECK(reason_of(pki, good + '\0') == "sidecar-malformed");
    CHECK(reason_of(pki, good + good) == "sidecar-malformed");
    for (std::size_t size = 0; size < good.size(); size += 41) {
      CHECK(reason_of(pki, good.substr(0, size)) == "sidecar-malformed");
    }
  }
  // A request that was refused: the digest is none the authority takes.
  pki.write("ts.cnf",
            "[tsa]\ndefault_tsa=t\n[t]\nserial=tsserial\ndefault_policy=1.2.3.4\n"
            "digests=sha512\nsigner_digest=sha256\n");
  const auto refused = stamped(pki, pki.stamped("hello\n"));
  CHECK(refused.reason == "sidecar-malformed");
  CHECK(refused.detail == "the authority refused to give a time");
  // A signature of something else, by the authority's own certificate.
  CHECK(reason_of(pki, pki.sign("hello\n", "tsa")) != "");
}

TEST_CASE("a token over a list or a signature is told beside it, and signs nothing") {
  const World world;
  const Pki& pki = world.pki;
  const std::string list = sha256_hex(as_bytes("hello\n")) + "  app-1.bin\n";
  const auto records = pki.check(
      "hello\n", {{"app-1.bin.sha256", list}, {"app-1.bin.sha256.tsr", pki.stamped(list)}});
  REQUIRE(records.size() == 2);
  CHECK(records[0].reason == "list-unsigned");
  CHECK(records[1].verified);
  CHECK(records[1].subject == "app-1.bin.sha256");
  CHECK_FALSE(records[1].is_list);
}

TEST_CASE("a time that is proven lets a minisign key have signed") {
  const World world;
  const Pki& pki = world.pki;
  const test::MiniKey key('k');
  const std::string until = to_rfc3339(in_days(1));
  test::put_vendor(pki.folder() / "trust", "acme", "\"app-*\"", "mini", key,
                   "valid_until = " + until + "\n");
  const std::string signature = key.sign("hello\n", "");
  const Sidecar mini{"app-1.bin.minisig", signature};
  CHECK(pki.check("hello\n", {mini}, in_days(2)).at(0).reason == "expired-key");
  const Sidecar token{"app-1.bin.minisig.tsr", pki.stamped(signature)};
  const auto good = pki.check("hello\n", {mini, token}, in_days(2));
  CHECK(good.at(0).verified);
  CHECK(good.at(0).proven_times.size() == 1);
  const Sidecar wrong{"app-1.bin.minisig.tsr", pki.stamped("else")};
  const auto bad = pki.check("hello\n", {mini, wrong}, in_days(2));
  CHECK(bad.at(0).reason == "expired-key");
  CHECK(bad.at(1).reason == "bad-signature");
}

TEST_CASE("tokens are found beside what they stamp") {
  const test::TempFolder folder;
  for (const char* name : {"a.zip", "a.zip.tsr", "a.zip.p7s", "a.zip.p7s.tst", "a.zip.minisig",
                           "a.zip.minisig.tsr", "a.zip.tsr.tsr", "SHA256SUMS", "SHA256SUMS.p7s",
                           "SHA256SUMS.p7s.tsr", "b.zip.tsr"}) {
    REQUIRE(write_file(folder / name, name));
  }
  std::vector<std::string> names;
  const auto found = find_sidecars(folder / "a.zip", test::all_formats(), {});
  REQUIRE(found);
  for (const Sidecar& one : *found) names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"a.zip.minisig", "a.zip.minisig.tsr", "a.zip.p7s",
                                          "a.zip.p7s.tst", "a.zip.tsr", "SHA256SUMS",
                                          "SHA256SUMS.p7s", "SHA256SUMS.p7s.tsr"});
}

TEST_CASE("flip every byte of a token: no time, or a byte that nobody signed") {
  const World world;
  const Pki& pki = world.pki;
  pki.believe("tsa/itself.pem", pki.read("tsa.pem"));
  const std::string good = pki.stamped("hello\n", "-sha256");  // without certificates
  REQUIRE(reason_of(pki, good).empty());
  const Time when = stamped(pki, good).proven_times.at(0);
  std::string places;
  std::size_t uncovered = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    bool unnoticed = false;
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      const SignatureRecord record = stamped(pki, bad);
      if (!record.verified) continue;
      unnoticed = true;
      CHECK(record.proven_times.at(0) == when);
    }
    if (!unnoticed) continue;
    ++uncovered;
    places += " " + std::to_string(i);
  }
  MESSAGE(good.size(), " bytes, of which changes of ", uncovered, " go unnoticed, at", places);
  // As in a signature; and in the response whether time was granted with or without changes,
  // and an empty parameter of the digest's name.
  CHECK(uncovered <= 14);
}

}  // namespace
}  // namespace assay
