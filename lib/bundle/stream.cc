#include "bundle/stream.h"

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

/// The unsigned little-endian number in `count` bytes.
std::uint64_t little_endian(Bytes bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (const std::byte b : bytes.subspan(at, count)) {
    value = value >> 8 | std::to_integer<std::uint64_t>(b) << 56;
  }
  return value >> (64 - 8 * count);
}

}  // namespace

Result<Bytes> HeadStream::pull() {
  if (ended_) return Bytes{};
  const Bytes piece = TRY(from_.next());
  ended_ = piece.empty();
  return piece;
}

Result<Bytes> HeadStream::peek(std::size_t count) {
  if (pending_.empty()) pending_ = TRY(pull());
  while (pending_.size() < count && !ended_) {
    // Pieces are joined before the stream is asked for more: that ends their life.
    if (pending_.data() != store_.data()) store_.assign(pending_.begin(), pending_.end());
    const Bytes more = TRY(pull());
    store_.insert(store_.end(), more.begin(), more.end());
    pending_ = store_;
  }
  return pending_.first(std::min(count, pending_.size()));
}

Result<Bytes> HeadStream::next() {
  if (pending_.empty()) return pull();
  return std::exchange(pending_, Bytes{});
}

Result<Bytes> Cursor::some(std::uint64_t most, std::uint64_t& counter) {
  if (rest_.empty()) rest_ = TRY(from_.next());
  const Bytes piece = rest_.first(std::min<std::uint64_t>(most, rest_.size()));
  rest_ = rest_.subspan(piece.size());
  counter += piece.size();
  return piece;
}

Result<std::size_t> Cursor::fill(std::span<std::byte> buffer, std::uint64_t& counter) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const Bytes piece = TRY(some(buffer.size() - done, counter));
    if (piece.empty()) break;
    std::memcpy(buffer.data() + done, piece.data(), piece.size());
    done += piece.size();
  }
  return done;
}

Result<std::uint64_t> Cursor::skip(std::uint64_t count, std::uint64_t& counter) {
  std::uint64_t done = 0;
  while (done < count) {
    const Bytes piece = TRY(some(count - done, counter));
    if (piece.empty()) break;
    done += piece.size();
  }
  return done;
}

Result<std::size_t> MemoryAccess::read_at(std::uint64_t offset,
                                          std::span<std::byte> buffer) const {
  if (offset >= bytes_.size()) return std::size_t{0};
  const Bytes piece =
      bytes_.subspan(offset, std::min<std::uint64_t>(buffer.size(), bytes_.size() - offset));
  std::copy(piece.begin(), piece.end(), buffer.begin());
  return piece.size();
}

std::uint16_t le16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(little_endian(bytes, at, 2));
}
std::uint32_t le32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(little_endian(bytes, at, 4));
}
std::uint64_t le64(Bytes bytes, std::size_t at) {
  return little_endian(bytes, at, 8);
}

}  // namespace assay
