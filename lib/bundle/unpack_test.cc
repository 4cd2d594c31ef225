#include "bundle/unpack.h"

#include <doctest/doctest.h>
#include <lzma.h>

#include "bundle/testing.h"

namespace assay {
namespace {

std::string xz_of(std::string_view text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  REQUIRE(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nullptr,
                                  reinterpret_cast<const std::uint8_t*>(text.data()),
                                  text.size(), reinterpret_cast<std::uint8_t*>(packed.data()),
                                  &size, packed.size()) == LZMA_OK);
  packed.resize(size);
  return packed;
}

std::string code(Packing packing, std::string_view packed, std::size_t size) {
  const auto text = unpack(packing, as_bytes(packed), size);
  return text ? "" : text.error().code;
}

TEST_CASE("unpack: one stream of the size that was told") {
  const std::string text(60'000, 'a');
  for (const Packing packing : {Packing::gzip, Packing::xz}) {
    const std::string packed =
        packing == Packing::gzip ? testing::gzip_of(text) : xz_of(text);
    CAPTURE(packed.size());
    CHECK(unpack(packing, as_bytes(packed), text.size()).take() == text);
    CHECK(code(packing, packed, text.size() - 1) == "size-mismatch");
    CHECK(code(packing, packed, text.size() + 1) == "size-mismatch");
    CHECK(code(packing, packed, 0) == "size-mismatch");
    CHECK(code(packing, packed + "x", text.size()) == "trailing-data");
    CHECK(code(packing, packed + packed, text.size()) != "");
    for (const std::size_t cut : {std::size_t{0}, std::size_t{5}, packed.size() - 1}) {
      CHECK(code(packing, packed.substr(0, cut), text.size()) != "");
    }
  }
  CHECK(code(Packing::gzip, xz_of(text), text.size()) != "");
}

}  // namespace
}  // namespace assay
