// A stream that gives its bytes in pieces of one size, each in memory of its own:
// what a reader keeps of a piece too long, or reads behind it, a sanitizer sees.

#pragma once

#include <memory>
#include <string_view>

#include "bundle/format.h"

namespace assay::fuzz {

class Pieces final : public ByteStream {
 public:
  Pieces(std::string_view bytes, std::size_t size) : rest_(bytes), size_(size) {}

  Result<Bytes> next() override {
    const std::string_view piece = rest_.substr(0, size_);
    rest_.remove_prefix(piece.size());
    ended_ = piece.empty();
    piece_ = std::make_unique<std::byte[]>(piece.size());
    std::copy(as_bytes(piece).begin(), as_bytes(piece).end(), piece_.get());
    return Bytes(piece_.get(), piece.size());
  }
  /// True if somebody asked for more than there is.
  bool ended() const { return ended_; }

 private:
  std::string_view rest_;
  std::size_t size_;
  std::unique_ptr<std::byte[]> piece_{};
  bool ended_ = false;
};

/// Pieces that cut every field somewhere, by the input itself so that a run can be repeated.
inline std::size_t small_piece(std::string_view input) {
  return 1 + input.size() % 13;
}

/// What one input may unpack to before it is left alone.
inline constexpr std::size_t kMost = std::size_t{2} << 20;

}  // namespace assay::fuzz
