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
    if (is_skippable(TRY(input()))) return unsupported("a skippable frame precedes the data");
    return {};
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
};

Result<std::unique_ptr<ByteStream>> open(ByteStream& packed, const Limits& limits) {
  auto stream = std::make_unique<ZstdDecoder>(packed);
  TRY(stream->start(limits));
  return std::unique_ptr<ByteStream>(std::move(stream));
}

}  // namespace

extern constinit const Codec zstd_codec = {"zstd", "zst", matches, open};

}  // namespace assay
