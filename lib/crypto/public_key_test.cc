#include "crypto/public_key.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/json.h"

namespace assay {
namespace {

const SignatureScheme& scheme(std::string_view name) {
  const SignatureScheme* found = find_scheme(name);
  REQUIRE(found != nullptr);
  return *found;
}

std::vector<std::byte> hex(std::string_view text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes.has_value());
  return *std::move(bytes);
}

/// The array under `key`, which must be there.
const Json::Array& array(const Json& object, std::string_view key) {
  static const Json::Array kNone;
  const Json* value = object.find(key);
  REQUIRE(value != nullptr);
  const Json::Array* elements = value->array();
  REQUIRE(elements != nullptr);
  return elements == nullptr ? kNone : *elements;
}

// --- C2SP/wycheproof ---------------------------------------------------------

struct Tally {
  std::size_t accepted = 0, refused = 0, acceptable = 0;
};

/// Every vector of one file, put before the scheme that the file is about.
Tally run_wycheproof(const std::string& file, std::string_view scheme_name) {
  const std::string path = std::string(ASSAY_SOURCE_DIR) + "/testdata/wycheproof/" + file;
  const Json root = Json::parse(read_file(path).take()).take();
  Tally tally;
  for (const Json& group : array(root, "testGroups")) {
    const PublicKey key = PublicKey::from_der(hex(group.text_or_empty("publicKeyDer"))).take();
    CHECK(PublicKey::from_pem(group.text_or_empty("publicKeyPem")).take().der() == key.der());
    for (const Json& test : array(group, "tests")) {
      const std::string result = test.text_or_empty("result");
      const bool verified = key.verify(scheme(scheme_name), hex(test.text_or_empty("msg")),
                                       hex(test.text_or_empty("sig")));
      CAPTURE(file);
      CAPTURE(test.canonical());
      CHECK(verified == (result == "valid"));
      // "acceptable" here is an RSA DigestInfo without its NULL: refused, as
      // RFC 8017 section 9.2 note 1 lets a verifier do.
      ++(result == "acceptable" ? tally.acceptable : verified ? tally.accepted : tally.refused);
    }
  }
  return tally;
}

TEST_CASE("wycheproof: every valid vector is accepted, every other refused") {
  const struct {
    std::string file;
    std::string_view scheme;
  } kFiles[] = {
      {"ed25519_test.json", "Ed25519"},
      {"ecdsa_secp256r1_sha256_test.json", "ECDSA-SHA256"},
      {"ecdsa_secp384r1_sha384_test.json", "ECDSA-SHA384"},
      {"ecdsa_secp521r1_sha512_test.json", "ECDSA-SHA512"},
      {"rsa_signature_2048_sha256_test.json", "RSA-PKCS1-SHA256"},
      {"rsa_signature_2048_sha512_test.json", "RSA-PKCS1-SHA512"},
      {"rsa_signature_3072_sha256_test.json", "RSA-PKCS1-SHA256"},
      {"rsa_signature_3072_sha512_test.json", "RSA-PKCS1-SHA512"},
      {"rsa_signature_4096_sha256_test.json", "RSA-PKCS1-SHA256"},
      {"rsa_signature_4096_sha512_test.json", "RSA-PKCS1-SHA512"},
      {"rsa_pss_2048_sha256_mgf1_32_test.json", "RSA-PSS-SHA256"},
      {"rsa_pss_3072_sha256_mgf1_32_test.json", "RSA-PSS-SHA256"},
      {"rsa_pss_4096_sha256_mgf1_32_test.json", "RSA-PSS-SHA256"},
  };
  Tally all;
  for (const auto& [file, name] : kFiles) {
    const Tally one = run_wycheproof(file, name);
    all.accepted += one.accepted;
    all.refused += one.refused;
    all.acceptable += one.acceptable;
  }
  MESSAGE(fmt::format("wycheproof: {} accepted, {} refused, {} 'acceptable' refused",
                      all.accepted, all.refused, all.acceptable));
  CHECK(all.accepted == 924);
  CHECK(all.refused == 2629);
  CHECK(all.acceptable == 6);
}

TEST_CASE("wycheproof: Ed25519 by the door that minisign and the verdict use") {
  const std::string path =
      std::string(ASSAY_SOURCE_DIR) + "/testdata/wycheproof/ed25519_test.json";
  const Json root = Json::parse(read_file(path).take()).take();
  std::size_t accepted = 0, refused = 0;
  for (const Json& group : array(root, "testGroups")) {
    Ed25519Public key{};
    const auto point = hex(group.text_or_empty("publicKeyDer").substr(24));
    REQUIRE(point.size() == key.size());
    std::ranges::copy(point, key.begin());
    for (const Json& test : array(group, "tests")) {
      const auto bytes = hex(test.text_or_empty("sig"));
      Ed25519Signature signature{};
      const bool sized = bytes.size() == signature.size();
      if (sized) std::ranges::copy(bytes, signature.begin());
      const bool verified =
          sized && verify_ed25519(key, hex(test.text_or_empty("msg")), signature);
      CHECK(verified == (test.text_or_empty("result") == "valid"));
      ++(verified ? accepted : refused);
    }
  }
  MESSAGE(fmt::format("wycheproof: {} accepted, {} refused", accepted, refused));
  CHECK(accepted == 88);
  CHECK(refused == 63);
}

// --- What openssl makes ------------------------------------------------------

/// A folder in which openssl works, and which goes away.
class Openssl {
 public:
  Openssl() {
    std::string form = (std::filesystem::temp_directory_path() / "assay-key-XXXXXX").string();
    folder_ = ::mkdtemp(form.data());
  }
  Openssl(const Openssl&) = delete;
  Openssl& operator=(const Openssl&) = delete;
  ~Openssl() {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }

