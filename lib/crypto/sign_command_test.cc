#include "crypto/sign_command.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "base/file.h"

namespace assay {
namespace {

using std::chrono::milliseconds;

/// A file that is gone afterwards.
struct TempFile {
  std::string path = "/tmp/assay-sign-test." + std::to_string(::getpid());
  explicit TempFile(std::string_view bytes) { REQUIRE(write_file(path, bytes)); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile() { std::remove(path.c_str()); }
};

Result<Ed25519Signature> sign_by(const std::string& line, const Ed25519Public& key,
                                 std::string_view message, milliseconds patience) {
  const CommandSigner signer = CommandSigner::create(words_of(line), key, patience).take();
  return signer.sign(as_bytes(message));
}

TEST_CASE("words are parted by spaces and nothing else") {
  CHECK(words_of("/a  b 'c d' $e ") == std::vector<std::string>{"/a", "b", "'c", "d'", "$e"});
  CHECK(words_of("").empty());
}

TEST_CASE("only an absolute path is run") {
  for (const std::string line : {"", "cat", "./cat"}) {
    CHECK_FALSE(CommandSigner::create(words_of(line), {}, milliseconds(1)));
  }
}

TEST_CASE("what another program signs is checked by the public key") {
  const SigningKey key = SigningKey::generate().take();
  const std::string message(100'000, 'm');
  const auto right = key.sign(as_bytes(message)).take();
  const TempFile file(as_text(right));
  const std::string cat = "/bin/cat " + file.path;
  // It answers at once and never reads the message.
  CHECK(sign_by(cat, key.public_key(), message, milliseconds(20'000)).take() == right);
  CHECK_FALSE(sign_by(cat, key.public_key(), message + "x", milliseconds(20'000)));
  const SigningKey other = SigningKey::generate().take();
  CHECK_FALSE(sign_by(cat, other.public_key(), message, milliseconds(20'000)));
}

TEST_CASE("a program that fails, says too much or too little, or hangs, has not signed") {
  const Ed25519Public key = SigningKey::generate().take().public_key();
  const std::string message(100'000, 'm');
  for (const std::string line : {"/bin/false", "/bin/true", "/bin/cat", "/no/such/program",
                                 "/bin/cat /no/such/file", "/usr/bin/yes"}) {
    CAPTURE(line);
    const auto answer = sign_by(line, key, message, milliseconds(20'000));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == Error::Kind::config);
  }
  const auto slow = sign_by("/bin/sleep 1000", key, message, milliseconds(100));
  REQUIRE_FALSE(slow);
  CHECK(slow.error().what.find("took too long") != std::string::npos);
}

}  // namespace
}  // namespace assay
