#include "crypto/key.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "crypto/digest.h"

namespace assay {
namespace {

std::string temporary_path() {
  return "/tmp/assay-key-test." + std::to_string(::getpid());
}

TEST_CASE("a key signs what its public half verifies, and nothing else") {
  const SigningKey key = SigningKey::generate().take();
  const auto message = as_bytes("message");
  const Ed25519Signature signature = key.sign(message).take();
  CHECK(verify_ed25519(key.public_key(), message, signature));
  CHECK_FALSE(verify_ed25519(key.public_key(), as_bytes("massage"), signature));
  CHECK_FALSE(verify_ed25519(SigningKey::generate().take().public_key(), message, signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    Ed25519Signature flipped = signature;
    flipped[i] ^= std::byte{1};
    CHECK_FALSE(verify_ed25519(key.public_key(), message, flipped));
  }
}

TEST_CASE("RFC 8032 section 7.1 test 2") {
  const auto hex = [](std::string_view text) { return *from_hex(text); };
  Ed25519Public key{};
  Ed25519Signature signature{};
  std::ranges::copy(hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
                    key.begin());
  std::ranges::copy(hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1"
                        "e43e15996e458f3613"
                        "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
                    signature.begin());
  CHECK(verify_ed25519(key, hex("72"), signature));
}

TEST_CASE("key files: plain, encrypted, wrong passphrase, readable by others") {
  const SigningKey key = SigningKey::generate().take();
  const std::string path = temporary_path();
  REQUIRE(write_file(path, key.to_pem("").take(), 0600));
  CHECK(SigningKey::load(path, "").take().public_key() == key.public_key());

  REQUIRE(write_file(path, key.to_pem("correct horse").take(), 0600));
  CHECK(SigningKey::load(path, "correct horse").take().public_key() == key.public_key());
  CHECK(SigningKey::load(path, "wrong").error().hint == "is the passphrase right?");
  CHECK(SigningKey::load(path, "").error().kind == Error::Kind::config);

  REQUIRE(write_file(path, key.to_pem("").take(), 0640));
  const auto readable = SigningKey::load(path, "");
  REQUIRE_FALSE(readable);
  CHECK(readable.error().what == "'" + path + "' can be read by others");
  CHECK(readable.error().hint == "chmod 600 '" + path + "'");
  std::remove(path.c_str());
}

TEST_CASE("public keys survive PEM and the id is the digest of the DER") {
  const SigningKey key = SigningKey::generate().take();
  const std::string pem = public_key_pem(key.public_key());
  CHECK(parse_public_key_pem(pem).take() == key.public_key());
  CHECK_FALSE(parse_public_key_pem("-----BEGIN PUBLIC KEY-----\n"));
  const std::string body = pem.substr(27, pem.find("\n-----END") - 27);
  CHECK(key_id(key.public_key()) == sha256_hex(*from_base64(body)));
}

TEST_CASE("digests, FIPS 180-4 and RFC 7693 examples") {
  CHECK(sha256_hex(as_bytes("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(digest(HashAlgorithm::blake2b_512, as_bytes("abc"))).substr(0, 32) ==
        "ba80a53f981c4d0d6a2797b69f12f6e9");
  Hasher hasher(HashAlgorithm::sha512);
  hasher.update(as_bytes("a"));
  hasher.update(as_bytes("bc"));
  CHECK(hasher.finish_hex().substr(0, 16) == "ddaf35a193617aba");
  CHECK(hasher.finish_hex().substr(0, 16) == "cf83e1357eefb8bd");  // anew, of nothing
}

}  // namespace
}  // namespace assay
