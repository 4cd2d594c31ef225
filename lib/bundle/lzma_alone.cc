#include "bundle/lzma_alone.h"

#include <lzma.h>

#include <algorithm>
#include <array>
#include <bit>

#include "bundle/stream.h"

namespace assay {
namespace {

constexpr std::size_t kHeader = 13;
constexpr std::size_t kTried = 4096;  ///< bytes: by then anything else has failed
constexpr std::uint64_t kLeast = 64;
constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

/// 2^n or 2^n + 2^(n-1), at least 4 KiB, or all there is: what encoders write.
bool is_dictionary(std::uint32_t size) {
  if (size == 0xffffffff) return true;
  const std::uint32_t rest = size & ~std::bit_floor(size);
  return size >= 4096 && (rest == 0 || rest == std::bit_floor(size) / 2);
}

/// liblzma heeds details of the header that other decoders do not: it gets one that it
/// takes, and the stream's first byte, which carries nothing, as it must be. Where the
/// header is doubtful only data that does decode counts.
bool decodes(Bytes whole, std::uint64_t size, bool doubtful) {
  std::array<std::uint8_t, kHeader + 1> header{};
  header.fill(0xff);
  header[0] = std::to_integer<std::uint8_t>(whole[0]);
  header[1] = header[2] = header[4] = 0;
  header[3] = 0x10;  // 1 MiB is more than is tried
  header[kHeader] = 0;
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_alone_decoder(&stream, std::uint64_t{16} << 20) != LZMA_OK) return true;
  std::array<std::uint8_t, kTried> room{};
  stream.next_out = room.data();
  stream.avail_out = std::min<std::uint64_t>(size, kTried);
  stream.next_in = header.data();
  stream.avail_in = header.size();
  lzma_ret status = lzma_code(&stream, LZMA_RUN);
  const Bytes rest = whole.subspan(header.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes
  stream.next_in = reinterpret_cast<const std::uint8_t*>(rest.data());
  stream.avail_in = rest.size();
  while (status == LZMA_OK && stream.avail_out > 0 && stream.avail_in > 0) {
    status = lzma_code(&stream, LZMA_RUN);
  }
  // Properties that are legal and that liblzma has no room for.
  const bool beyond =
      !doubtful && (status == LZMA_FORMAT_ERROR || status == LZMA_OPTIONS_ERROR);
  const bool full = stream.avail_out == 0;
  lzma_end(&stream);
  // Cut short, but of unknown size: programs give out what there is.
  return full || beyond || status == LZMA_STREAM_END ||
         (!doubtful && status == LZMA_OK && size == kUnknown);
}

}  // namespace

bool is_lzma_alone(Bytes whole) {
  if (whole.size() < kHeader + 5 || std::to_integer<unsigned>(whole[0]) >= 225) return false;
  const std::uint64_t size = le64(whole, 5);
  const bool likely = size == kUnknown || (size != 0 && size >> 40 == 0);
  if (!likely) return false;
  if (is_dictionary(le32(whole, 1))) return decodes(whole, size, false);
  // No encoder writes that, and decoders take it: the data itself must be beyond doubt, and
  // more than a few bytes, which zeros in an image unpack to as well.
  return size >= kLeast && le32(whole, 1) >= 4096 && whole[kHeader] == std::byte{0} &&
         decodes(whole, size, true);
}

}  // namespace assay
