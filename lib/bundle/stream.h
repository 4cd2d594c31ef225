// Streams the formats and the walk read through: one that shows its first bytes
// before it gives them, one that cuts a stream into fields, one over memory.

#pragma once

#include <cstddef>
#include <vector>

#include "bundle/format.h"

namespace assay {

/// HeadStream lets one look at the first bytes and still gives all of them.
class HeadStream final : public ByteStream {
 public:
  /// `from` must outlive it.
  explicit HeadStream(ByteStream& from) : from_(from) {}

  /// The next `count` bytes, or all there are; what next() gives stays the same.
  Result<Bytes> peek(std::size_t count);
  Result<Bytes> next() override;

 private:
  Result<Bytes> pull();

  ByteStream& from_;
  Bytes pending_{};                 ///< not given yet
  std::vector<std::byte> store_{};  ///< what pending_ points into when pieces were joined
  bool ended_ = false;
};

/// Cursor reads a stream in fields of known length, and adds to `counter`, one of a
/// ledger's, what it took.
class Cursor {
 public:
  explicit Cursor(ByteStream& from) : from_(from) {}

  /// Up to `most` of the bytes at hand, empty at the end of the stream.
  Result<Bytes> some(std::uint64_t most, std::uint64_t& counter);
  /// Fills the buffer; gives less than its size only at the end of the stream.
  Result<std::size_t> fill(std::span<std::byte> buffer, std::uint64_t& counter);
  /// Skips; gives less than `count` only at the end of the stream.
  Result<std::uint64_t> skip(std::uint64_t count, std::uint64_t& counter);

 private:
  ByteStream& from_;
  Bytes rest_{};
};

/// MemoryAccess: RandomAccess over bytes that outlive it.
class MemoryAccess final : public RandomAccess {
 public:
  explicit MemoryAccess(Bytes bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

 private:
  Bytes bytes_;
};

/// Little-endian fields, as zip, PE and cpio have them. `at` + 2, 4 or 8 must be inside.
std::uint16_t le16(Bytes bytes, std::size_t at);
std::uint32_t le32(Bytes bytes, std::size_t at);
std::uint64_t le64(Bytes bytes, std::size_t at);

}  // namespace assay
