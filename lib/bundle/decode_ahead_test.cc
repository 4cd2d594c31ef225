#include "bundle/decode_ahead.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

#include "bundle/meter.h"
#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// `size` bytes that differ from one place to the next.
std::string content_of(std::size_t size) {
  std::string content(size, '\0');
  std::uint32_t state = 1;
  for (char& c : content)
    c = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
  return content;
}

/// A stream in pieces of 100,000 bytes.
class Pieces final : public ByteStream {
 public:
  explicit Pieces(std::string_view bytes) : rest_(as_bytes(bytes)) {}
  Result<Bytes> next() override {
    const Bytes piece = rest_.first(std::min<std::size_t>(rest_.size(), 100'000));
    rest_ = rest_.subspan(piece.size());
    return piece;
  }

 private:
  Bytes rest_;
};

enum class End { good, failure, throws };

/// A codec that packs nothing.
class Copying final : public Decoder {
 public:
  Copying(ByteStream& from, End end) : Decoder(from, "copy", "!"), last_(end) {}

 private:
  Result<std::size_t> decode(std::span<std::byte> room) override {
    const Bytes bytes = TRY(input());
    if (bytes.empty() && last_ == End::failure) return corrupt("as told");
    if (bytes.empty() && last_ == End::throws) throw std::runtime_error("as told");
    if (bytes.empty()) end();
    const std::size_t count = std::min(bytes.size(), room.size());
    std::copy_n(bytes.begin(), count, room.begin());
    consume(count);
    return count;
  }

  End last_;
};

/// All that is told of a stream, piece by piece.
struct Told {
  std::string content{};
  std::vector<std::uint64_t> counts{};  ///< of each piece: bytes, used, given
  std::string end{};                    ///< how it ended, asked twice
  bool operator==(const Told&) const = default;
};

Told told(const std::string& content, End end, bool ahead) {
  Pieces pieces(content);
  PassedStream packed(pieces, PassedStream::Hash::no);
  Copying codec(packed, end);
  DecodeAhead decoded(codec, packed);
  if (ahead) decoded.start();
  Told all;
  try {
    bool over = false;
    while (all.end.size() < 2) {
      const DecodeAhead::Piece& piece = decoded.next();
      over = !piece.bytes || piece.bytes->empty();
      const std::size_t size = over ? 0 : piece.bytes->size();
      all.counts.insert(all.counts.end(), {size, piece.ledger.member, piece.packed});
      if (over) all.end += piece.bytes ? '.' : '!';
      if (!over) all.content += as_text(*piece.bytes);
    }
  } catch (const std::runtime_error&) {
    all.end = "thrown";
  }
  return all;
}

TEST_CASE("decoding ahead changes nothing of what is told") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMiB, 6 * kMiB + 7}) {
    CAPTURE(size);
    const std::string content = content_of(size);
    for (const End end : {End::good, End::failure}) {
      const Told plain = told(content, end, false);
      CHECK(plain.content == content);
      CHECK(plain.end == (end == End::good ? ".." : "!!"));
      CHECK(told(content, end, true) == plain);
    }
    for (const bool ahead : {false, true})
      CHECK(told(content, End::throws, ahead).end == "thrown");
  }
}

TEST_CASE("decoding ahead stops wherever it is left") {
  const std::string content = content_of(8 * kMiB);
  for (int read = 0; read < 12; ++read) {
    Pieces pieces(content);
    PassedStream packed(pieces, PassedStream::Hash::no);
    Copying codec(packed, End::good);
    DecodeAhead decoded(codec, packed);
    decoded.start();
    for (int i = 0; i < read; ++i) CHECK(decoded.next().bytes);
    decoded.stop();
    CHECK(packed.size() <= content.size());  // it is ours again
  }
}

/// A bundle that is decoded ahead, with a fault behind its second member, if any.
std::string large_bundle(bool faulty) {
  std::string tar = tar_member({.name = "a", .content = content_of(kMiB)}) +
                    tar_member({.name = "b", .content = content_of(kMiB / 2)});
  if (faulty) tar += std::string(512, 'x');
  return gzip_of(tar + tar_member({.name = "c", .content = content_of(5 * kMiB)}) +
                 std::string(1024, '\0'));
}

TEST_CASE("a bundle that is decoded ahead") {
  const std::string bytes = large_bundle(false);
  const Outcome seen = walk_bytes("x", bytes);
  CHECK(seen.clean());
  CHECK(seen.leaves.size() == 3);
  CHECK(seen.summary.ledger.member > 6 * kMiB);
  CHECK(adds_up_to(seen.summary.ledger, bytes.size()));
  CHECK(walk_bytes("x", bytes + "!").has("trailing-data"));
  CHECK(walk_bytes("x", bytes.substr(0, 3 * kMiB)).has("truncated"));
}

TEST_CASE("a walk that ends early says the same however far the decoder is") {
  Limits limits;
  limits.total_bytes = 2 * kMiB;
  const std::string faulty = large_bundle(true);
  const std::string whole = large_bundle(false);
  const Outcome failed = walk_bytes("x", faulty);
  const Outcome limited = walk_bytes("x", whole, limits);
  CHECK(failed.leaves.size() == 2);
  CHECK(limited.has("limit-total-bytes"));
  for (int i = 0; i < 3; ++i) {
    const Outcome again = walk_bytes("x", faulty);
    CHECK(again.problems.size() == failed.problems.size());
    CHECK(again.summary.ledger.member == failed.summary.ledger.member);
    CHECK(again.summary.ledger.unknown == failed.summary.ledger.unknown);
    CHECK(walk_bytes("x", whole, limits).summary.ledger.member ==
          limited.summary.ledger.member);
  }
}

}  // namespace
}  // namespace assay
