#include "scan/nrv.h"

#include <cstdint>

#include "bundle/stream.h"

namespace assay {
namespace {

class Unpacker {
 public:
  Unpacker(Nrv kind, Bytes packed, std::size_t size)
      : kind_(kind), packed_(packed), size_(size) {
    out_.reserve(size);
  }

  std::optional<std::string> run() {
    while (!broken_) {
      if (bit() != 0) {
        put(byte());
      } else if (!copy()) {
        break;
      }
    }
    if (broken_ || out_.size() != size_) return std::nullopt;
    return std::move(out_);
  }

 private:
  static constexpr std::uint32_t kEnd = 0xffffffff;

  unsigned byte() {
    if (at_ == packed_.size()) {
      broken_ = true;
      return 0;
    }
    return std::to_integer<unsigned>(packed_[at_++]);
  }

  std::uint32_t bit() {
    if (bits_left_ == 0) {
      if (packed_.size() - at_ < 4) {
        broken_ = true;
        return 1;  // ends whatever counts on
      }
      bits_ = le32(packed_, at_);
      at_ += 4;
      bits_left_ = 32;
    }
    return bits_ >> --bits_left_ & 1U;
  }

  void put(unsigned value) {
    if (out_.size() == size_) broken_ = true;
    if (!broken_) out_ += static_cast<char>(value);
  }

  /// Bits of a number, with a bit between them that says whether it goes on.
  std::uint32_t chain(std::uint32_t value) {
    do {
      value = value << 1 | bit();
    } while (bit() == 0 && !broken_);
    return value;
  }

  std::uint32_t distance() {
    if (kind_ == Nrv::b) return chain(1);
    std::uint32_t value = 1;
    while (!broken_) {
      value = value << 1 | bit();
      if (bit() != 0) break;
      value = (value - 1) << 1 | bit();
    }
    return value;
  }

  /// How many bytes are copied, before what far ones add. `low` came with the distance.
  std::uint32_t length(std::uint32_t low) {
    if (kind_ == Nrv::e) {
      if (low != 0) return 1 + bit();
      if (bit() != 0) return 3 + bit();
      return chain(1) + 3;
    }
    std::uint32_t value = kind_ == Nrv::b ? bit() : low;
    value = value << 1 | bit();
    return value != 0 ? value : chain(1) + 2;
  }

  /// Copies what stood earlier; false at the end.
  bool copy() {
    std::uint32_t far = distance(), low = 0;
    if (far == 2) {
      far = last_;
      if (kind_ != Nrv::b) low = bit();
    } else {
      far = ((far - 3) << 8) | byte();
      if (far == kEnd) return false;
      if (kind_ != Nrv::b) {
        low = ~far & 1U;
        far >>= 1;
      }
      last_ = ++far;
    }
    std::uint32_t count = length(low) + 1;
    if (far > (kind_ == Nrv::b ? 0xd00U : 0x500U)) ++count;
    if (far == 0 || far > out_.size() || count > size_ - out_.size()) broken_ = true;
    for (; count > 0 && !broken_; --count) out_ += out_[out_.size() - far];
    return true;
  }

  const Nrv kind_;
  const Bytes packed_;
  const std::size_t size_;
  std::size_t at_ = 0;
  std::uint32_t bits_ = 0, last_ = 1;
  unsigned bits_left_ = 0;
  bool broken_ = false;
  std::string out_{};
};

}  // namespace

std::optional<std::string> unpack_nrv(Nrv kind, Bytes packed, std::size_t size) {
  return Unpacker(kind, packed, size).run();
}

}  // namespace assay
