// Decoder: what every codec does around its library's one decoding call: fetch
// input, fill a chunk, give out what was decoded before an error, and see that
// nothing stands after the end.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bundle/format.h"

namespace assay {

class Decoder : public ByteStream {
 public:
  Result<Bytes> next() final;

 protected:
  /// `format` is how messages call the codec; `magic` begins a further stream.
  Decoder(ByteStream& packed, std::string_view format, std::string_view magic)
      : packed_(packed), format_(format), magic_(magic) {}

  /// Decodes one step into `room` (never empty) and gives the count; 0 is progress too
  /// as long as input was consumed. Calls end() after the last byte.
  virtual Result<std::size_t> decode(std::span<std::byte> room) = 0;

  /// The unread input; fetches the next piece when it is used up. Empty at the end.
  Result<Bytes> input();
  void consume(std::size_t count) { rest_ = rest_.subspan(count); }
  void end() { ended_ = true; }

  Error truncated() const;
  Error corrupt(std::string_view why) const;
  Error unsupported(std::string_view why) const;
  Error no_memory(std::string_view why) const;

 private:
  Result<void> expect_end();

  ByteStream& packed_;
  std::string_view format_;
  std::string_view magic_;
  Bytes rest_{};
  bool exhausted_ = false;
  bool ended_ = false;
  std::optional<Error> failure_{};
  std::unique_ptr<std::byte[]> chunk_{};
};

}  // namespace assay