  bool run(const std::string& arguments) const {
    const std::string command =
        "cd " + folder_ + " && timeout 60 openssl " + arguments + " >/dev/null 2>&1 </dev/null";
    return std::system(command.c_str()) == 0;  // NOLINT
  }
  std::string read(const std::string& name) const {
    return read_file(folder_ + "/" + name).take();
  }
  void write(const std::string& name, std::string_view text) const {
    REQUIRE(write_file(folder_ + "/" + name, text));
  }
  /// A new key pair in key.pem and pub.pem.
  Result<PublicKey> make(const std::string& options) const {
    REQUIRE(run("genpkey -out key.pem " + options));
    REQUIRE(run("pkey -in key.pem -pubout -out pub.pem"));
    return PublicKey::from_pem(read("pub.pem"));
  }

 private:
  std::string folder_{};
};

const std::string kMessage = "the bundle";

TEST_CASE("kinds of keys, and the one scheme a signature was made by") {
  const Openssl openssl;
  openssl.write("message", kMessage);
  const auto verifying = [&](const PublicKey& key, const std::string& signature) {
    std::string names;
    for (const SignatureScheme& one : signature_schemes()) {
      if (key.verify(one, as_bytes(kMessage), as_bytes(signature))) {
        names += (names.empty() ? "" : " ") + std::string(one.name);
      }
    }
    return names;
  };
  const auto signed_by = [&](const std::string& options) {
    REQUIRE(openssl.run("dgst -sign key.pem -out sig " + options + " message"));
    return openssl.read("sig");
  };

  const PublicKey rsa = openssl.make("-algorithm RSA -pkeyopt rsa_keygen_bits:2048").take();
  CHECK(rsa.kind() == KeyKind::rsa);
  CHECK(rsa.bits() == 2048);
  CHECK(rsa.natural_scheme().name == "RSA-PKCS1-SHA256");
  CHECK(rsa.value() == "spki:" + sha256_hex(as_bytes(rsa.der())));
  const std::string pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:";
  CHECK(verifying(rsa, signed_by("-sha256")) == "RSA-PKCS1-SHA256");
  CHECK(verifying(rsa, signed_by("-sha384")) == "RSA-PKCS1-SHA384");
  CHECK(verifying(rsa, signed_by("-sha512")) == "RSA-PKCS1-SHA512");
  CHECK(verifying(rsa, signed_by("-sha256 " + pss + "digest")) == "RSA-PSS-SHA256");
  CHECK(verifying(rsa, signed_by("-sha384 " + pss + "digest")) == "RSA-PSS-SHA384");
  CHECK(verifying(rsa, signed_by("-sha512 " + pss + "digest")) == "RSA-PSS-SHA512");
  // Salts of another length, the longest and none at all; MGF1 by another digest; SHA-1.
  CHECK(verifying(rsa, signed_by("-sha256 " + pss + "max")).empty());
  CHECK(verifying(rsa, signed_by("-sha256 " + pss + "0")).empty());
  CHECK(verifying(rsa, signed_by("-sha256 " + pss + "digest -sigopt rsa_mgf1_md:sha512"))
            .empty());
  CHECK(verifying(rsa, signed_by("-sha1")).empty());

  const struct {
    std::string curve, hash, name;
    unsigned bits;
  } kCurves[] = {{"P-256", "sha256", "ECDSA-SHA256", 256},
                 {"P-384", "sha384", "ECDSA-SHA384", 384},
                 {"P-521", "sha512", "ECDSA-SHA512", 521}};
  for (const auto& it : kCurves) {
    const PublicKey key =
        openssl.make("-algorithm EC -pkeyopt ec_paramgen_curve:" + it.curve).take();
    CHECK(key.bits() == it.bits);
    CHECK(key.natural_scheme().name == it.name);
    CHECK(verifying(key, signed_by("-" + it.hash)) == it.name);
    CHECK(verifying(key, signed_by("-sha1")).empty());
    CHECK_FALSE(
        rsa.verify(rsa.natural_scheme(), as_bytes(kMessage), as_bytes(openssl.read("sig"))));
  }

  const PublicKey ed25519 = openssl.make("-algorithm ED25519").take();
  REQUIRE(openssl.run("pkeyutl -sign -inkey key.pem -rawin -in message -out sig"));
  CHECK(verifying(ed25519, openssl.read("sig")) == "Ed25519");
  CHECK(ed25519.value() == "ed25519:" + to_hex(as_bytes(ed25519.der()).last(32)));
}

TEST_CASE("r and s side by side: as long as the order, never in DER") {
  const std::string path =
      std::string(ASSAY_SOURCE_DIR) + "/testdata/wycheproof/ecdsa_secp521r1_sha512_test.json";
  const Json root = Json::parse(read_file(path).take()).take();
  const Json& group = array(root, "testGroups").at(0);
  const PublicKey key = PublicKey::from_der(hex(group.text_or_empty("publicKeyDer"))).take();
  const Json& test = array(group, "tests").at(0);
  REQUIRE(test.text_or_empty("result") == "valid");
  const auto message = hex(test.text_or_empty("msg")), der = hex(test.text_or_empty("sig"));
  std::string fixed;
  for (std::size_t at = 3; at < der.size();) {  // 30 81 LL, then two integers
    const auto size = static_cast<std::size_t>(der[at + 1]);
    std::string number(as_text(Bytes(der).subspan(at + 2, size)));
    if (number.size() > 66) number.erase(0, 1);
    fixed += std::string(66 - number.size(), '\0') + number;
    at += 2 + size;
  }
  const SignatureScheme& p1363 = scheme("ECDSA-P1363-SHA512");
  CHECK(key.verify(p1363, message, as_bytes(fixed)));
  CHECK_FALSE(key.verify(p1363, message, der));
  CHECK_FALSE(key.verify(scheme("ECDSA-SHA512"), message, as_bytes(fixed)));
  CHECK_FALSE(key.verify(p1363, message, as_bytes(fixed + '\0')));
  CHECK_FALSE(key.verify(p1363, message, as_bytes('\0' + fixed)));
  CHECK_FALSE(key.verify(p1363, message, as_bytes(std::string(132, '\0'))));
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    std::string bad = fixed;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_FALSE(key.verify(p1363, message, as_bytes(bad)));
  }
}

