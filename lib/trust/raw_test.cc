#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>

#include "crypto/public_key.h"
#include "model/reason.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::pinned;
using test::run;
using test::TempFolder;

constexpr Time kNow{1'800'000'000};
const Sidecar kFile{"acme-1.tgz", "the bundle"};

SignatureRecord check(std::string_view signature, std::span<const TrustedKey> keys,
                      const Sidecar& file = kFile) {
  SignatureRecord record =
      test::judged(raw_format, {file.name + ".sig", std::string(signature)}, MemoryFile(file),
                   keys, kNow)
          .take();
  CHECK(record.verified == record.reason.empty());
  CHECK((record.verified || find_reason(record.reason) != nullptr));
  return record;
}

/// openssl at work in a folder that goes away.
struct Openssl {
  TempFolder folder{};

  Openssl() { REQUIRE(write_file(folder / kFile.name, kFile.bytes)); }
  bool does(const std::string& arguments) const {
    return run(fmt::format("sh -c 'cd {} && openssl {}'", folder.path(), arguments));
  }
  TrustedKey make(const std::string& name, const std::string& options) const {
    REQUIRE(does(fmt::format("genpkey -out {}.key {}", name, options)));
    REQUIRE(does(fmt::format("pkey -in {0}.key -pubout -out {0}.pub", name)));
    return pinned(read_published_key(read(name + ".pub"), test::all_formats()).take(), name);
  }
  std::string sign(const std::string& name, const std::string& options) const {
    REQUIRE(does(fmt::format("dgst -sign {}.key -out sig {} {}", name, options, kFile.name)));
    return read("sig");
  }
  std::string sign_whole(const std::string& name) const {
    REQUIRE(does(
        fmt::format("pkeyutl -sign -inkey {}.key -rawin -in {} -out sig", name, kFile.name)));
    return read("sig");
  }
  std::string read(const std::string& name) const { return read_file(folder / name).take(); }
};

const std::string kRsa = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
const std::string kP256 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
const std::string kPss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";

TEST_CASE("openssl dgst, openssl pkeyutl, cosign: what each key is pinned for by itself") {
  const Openssl openssl;
  const std::array rsa{openssl.make("rsa", kRsa)};
  CHECK(rsa[0].algorithms == std::vector<std::string>{"RSA-PKCS1-SHA256"});
  const SignatureRecord record = check(openssl.sign("rsa", "-sha256"), rsa);
  CHECK(record.verified);
  CHECK(record.key == "rsa");
  CHECK(record.key_id == rsa[0].id.substr(7, 16));
  const std::array ecdsa{openssl.make("ec", kP256)};
  const std::string der = openssl.sign("ec", "-sha256");
  CHECK(check(der, ecdsa).verified);
  CHECK(check(to_base64(as_bytes(der)), ecdsa).verified);  // as cosign sign-blob writes it
  CHECK(check(to_base64(as_bytes(der)) + "\n", ecdsa).verified);
  const std::array ed25519{openssl.make("ed", "-algorithm ED25519")};
  CHECK(check(openssl.sign_whole("ed"), ed25519).verified);
  CHECK(check(to_base64(as_bytes(openssl.read("sig"))), ed25519).verified);
  REQUIRE(openssl.does("base64 -in sig -out sig.64"));
  CHECK(check(openssl.read("sig.64"), ed25519).verified);
  openssl.sign("rsa", "-sha256");
  REQUIRE(openssl.does("base64 -in sig -out sig.64"));  // on lines of 64
  CHECK(check(openssl.read("sig.64"), rsa).verified);
}

TEST_CASE("the scheme is the pin's, never the signature's") {
  const Openssl openssl;
  std::array rsa{openssl.make("rsa", kRsa)};
  const std::string pkcs1 = openssl.sign("rsa", "-sha256");
  const std::string pss = openssl.sign("rsa", "-sha256 " + kPss);
  const std::string sha512 = openssl.sign("rsa", "-sha512");
  const std::string sha1 = openssl.sign("rsa", "-sha1");
  CHECK(check(pss, rsa).reason == "bad-signature");
  CHECK(check(sha512, rsa).reason == "bad-signature");
  CHECK(check(sha1, rsa).reason == "bad-signature");
  rsa[0].algorithms = {"RSA-PSS-SHA256", "RSA-PKCS1-SHA512"};
  CHECK(check(pkcs1, rsa).reason == "bad-signature");
  CHECK(check(pss, rsa).verified);
  CHECK(check(sha512, rsa).verified);
  rsa[0].algorithms = {"ECDSA-SHA256"};  // of another kind of key
  CHECK(check(pkcs1, rsa).reason == "unknown-key");
  rsa[0].algorithms = {"MD5"};
  CHECK(check(pkcs1, rsa).reason == "unknown-key");
}

TEST_CASE("whose it is: the key that fits, else the first that was asked to sign") {
  const Openssl openssl;
  const TrustedKey one = openssl.make("one", kP256), two = openssl.make("two", kP256);
  const TrustedKey rsa = openssl.make("rsa", kRsa);
  const std::string by_two = openssl.sign("two", "-sha256");
  const std::array all{rsa, one, two};
  CHECK(check(by_two, all).key == "two");
  const SignatureRecord bad = check(by_two, std::span(all).first(2));
  CHECK(bad.reason == "bad-signature");
  CHECK(bad.key == "one");
  CHECK(bad.detail == "the file is not what was signed");
  const SignatureRecord other = check(by_two, std::span(all).first(1));
  CHECK(other.reason == "unknown-key");
  CHECK(other.detail == "no pinned key makes such signatures");
  CHECK(check(by_two, {}).reason == "unknown-key");
  std::array provenance{one, two};
  for (TrustedKey& key : provenance) key.roles = {"provenance"};
  CHECK(check(by_two, std::span(provenance).first(1)).reason == "unknown-key");
  CHECK(check(by_two, provenance).reason == "wrong-role");
  std::array other_format{two};
  other_format[0].format = "ssh";
  CHECK(check(by_two, other_format).reason == "unknown-key");
}

TEST_CASE("no bit of file or signature can change") {
  const Openssl openssl;
  const std::array keys{openssl.make("rsa", kRsa), openssl.make("ec", kP256),
                        openssl.make("ed", "-algorithm ED25519")};
  std::size_t refused = 0;
  for (const std::string& good :
       {openssl.sign("rsa", "-sha256"), openssl.sign("ec", "-sha256"), openssl.sign_whole("ed"),
        to_base64(as_bytes(openssl.sign("ec", "-sha256"))) + "\n"}) {
    REQUIRE(check(good, keys).verified);
    const bool text = good.ends_with("\n");
    for (std::size_t i = 0; i + (text ? 1U : 0U) < good.size(); ++i) {
      for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128}) {
        std::string bad = good;
        bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
        CAPTURE(i);
        CHECK_FALSE(check(bad, keys).verified);
        ++refused;
      }
    }
    for (std::size_t i = 0; i < kFile.bytes.size(); ++i) {
      Sidecar file = kFile;
      file.bytes[i] = static_cast<char>(file.bytes[i] ^ 1);
      CHECK(check(good, keys, file).reason == "bad-signature");
    }
  }
  MESSAGE(fmt::format("{} changed bits refused", refused));
}

