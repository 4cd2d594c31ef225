// bzip2 by libbz2: exactly one stream.

#include <bzlib.h>

#include <algorithm>

#include "bundle/decoder.h"

namespace assay {
namespace {

constexpr std::string_view kMagic = "BZh";
constexpr std::string_view kBlock = "\x31\x41\x59\x26\x53\x59";
constexpr std::string_view kEmpty = "\x17\x72\x45\x38\x50\x90";
/// "BZh9" before the blocks; end mark and checksum, ten bytes, behind them.
constexpr std::size_t kFrame = 14;
constexpr std::size_t kPieceMax = std::size_t{1} << 30;  // avail_in is 32 bits wide

/// "BZh" may begin a text; the block magic behind it makes the stream.
bool matches(Bytes head) {
  const std::string_view text = as_text(head);
  if (!text.starts_with(kMagic) || text.size() < 10 || text[3] < '1' || text[3] > '9') {
    return false;
  }
  return text.substr(4, 6) == kBlock || text.substr(4, 6) == kEmpty;
}

class Bzip2Decoder final : public Decoder {
 public:
  explicit Bzip2Decoder(ByteStream& packed) : Decoder(packed, "bzip2", kMagic) {}
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;
  ~Bzip2Decoder() override {
    if (started_) BZ2_bzDecompressEnd(&state_);
  }

  Result<void> start() {
    started_ = BZ2_bzDecompressInit(&state_, 0, 0) == BZ_OK;
    if (started_) return {};
    return no_memory("no memory for a decoder");
  }

 private:
  Result<std::size_t> decode(std::span<std::byte> room) override {
    const Bytes all = TRY(input());
    const Bytes bytes = all.first(std::min(all.size(), kPieceMax));
    // libbz2 does not write through next_in.
    state_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(bytes.data()));
    state_.avail_in = static_cast<unsigned>(bytes.size());
    state_.next_out = reinterpret_cast<char*>(room.data());
    state_.avail_out = static_cast<unsigned>(room.size());
    const int status = BZ2_bzDecompress(&state_);
    consume(bytes.size() - state_.avail_in);
    const std::size_t produced = room.size() - state_.avail_out;
    if (status == BZ_STREAM_END) {
      is_metadata(kFrame);
      end();
    } else if (status == BZ_MEM_ERROR) {
      return no_memory("no memory for a decoder");
    } else if (status != BZ_OK) {
      return corrupt("data or checksum is wrong");
    } else if (bytes.empty() && produced == 0) {
      return truncated();
    }
    return produced;
  }

  bz_stream state_{};
  bool started_ = false;
};

Result<std::unique_ptr<Decoder>> open(ByteStream& packed, const Limits& /*limits*/) {
  auto stream = std::make_unique<Bzip2Decoder>(packed);
  TRY(stream->start());
  return std::unique_ptr<Decoder>(std::move(stream));
}

}  // namespace

extern constinit const Codec bzip2_codec = {"bzip2", "bz2", matches, open};

}  // namespace assay
