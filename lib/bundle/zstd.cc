// Zstandard (RFC 8878) by libzstd: exactly one frame.

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>

#include "base/c_handle.h"
#include "bundle/decoder.h"

namespace assay {
namespace {

constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";
constexpr std::size_t kHeaderMax = 18;
constexpr int kWindowLogMin = 10;
constexpr int kWindowLogMax = 31;

/// Skippable frames (RFC 8878 3.1.2) carry what no decoder shows: 5x 2a 4d 18.
bool is_skippable(Bytes head) {
  return head.size() >= 4 && (std::to_integer<unsigned>(head[0]) & 0xf0U) == 0x50U &&
         as_text(head).substr(1, 3) == "\x2a\x4d\x18";
}

bool matches(Bytes head) {
  return as_text(head).starts_with(kMagic) || is_skippable(head);
}

/// What a frame's header says (RFC 8878 3.1.1.1).
struct Frame {
  std::uint64_t window = 0;  ///< bytes a decoder must keep
  std::size_t header = 0;    ///< bytes of the header, the magic among them
  std::size_t checksum = 0;  ///< bytes of it behind the last block
};

/// Nothing if the header is cut short.
std::optional<Frame> read_frame(Bytes head) {
  if (head.size() < 6) return std::nullopt;
  const auto flags = std::to_integer<unsigned>(head[4]);
  const bool single = (flags & 0x20U) != 0;
  constexpr std::size_t kDictionary[] = {0, 1, 2, 4};
  const std::size_t size_bytes[] = {single ? 1U : 0U, 2, 4, 8};
  const std::size_t size_at = 5 + (single ? 0 : 1) + kDictionary[flags & 3U];
  Frame frame{.header = size_at + size_bytes[flags >> 6],
              .checksum = (flags & 4U) != 0 ? 4U : 0U};
  if (head.size() < frame.header) return std::nullopt;
  if (!single) {
    const auto window = std::to_integer<unsigned>(head[5]);
    const std::uint64_t base = std::uint64_t{1} << (10 + (window >> 3));
    frame.window = base + base / 8 * (window & 7U);
    return frame;
  }
  switch (flags >> 6) {
    case 0: frame.window = std::to_integer<std::uint64_t>(head[size_at]); break;
    case 1: frame.window = le16(head, size_at) + std::uint64_t{256}; break;
    case 2: frame.window = le32(head, size_at); break;
    default: frame.window = le64(head, size_at); break;
  }
  return frame;
}

class ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(ByteStream& packed) : Decoder(packed, "zstd", kMagic) {}

  Result<void> start(const Limits& limits) {
    const int widest = static_cast<int>(std::bit_width(limits.decoder_memory)) - 1;
    const int window = std::clamp(widest, kWindowLogMin, kWindowLogMax);
    if (state_ == nullptr ||
        ZSTD_isError(ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax, window)) != 0) {
      return no_memory("no memory for a decoder");
    }
    const Bytes head = TRY(peek(kHeaderMax));
    if (is_skippable(head)) return unsupported("a skippable frame precedes the data");
    const auto frame = read_frame(head);
    if (!frame) return truncated();
    frame_ = *frame;
    if (frame_.window <= limits.decoder_memory) return {};
    return no_memory("the frame asks for a window of " + std::to_string(frame_.window) +
                     " bytes");
  }

 private:
  Result<std::size_t> decode(std::span<std::byte> room) override {
    const Bytes bytes = TRY(input());
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    const std::size_t status = ZSTD_decompressStream(state_.get(), &out, &in);
    consume(in.pos);
    if (ZSTD_isError(status) != 0) return error_of(status);
    if (status == 0) {
      is_metadata(frame_.header + frame_.checksum);
      end();
    } else if (bytes.empty() && out.pos == 0) {
      return truncated();
    }
    return out.pos;
  }

  Error error_of(std::size_t status) const {
    const ZSTD_ErrorCode code = ZSTD_getErrorCode(status);
    const std::string_view why = ZSTD_getErrorName(status);
    if (code == ZSTD_error_checksum_wrong) {
      return malformed("checksum-mismatch", "zstd: " + std::string(why));
    }
    if (code == ZSTD_error_frameParameter_windowTooLarge ||
        code == ZSTD_error_memory_allocation) {
      return no_memory(why);
    }
    if (code == ZSTD_error_dictionary_wrong || code == ZSTD_error_version_unsupported ||
        code == ZSTD_error_frameParameter_unsupported) {
      return unsupported(why);
    }
    return corrupt(why);
  }

  CHandle<ZSTD_DCtx, ZSTD_freeDCtx> state_{ZSTD_createDCtx()};
  Frame frame_{};
};

Result<std::unique_ptr<Decoder>> open(ByteStream& packed, const Limits& limits) {
  auto stream = std::make_unique<ZstdDecoder>(packed);
  TRY(stream->start(limits));
  return std::unique_ptr<Decoder>(std::move(stream));
}

}  // namespace

extern constinit const Codec zstd_codec = {"zstd", "zst", matches, open};

}  // namespace assay
