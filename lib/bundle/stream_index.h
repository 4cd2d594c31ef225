// StreamIndex: a second opinion on an archive that libarchive reads in order. It
// reads the headers as the bytes pass to libarchive, keeps nothing but what
// libarchive has not come to yet, and counts what every byte is. Each format adds
// its own strict reading.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "bundle/format.h"

namespace assay {

class StreamIndex : public ByteStream {
 public:
  /// The bytes of `from`, unchanged. What is wrong with them is told by finish(), so
  /// that all libarchive can read is still looked at.
  Result<Bytes> next() final;

  /// Fails as ambiguous-type unless `seen`, in its turn, is what stands here: name,
  /// kind, size, mode and link target. Gives where in the stream its content begins;
  /// nothing once something was found wrong.
  Result<std::optional<std::uint64_t>> agree(const Entry& seen);
  /// At the end of the stream: what was found wrong on the way, or is missing.
  Result<void> finish() const;
  /// What the bytes that passed are.
  const Ledger& ledger() const { return ledger_; }

 protected:
  /// `from` must outlive it; `format` is how messages call it.
  StreamIndex(ByteStream& from, std::string_view format) : from_(from), format_(format) {}

  /// Takes some of the piece, which is never empty, and gives how much. Counts it.
  virtual Result<std::size_t> step(Bytes piece) = 0;
  /// What is missing when the stream ends here.
  virtual Result<void> check_end() const = 0;

  /// A member stands here.
  Result<void> add(Entry entry, std::uint64_t content_at);
  /// Where in the stream the piece begins that step() is given.
  std::uint64_t place() const { return place_; }
  Ledger& counts() { return ledger_; }

  Error corrupt(std::string_view why) const;
  Error ambiguous(std::string_view why) const;

 private:
  struct Seen {
    Entry entry;
    std::uint64_t content_at;
  };
  Error differs() const;

  ByteStream& from_;
  std::string_view format_;
  std::uint64_t place_ = 0;
  std::deque<Seen> ahead_{};  ///< libarchive has not come to these yet
  Ledger ledger_{};
  std::optional<Error> fault_{};
};

std::size_t leading_zeros(Bytes bytes);
/// True if there is nothing but zeros.
inline bool is_zero(Bytes bytes) {
  return leading_zeros(bytes) == bytes.size();
}

}  // namespace assay
