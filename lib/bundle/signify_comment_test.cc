#include "bundle/signify_comment.h"

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {
namespace {

using testing::walk_bytes;

std::string comment(std::size_t blocks, const std::string& key = "k.sec") {
  std::string text = "untrusted comment: verify with k.pub\n" + std::string(100, 'A') +
                     "\ndate=2026-01-01T00:00:00Z\nkey=" + key +
                     "\nalgorithm=SHA512/256\nblocksize=65536\n\n";
  for (std::size_t i = 0; i < blocks; ++i) text += std::string(64, '0') + "\n";
  return text;
}

/// A gzip of `size` bytes that do not pack, with a header of these flags and this text in it.
std::string gzip(char flags, const std::string& text, std::size_t size = 10) {
  std::string content;
  for (std::size_t i = 0; content.size() < size; ++i) {
    content += as_text(digest(HashAlgorithm::sha512, as_bytes(std::to_string(i))));
  }
  const std::string packed = testing::filtered("gzip -n", content.substr(0, size));
  return std::string("\x1f\x8b\x08") + flags + std::string("\0\0\0\0\0\x03", 6) + text + '\0' +
         packed.substr(10);
}

TEST_CASE("a comment by signify is a signature, as long as its digests are those of blocks") {
  const auto one = walk_bytes("x", gzip(16, comment(1)));
  CHECK(one.clean());
  CHECK(one.summary.ledger.signature == comment(1).size());
  CHECK(walk_bytes("x", gzip(16, comment(31), 2'000'000)).clean());
  for (const std::size_t wrong : {2U, 40U}) {
    CHECK(walk_bytes("x", gzip(16, comment(wrong))).has("unaccounted-bytes"));
  }
  CHECK(walk_bytes("x", gzip(16, comment(30), 2'000'000)).has("unaccounted-bytes"));
}

TEST_CASE("a comment that only looks like signify's is one like any other") {
  const auto told = walk_bytes("x", gzip(16, comment(1) + "x"));
  CHECK(told.clean());
  CHECK(told.summary.ledger.signature == 0);
  CHECK(walk_bytes("x", gzip(16, comment(31) + "x", 2'000'000)).has("unaccounted-bytes"));
  // signify leaves alone what has an extra field.
  CHECK(walk_bytes("x", gzip(20, std::string(2, '\0') + comment(31), 2'000'000))
            .has("unaccounted-bytes"));
  CHECK(walk_bytes("x", gzip(16, comment(1, std::string(2000, 'k')))).has("unaccounted-bytes"));
  CHECK_FALSE(walk_bytes("x", gzip(16, std::string(5U << 20, 'c'))).clean());
}

TEST_CASE("a comment is taken apart where its lines end") {
  const std::string text = comment(2);
  const auto it = parse_signify_comment(text);
  REQUIRE(it);
  CHECK(it->blocks() == 2);
  CHECK(it->date == "2026-01-01T00:00:00Z");
  CHECK(std::string(it->signature) + std::string(it->message) == text);
  CHECK(it->digest(1) == std::string(64, '0'));
  CHECK_FALSE(parse_signify_comment(comment(0)));
  CHECK_FALSE(parse_signify_comment(text.substr(1)));
  CHECK_FALSE(parse_signify_comment(text.substr(0, text.size() - 1)));
  CHECK(signify_blocks(0) == 0);
  CHECK(signify_blocks(65536) == 1);
  CHECK(signify_blocks(65537) == 2);
}

}  // namespace
}  // namespace assay
