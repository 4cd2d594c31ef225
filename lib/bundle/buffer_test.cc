#include "bundle/buffer.h"

#include <doctest/doctest.h>

#include "crypto/digest.h"

namespace assay {
namespace {

/// Fills a block for `expected` bytes with `size` of them, in pieces.
Content filled(std::size_t expected, std::size_t size, std::size_t piece) {
  const auto pool = std::make_shared<BufferPool>(std::size_t{64} << 20);
  auto block = pool->take(expected).take();
  std::string bytes;
  for (std::size_t at = 0; at < size; at += bytes.size()) {
    bytes.assign(std::min(piece, size - at), static_cast<char>('a' + at % 26));
    REQUIRE(block->append(as_bytes(bytes)));
  }
  return pool->hand_out(std::move(block));
}

TEST_CASE("a block's digest is that of its bytes, however it came about") {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  for (const std::size_t expected : {std::size_t{0}, kMiB, 16 * kMiB, 20 * kMiB}) {
    for (const std::size_t size : {std::size_t{0}, 3 * kMiB, 20 * kMiB, 33 * kMiB}) {
      CAPTURE(expected);
      CAPTURE(size);
      const Content content = filled(expected, size, kMiB / 2 + 7);
      REQUIRE(content.bytes().size() == size);
      CHECK(content.sha256() == sha256_hex(content.bytes()));
    }
  }
}

TEST_CASE("a block that is thrown away half full stops its hashing") {
  const auto pool = std::make_shared<BufferPool>(std::size_t{64} << 20);
  for (int i = 0; i < 20; ++i) {
    auto block = pool->take(std::size_t{16} << 20).take();
    REQUIRE(block->append(as_bytes(std::string(1 << 20, 'x'))));
  }
}

}  // namespace
}  // namespace assay
