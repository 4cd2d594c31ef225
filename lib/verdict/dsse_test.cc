#include "verdict/dsse.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "verdict/json_at.h"

namespace assay {
namespace {

std::string vector_file(const std::string& name) {
  return read_file(std::string(ASSAY_SOURCE_DIR) + "/testdata/vectors/" + name).take();
}

Ed25519Public vector_key() {
  return parse_public_key_pem(vector_file("verdict-key.pub.pem")).take();
}

/// The key of a 32-byte test seed: its PKCS#8 (RFC 8410) in PEM, loaded.
SigningKey key_of_seed(unsigned char first) {
  auto der = *from_hex("302e020100300506032b657004220420");
  for (unsigned char i = 0; i < 32; ++i) {
    der.push_back(static_cast<std::byte>(static_cast<unsigned char>(first + i)));
  }
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\n" + to_base64(der) + "\n-----END PRIVATE KEY-----\n";
  const std::string path = "/tmp/assay-dsse-test." + std::to_string(::getpid());
  REQUIRE(write_file(path, pem, 0600));
  Result<SigningKey> key = SigningKey::load(path, {});
  ::unlink(path.c_str());
  return std::move(key).take();
}

std::string code_of(const Result<std::string>& result) {
  if (result) return "";
  CHECK(result.error().kind == Error::Kind::unusable);
  return result.error().code;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("the pre-authentication encoding") {
  CHECK(dsse_pae("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(dsse_pae("", "") == "DSSEv1 0  0 ");
  CHECK(dsse_pae(kInTotoPayloadType, vector_file("verdict.statement.json")) ==
        vector_file("verdict.pae"));
}

TEST_CASE("an envelope that other programs verify, too") {
  const std::string envelope = vector_file("verdict.dsse.json");
  const Ed25519Public key = vector_key();
  CHECK(dsse_open(envelope, kInTotoPayloadType, key).take() ==
        vector_file("verdict.statement.json"));
  CHECK(code_of(dsse_open(envelope, kInTotoPayloadType,
                          SigningKey::generate().take().public_key())) == "envelope-signature");
  CHECK(code_of(dsse_open(envelope, "text/plain", key)) == "envelope-type");
  CHECK(code_of(dsse_open(envelope, kInTotoPayloadType, key, envelope.size() - 1)) ==
        "envelope-malformed");
}

TEST_CASE("the same key and statement give the same envelope, byte for byte") {
  const SigningKey key = key_of_seed(0x40);
  CHECK(key.public_key() == vector_key());
  const std::string statement = vector_file("verdict.statement.json");
  const std::string envelope = dsse_sign(kInTotoPayloadType, statement, key).take();
  CHECK(envelope == vector_file("verdict.dsse.json"));
  CHECK(dsse_open_exact(envelope, kInTotoPayloadType, key.public_key()).take() == statement);
}

TEST_CASE("the signature of verdict.md 3.1") {
  const std::string envelope =
      dsse_sign(kInTotoPayloadType, R"({"_type":"https://in-toto.io/Statement/v1"})",
                key_of_seed(0))
          .take();
  CHECK(envelope.find("Fo6jOXP9gw1yxFFqcxT3OROGg9MHJ9G2Ps2yCG4lrdJS8Yli9xdH78rzsGRdX7vN0BvZnteN"
                      "GPg9F79CG51UDQ==") != envelope.npos);
}

TEST_CASE("what DSSE lets vary, and what the exact form does not") {
  const SigningKey key = SigningKey::generate().take();
  const Ed25519Public& pub = key.public_key();
  const std::string payload = "\xfb\xff\xfe~~~???";  // has both special digits in base64
  const std::string good = dsse_sign("t", payload, key).take();
  REQUIRE(dsse_open_exact(good, "t", pub));
  const std::string own_id = key_id(pub);
  std::string url = good;
  for (char& c : url) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  const std::string variants[] = {
      url,
      replaced(good, "{\"payload\"", "{\"more\":1,\"payload\""),
      replaced(good, own_id, "somebody else"),
      replaced(good, "\"keyid\":\"" + own_id + "\",", ""),
      replaced(good, ",\"", ", \""),
      good + " ",
  };
  for (const std::string& variant : variants) {
    CAPTURE(variant);
    CHECK(variant != good);
    const Result<std::string> opened = dsse_open(variant, "t", pub);
    REQUIRE(opened);
    CHECK(*opened == payload);
    CHECK(code_of(dsse_open_exact(variant, "t", pub)) == "envelope-malformed");
  }
}

TEST_CASE("what is no envelope") {
  const SigningKey key = SigningKey::generate().take();
  const std::string good = dsse_sign("t", "\xfb\xff\xfe\xfb", key).take();
  const Json root = Json::parse(good).take();
  const std::string signature = list_at(root, "signatures").front().canonical();
  const std::string sig = list_at(root, "signatures").front().text_or_empty("sig");
  const std::string bad[] = {
      "",
      "{}",
      "[]",
      "null",
      good + good,
      replaced(good, "\"payload\"", "\"payloda\""),
      replaced(good, "\"payloadType\":\"t\"", "\"payloadType\":1"),
      replaced(good, "[" + signature + "]", "[]"),
      replaced(good, "[" + signature + "]", "{}"),
      replaced(good, signature, signature + "," + signature),
      replaced(good, signature, "1"),
      replaced(good, "\"sig\"", "\"gis\""),
      replaced(good, sig, sig.substr(4)),
      replaced(good, sig, ""),
      replaced(good, "+//++w==", "+//+-w=="),  // both alphabets in one
      replaced(good, "+//++w==", "+//++x=="),  // a bit that stands for nothing
      replaced(good, "\"payload\":", "\"payload\":\"\",\"payload\":"),
  };
  for (const std::string& text : bad) {
    CAPTURE(text);
    CHECK(code_of(dsse_open(text, "t", key.public_key())) == "envelope-malformed");
  }
}

TEST_CASE("cut short or with a byte changed, an envelope never gives another payload") {
  const SigningKey key = SigningKey::generate().take();
  const std::string good = dsse_sign(kInTotoPayloadType, "{\"a\":1}", key).take();
  for (std::size_t n = 0; n < good.size(); ++n) {
    CHECK_FALSE(dsse_open(good.substr(0, n), kInTotoPayloadType, key.public_key()));
    for (const int mask : {1, 2, 4, 32, 128}) {
      std::string changed = good;
      changed[n] = static_cast<char>(changed[n] ^ mask);
      const auto opened = dsse_open(changed, kInTotoPayloadType, key.public_key());
      if (opened) CHECK(*opened == "{\"a\":1}");
      CHECK_FALSE(dsse_open_exact(changed, kInTotoPayloadType, key.public_key()));
    }
  }
}

}  // namespace
}  // namespace assay