TEST_CASE("what is no signature, and lists that are as long as one") {
  const Openssl openssl;
  const std::array keys{openssl.make("ed", "-algorithm ED25519")};
  const std::string good = openssl.sign_whole("ed");
  const std::string base64 = to_base64(as_bytes(good));
  const std::string cases[] = {"",
                               "x",
                               good + "x",
                               good.substr(1),
                               base64 + "\n\n",
                               base64 + "\r\n",
                               " " + base64,
                               base64.substr(0, 40) + "\n" + base64.substr(40),
                               base64.substr(0, base64.size() - 1),
                               std::string(64, 'a'),
                               std::string(96, 'a'),
                               std::string(128, 'a'),
                               std::string(128, 'a') + "\n",
                               std::string(256, 'a'),
                               std::string(5000, 'A')};
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK_FALSE(raw_format.matches(text));
    CHECK(check(text, keys).reason == "sidecar-malformed");
  }
  CHECK(raw_format.matches(good));
  CHECK(raw_format.matches(base64));
}

TEST_CASE("published keys: PEM and DER, one value for every form") {
  const Openssl openssl;
  const TrustedKey pem = openssl.make("ed", "-algorithm ED25519");
  REQUIRE(openssl.does("pkey -pubin -in ed.pub -outform DER -out ed.der"));
  const PublishedKey der =
      read_published_key(openssl.read("ed.der"), test::all_formats()).take();
  CHECK(der.format == "spki");
  CHECK(der.id == pem.id);
  CHECK(der.id == "sha256:" + sha256_hex(as_bytes(openssl.read("ed.der"))));
  CHECK(der.value == "ed25519:" + to_hex(as_bytes(openssl.read("ed.der")).last(32)));
  CHECK(der.algorithms == std::vector<std::string>{"Ed25519"});
  CHECK(der.notes == std::vector<std::string>{"an Ed25519 key"});
  CHECK(openssl.make("ec", kP256).algorithms == std::vector<std::string>{"ECDSA-SHA256"});
  const auto what = [&](const std::string& text) {
    const auto read = read_published_key(text, test::all_formats());
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Error::Kind::config);
    CHECK_FALSE(read.error().hint.empty());
    return read.error().what;
  };
  CHECK(what(openssl.read("ec.key")).find("secret") != std::string::npos);
  REQUIRE(openssl.does("genpkey -out rsa.key " + kRsa));
  REQUIRE(openssl.does("rsa -in rsa.key -RSAPublicKey_out -out rsa.pub"));
  CHECK(what(openssl.read("rsa.pub")) == "this RSA key is in the form of PKCS #1");
  CHECK(what("# acme\n" + openssl.read("ec.pub")) ==
        "this is no public key in PEM form, alone in its file");
  CHECK(what(openssl.read("ed.der") + "x").find("kind that is supported") != std::string::npos);
  CHECK(what("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
            .find("kind that is supported") != std::string::npos);
}

