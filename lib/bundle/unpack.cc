#include "bundle/unpack.h"

#include <array>
#include <memory>
#include <utility>

#include "bundle/decoder.h"
#include "bundle/format.h"

namespace assay {

extern const Codec gzip_codec;
extern const Codec xz_codec;

namespace {

/// All of it at once.
class OnePiece final : public ByteStream {
 public:
  explicit OnePiece(Bytes bytes) : bytes_(bytes) {}
  Result<Bytes> next() override { return std::exchange(bytes_, Bytes()); }

 private:
  Bytes bytes_;
};

}  // namespace

Result<std::string> unpack(Packing packing, Bytes packed, std::size_t size) {
  const Codec& codec = packing == Packing::gzip ? gzip_codec : xz_codec;
  const Error wrong = malformed("size-mismatch", "it does not unpack to its size");
  OnePiece stream(packed);
  const std::unique_ptr<Decoder> decoder = TRY(codec.open(stream, Limits{}));
  std::string text(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const std::span<char> room = std::span(text).subspan(have);
    const std::size_t n = TRY(decoder->fill(std::as_writable_bytes(room)));
    if (n == 0) return wrong;
    have += n;
  }
  std::array<std::byte, 1> more{};
  if (TRY(decoder->fill(more)) != 0) return wrong;
  return text;
}

}  // namespace assay
