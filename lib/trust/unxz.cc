#include "trust/unxz.h"

#include <lzma.h>

#include "base/c_handle.h"

namespace assay {
namespace {

constexpr std::uint64_t kMemoryMax = std::uint64_t{128} << 20;  // bytes of the decoder

}  // namespace

Result<std::string> unxz(std::string_view packed, std::size_t size) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, kMemoryMax, 0) != LZMA_OK) {
    return fail(Error::Kind::internal, "no memory to unpack an index");
  }
  const CHandle<lzma_stream, lzma_end> owner(&stream);
  std::string text(size, '\0');
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  stream.next_out = reinterpret_cast<std::uint8_t*>(text.data());
  stream.avail_out = text.size();
  const lzma_ret end = lzma_code(&stream, LZMA_FINISH);
  if (end != LZMA_STREAM_END || stream.avail_in != 0 || stream.avail_out != 0) {
    return malformed("list-malformed", "a compressed index does not unpack to its size");
  }
  return text;
}

}  // namespace assay
