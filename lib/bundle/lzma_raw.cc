#include "bundle/lzma_raw.h"

#include <lzma.h>

namespace assay {

namespace {

std::optional<std::size_t> unpack(lzma_vli kind, lzma_options_lzma& options, Bytes packed,
                                  std::span<std::byte> plain) {
  const lzma_filter filters[2] = {{kind, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_ret status = lzma_raw_decoder(&stream, filters);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.next_out = reinterpret_cast<std::uint8_t*>(plain.data());
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  stream.avail_in = packed.size();
  stream.avail_out = plain.size();
  while (status == LZMA_OK && stream.avail_out > 0) status = lzma_code(&stream, LZMA_RUN);
  const bool whole = stream.avail_out == 0;
  const std::size_t left = stream.avail_in;
  lzma_end(&stream);
  return whole ? std::optional(left) : std::nullopt;
}

}  // namespace

std::optional<std::size_t> unpack_lzma(const LzmaProperties& properties, Bytes packed,
                                       std::span<std::byte> plain) {
  lzma_options_lzma options{};
  if (lzma_lzma_preset(&options, 0)) return std::nullopt;
  options.lc = properties.literal_context;
  options.lp = properties.literal_position;
  options.pb = properties.position;
  options.dict_size = properties.dictionary;
  return unpack(LZMA_FILTER_LZMA1, options, packed, plain);
}

std::optional<std::size_t> unpack_lzma2(std::uint32_t dictionary, Bytes packed,
                                        std::span<std::byte> plain) {
  lzma_options_lzma options{};
  if (lzma_lzma_preset(&options, 0)) return std::nullopt;
  options.dict_size = dictionary;
  return unpack(LZMA_FILTER_LZMA2, options, packed, plain);
}

}  // namespace assay
