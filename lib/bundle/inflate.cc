#include "bundle/inflate.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace assay {
namespace {

constexpr std::size_t kRoom = std::size_t{64} << 10;
constexpr std::size_t kTried = std::size_t{64} << 20;
constexpr std::size_t kPieceMax = std::size_t{1} << 30;  // avail_in is 32 bits wide

class Inflater {
 public:
  Inflater(Bytes bytes, std::uint32_t wrapping) {
    isal_inflate_init(state_.get());
    state_->crc_flag = wrapping;
    const std::size_t size = std::min(bytes.size(), kPieceMax);
    // ISA-L does not write through next_in.
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes.data()));
    state_->avail_in = static_cast<std::uint32_t>(size);
  }

  /// Bytes given, up to 64 KiB; 0 at the end, or if there is a fault.
  std::size_t next() {
    if (finished()) return 0;
    state_->next_out = room_.data();
    state_->avail_out = static_cast<std::uint32_t>(room_.size());
    faulty_ = isal_inflate(state_.get()) != ISAL_DECOMP_OK;
    return faulty_ ? 0 : room_.size() - state_->avail_out;
  }
  bool faulty() const { return faulty_; }
  bool finished() const { return state_->block_state == ISAL_BLOCK_FINISH; }
  unsigned first() const { return room_.front(); }

 private:
  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
  std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(kRoom);
  bool faulty_ = false;
};

}  // namespace

bool begins_zlib(Bytes bytes) {
  if (bytes.size() < 6) return false;
  const auto method = std::to_integer<unsigned>(bytes[0]);
  const auto flags = std::to_integer<unsigned>(bytes[1]);
  return (method & 0x0fU) == 8 && method >> 4 <= 7 && (method << 8 | flags) % 31 == 0 &&
         (flags & 0x20U) == 0;
}

bool is_zlib(Bytes bytes) {
  if (!begins_zlib(bytes)) return false;
  Inflater inflater(bytes, ISAL_ZLIB);
  std::size_t given = 0;
  for (std::size_t piece = inflater.next(); piece > 0; piece = inflater.next()) {
    given += piece;
    if (given >= kTried) return true;
  }
  return !inflater.faulty() && inflater.finished();
}

std::optional<unsigned> first_inflated(Bytes bytes) {
  Inflater inflater(bytes, ISAL_DEFLATE);
  if (inflater.next() == 0) return std::nullopt;
  return inflater.first();
}

}  // namespace assay
