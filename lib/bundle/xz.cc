// xz by liblzma; the blocks of a multi-block file are decoded on two threads.

#include <lzma.h>

#include <algorithm>
#include <array>

#include "bundle/decoder.h"

namespace assay {
namespace {

constexpr std::string_view kMagic{"\xfd\x37zXZ\0", 6};

bool matches(Bytes head) {
  return as_text(head).starts_with(kMagic);
}

class XzDecoder final : public Decoder {
 public:
  explicit XzDecoder(ByteStream& packed) : Decoder(packed, "xz", kMagic) {}
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;
  ~XzDecoder() override { lzma_end(&state_); }

  Result<void> start(const Limits& limits) {
    lzma_mt options{};
    options.flags = LZMA_TELL_UNSUPPORTED_CHECK;
    options.threads = 2;
    options.memlimit_threading = limits.decoder_memory;
    options.memlimit_stop = limits.decoder_memory;
    if (lzma_stream_decoder_mt(&state_, &options) == LZMA_OK) return {};
    return no_memory("no memory for a decoder");
  }

 private:
  Result<std::size_t> decode(std::span<std::byte> room) override {
    const Bytes bytes = TRY(input());
    state_.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    state_.avail_in = bytes.size();
    state_.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    state_.avail_out = room.size();
    const lzma_ret status = lzma_code(&state_, bytes.empty() ? LZMA_FINISH : LZMA_RUN);
    const std::size_t used = bytes.size() - state_.avail_in;
    keep_last(bytes.first(used));
    consume(used);
    if (status == LZMA_STREAM_END) {
      is_metadata(frame_size());
      end();
    } else if (status != LZMA_OK && (status != LZMA_BUF_ERROR || bytes.empty())) {
      return error_of(status);
    }
    return room.size() - state_.avail_out;
  }

  void keep_last(Bytes used) {
    const Bytes kept = used.last(std::min(used.size(), last_.size()));
    std::shift_left(last_.begin(), last_.end(), std::ssize(kept));
    std::ranges::copy(kept, last_.end() - std::ssize(kept));
  }

  /// Stream header, index and footer; the footer knows how long the index is.
  std::uint64_t frame_size() const {
    lzma_stream_flags footer{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(last_.data());
    if (lzma_stream_footer_decode(&footer, bytes) != LZMA_OK) return 0;
    return std::uint64_t{2} * LZMA_STREAM_HEADER_SIZE + footer.backward_size;
  }

  Error error_of(lzma_ret status) const {
    if (status == LZMA_BUF_ERROR) return truncated();
    if (status == LZMA_MEMLIMIT_ERROR || status == LZMA_MEM_ERROR) {
      return no_memory("the stream asks for " + std::to_string(lzma_memusage(&state_)) +
                       " bytes of memory");
    }
    if (status == LZMA_OPTIONS_ERROR || status == LZMA_UNSUPPORTED_CHECK) {
      return unsupported("unknown filter or check");
    }
    return corrupt("data or checksum is wrong");
  }

  lzma_stream state_ = LZMA_STREAM_INIT;
  std::array<std::byte, LZMA_STREAM_HEADER_SIZE> last_{};  ///< used: in the end, the footer
};

Result<std::unique_ptr<Decoder>> open(ByteStream& packed, const Limits& limits) {
  auto stream = std::make_unique<XzDecoder>(packed);
  TRY(stream->start(limits));
  return std::unique_ptr<Decoder>(std::move(stream));
}

}  // namespace

extern constinit const Codec xz_codec = {"xz", "xz", matches, open};

}  // namespace assay
