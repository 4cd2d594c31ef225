// Decoder: what every codec does around its library's one decoding call: fetch
// input, fill the room there is, give out what was decoded before an error, count what the
// packed bytes are, and see that nothing stands after the end.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bundle/format.h"
#include "bundle/stream.h"

namespace assay {

class Decoder {
 public:
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// Fills `room`, which is never empty, with what comes next, and gives how much it is:
  /// less at the end or before a failure, 0 behind the end.
  Result<std::size_t> fill(std::span<std::byte> room);
  /// What the packed bytes used so far are.
  const Ledger& ledger() const { return ledger_; }

 protected:
  /// `format` is how messages call the codec; `magic` begins a further stream.
  Decoder(ByteStream& packed, std::string_view format, std::string_view magic)
      : packed_(packed), format_(format), magic_(magic) {}

  /// Decodes one step into `room` (never empty) and gives the count; 0 is progress too
  /// as long as input was consumed. Calls end() after the last byte.
  virtual Result<std::size_t> decode(std::span<std::byte> room) = 0;
  /// What the format still has to say behind the last byte, before all input must be used.
  virtual Result<void> check_end() { return {}; }

  /// The first `count` bytes of the input, or all there are; before anything was used.
  Result<Bytes> peek(std::size_t count) { return packed_.peek(count); }
  /// The unread input; fetches the next piece when it is used up. Empty at the end.
  Result<Bytes> input();
  /// Uses up input and counts it.
  void consume(std::size_t count, std::uint64_t Ledger::*as = &Ledger::member) {
    rest_ = rest_.subspan(count);
    ledger_.*as += count;
  }
  /// Of what was counted as content, so much is header, index or checksum.
  void is_metadata(std::uint64_t count) {
    ledger_.member -= count;
    ledger_.metadata += count;
  }
  /// Of what was counted as metadata, so much holds a signature.
  void is_signature(std::uint64_t count) {
    ledger_.metadata -= count;
    ledger_.signature += count;
  }
  void end() { ended_ = true; }

  Error truncated() const;
  Error corrupt(std::string_view why) const;
  Error unsupported(std::string_view why) const;
  Error no_memory(std::string_view why) const;

 private:
  Result<void> expect_end();

  HeadStream packed_;
  std::string_view format_;
  std::string_view magic_;
  Bytes rest_{};
  Ledger ledger_{};
  bool exhausted_ = false;
  bool ended_ = false;
  std::optional<Error> failure_{};
};

}  // namespace assay