TEST_CASE("what is accepted here openssl accepts, and makes of itself the same") {
  const Openssl openssl;
  const std::array keys{openssl.make("ec", kP256)};
  const std::string good = openssl.sign("ec", "-sha256");
  std::size_t alike = 0, stricter = 0;
  const auto both = [&](const std::string& signature) {
    REQUIRE(write_file(openssl.folder / "sig", signature));
    const bool theirs = openssl.does("dgst -sha256 -verify ec.pub -signature sig acme-1.tgz");
    const bool ours = check(signature, keys).verified;
    CHECK((theirs || !ours));
    ++(theirs == ours ? alike : stricter);
  };
  both(good);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    both(bad);
  }
  MESSAGE(
      fmt::format("{} signatures judged alike, {} refused by assay alone", alike, stricter));
  // The same bytes signed by a key that lives here.
  const SigningKey ours = SigningKey::generate().take();
  REQUIRE(write_file(openssl.folder / "ours.pub", public_key_pem(ours.public_key())));
  const auto signature = ours.sign(as_bytes(kFile.bytes)).take();
  REQUIRE(write_file(openssl.folder / "sig", as_text(signature)));
  CHECK(
      openssl.does("pkeyutl -verify -pubin -inkey ours.pub -rawin -in acme-1.tgz "
                   "-sigfile sig"));
  const std::array own{
      pinned(spki_key_format.read(public_key_pem(ours.public_key())).take(), "ours")};
  CHECK(check(as_text(signature), own).verified);
}

}  // namespace
}  // namespace assay