TEST_CASE("keys from their numbers are the same keys") {
  const Openssl openssl;
  const PublicKey rsa = openssl.make("-algorithm RSA -pkeyopt rsa_keygen_bits:3072").take();
  const Bytes der = as_bytes(rsa.der());
  const Bytes modulus = der.subspan(der.size() - 5 - 384, 384);
  const auto e = hex("00010001");
  CHECK(PublicKey::from_rsa(e, modulus).take().der() == rsa.der());
  const PublicKey p384 = openssl.make("-algorithm EC -pkeyopt ec_paramgen_curve:P-384").take();
  std::vector<std::byte> point(as_bytes(p384.der()).last(97).begin(),
                               as_bytes(p384.der()).last(97).end());
  CHECK(PublicKey::from_ec_point(KeyKind::p384, point).take().der() == p384.der());
  CHECK_FALSE(PublicKey::from_ec_point(KeyKind::p256, point));
  CHECK_FALSE(PublicKey::from_ec_point(KeyKind::rsa, point));
  point.back() ^= std::byte{1};
  CHECK_FALSE(PublicKey::from_ec_point(KeyKind::p384, point));  // off the curve
}

TEST_CASE("keys that prove nothing, and keys that are none") {
  const Openssl openssl;
  const auto what = [&](const std::string& options) {
    const auto key = openssl.make(options);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == Error::Kind::config);
    CHECK_FALSE(key.error().hint.empty());
    return key.error().what;
  };
  const std::string other = "this is no public key of a kind that is supported";
  CHECK(what("-algorithm RSA -pkeyopt rsa_keygen_bits:1024") ==
        "this is an RSA key of 1024 bits, and under 2048 nothing is proven");
  CHECK(openssl.make("-algorithm RSA -pkeyopt rsa_keygen_bits:2047").error().code ==
        "weak-algorithm");
  CHECK(what("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048") == other);
  CHECK(what("-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1") == other);
  CHECK(what("-algorithm EC -pkeyopt ec_paramgen_curve:P-224") == other);
  CHECK(what("-algorithm X25519") == other);
  CHECK(what("-algorithm ED448") == other);
  // The curve's numbers spelled out, so that another generator could stand there.
  CHECK(what("-algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
             "-pkeyopt ec_param_enc:explicit") == other);

  const PublicKey good = openssl.make("-algorithm EC -pkeyopt ec_paramgen_curve:P-256").take();
  const std::string pem = openssl.read("pub.pem");
  CHECK_FALSE(PublicKey::from_der(as_bytes(good.der() + '\0')));
  CHECK_FALSE(PublicKey::from_der(as_bytes(good.der().substr(1))));
  CHECK_FALSE(PublicKey::from_der({}));
  REQUIRE(openssl.run("ec -pubin -in pub.pem -pubout -conv_form compressed -out pub.pem"));
  CHECK_FALSE(PublicKey::from_pem(openssl.read("pub.pem")));
  REQUIRE(openssl.run("ec -pubin -in pub.pem -pubout -conv_form hybrid -out pub.pem"));
  CHECK_FALSE(PublicKey::from_pem(openssl.read("pub.pem")));
  CHECK_FALSE(PublicKey::from_pem(pem + pem));
  CHECK_FALSE(PublicKey::from_pem("\n" + pem));
  CHECK_FALSE(PublicKey::from_pem(pem + "x"));
  CHECK_FALSE(PublicKey::from_pem(""));
  std::string crlf = pem;
  for (std::size_t at = 0; (at = crlf.find('\n', at)) != crlf.npos; at += 2) {
    crlf.insert(at, "\r");
  }
  CHECK(PublicKey::from_pem(crlf).take().der() == good.der());

  const PublicKey rsa = openssl.make("-algorithm RSA -pkeyopt rsa_keygen_bits:2048").take();
  const Bytes modulus = as_bytes(rsa.der()).subspan(rsa.der().size() - 5 - 256, 256);
  CHECK_FALSE(PublicKey::from_rsa(hex("01"), modulus));
  CHECK_FALSE(PublicKey::from_rsa(hex("010000"), modulus));
  CHECK_FALSE(PublicKey::from_rsa(hex("010000000000000001"), modulus));
  CHECK_FALSE(PublicKey::from_rsa(hex("010001"), modulus.first(255)));
  CHECK_FALSE(PublicKey::from_rsa({}, {}));
  const std::vector<std::byte> vast(2049, std::byte{0xff});
  CHECK_FALSE(PublicKey::from_rsa(hex("010001"), vast));
}

}  // namespace
}  // namespace assay
