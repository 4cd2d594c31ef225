// Meter: how far the walk has gone, held against the limits on totals; and the
// streams that report to it.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bundle/decode_ahead.h"
#include "bundle/decoder.h"
#include "bundle/format.h"
#include "crypto/digest.h"

namespace assay {

class Meter {
 public:
  explicit Meter(const Limits& limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }
  std::uint64_t member_bytes() const { return member_bytes_; }

  /// Each fails as `undecided` with the limit's code.
  Result<void> add_member();
  /// Names and link targets of all members together: they are kept in memory.
  Result<void> add_name_bytes(std::uint64_t count);
  Result<void> add_member_bytes(std::uint64_t count);
  Result<void> add_decoded_bytes(std::uint64_t count);
  Result<void> check_time() const;

  /// True for a limit on totals: the walk ends there.
  static bool ends_walk(const Error& error);

 private:
  Result<void> check_total(std::uint64_t bytes) const;

  const Limits& limits_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::uint64_t members_ = 0;
  std::uint64_t name_bytes_ = 0;
  std::uint64_t member_bytes_ = 0;
  std::uint64_t decoded_bytes_ = 0;  ///< counted apart: a codec's output is members again
};

/// MemberStream: the content of a reader's current member.
class MemberStream final : public ByteStream {
 public:
  MemberStream(MemberReader& reader, Meter& meter) : reader_(reader), meter_(meter) {}
  Result<Bytes> next() override;

  std::uint64_t size() const { return size_; }
  /// What the reader below failed with; it is the reader's fault, not the member's.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  MemberReader& reader_;
  Meter& meter_;
  std::uint64_t size_ = 0;
  std::optional<Error> failure_{};
};

/// PassedStream counts what goes by, hashes it unless told not to, and keeps the end:
/// some programs know a format by its last bytes.
class PassedStream final : public ByteStream {
 public:
  enum class Hash { no, yes };
  PassedStream(ByteStream& from, Hash hash);
  Result<Bytes> next() override;

  std::uint64_t size() const { return size_; }
  /// What went by where an ISO 9660 has its mark (ECMA-119, 8.4.1 and 6.2.1): up to 5
  /// bytes from 32769 on.
  std::string_view iso_mark() const { return iso_mark_; }
  /// At least the last 128 KiB that went by, or all there were.
  Bytes tail() const { return tail_; }
  std::string sha256() { return hasher_ ? hasher_->finish_hex() : std::string(); }

 private:
  ByteStream& from_;
  std::optional<Hasher> hasher_{};
  std::vector<std::byte> tail_{};
  std::string iso_mark_{};
  std::uint64_t size_ = 0;
};

/// DecodedStream: a codec's output, held against limits.ratio and the totals.
class DecodedStream final : public ByteStream {
 public:
  DecodedStream(std::unique_ptr<Decoder> decoder, const PassedStream& packed, Meter& meter)
      : decoder_(std::move(decoder)), ahead_(*decoder_, packed), meter_(meter) {}
  Result<Bytes> next() override;

  /// Decodes on a thread of its own; until stop() nobody else may use what it reads from.
  void read_ahead() { ahead_.start(); }
  /// next() must not be called any more.
  void stop() { ahead_.stop(); }

  std::uint64_t size() const { return size_; }
  /// Bytes that went into what next() gave.
  std::uint64_t packed_size() const { return packed_size_; }
  /// What they are.
  const Ledger& ledger() const { return ledger_; }

 private:
  std::unique_ptr<Decoder> decoder_;
  DecodeAhead ahead_;
  Meter& meter_;
  std::uint64_t size_ = 0;
  std::uint64_t packed_size_ = 0;
  Ledger ledger_{};
};

}  // namespace assay
