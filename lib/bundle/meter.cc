#include "bundle/meter.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

/// The ratio means nothing for little data.
constexpr std::uint64_t kRatioFrom = std::uint64_t{64} << 20;

constexpr std::uint64_t kNameBytesMax = std::uint64_t{64} << 20;

constexpr std::size_t kTail = std::size_t{128} << 10;

/// Appends, and drops what lies further back than kTail now and then.
void keep_end(std::vector<std::byte>& tail, Bytes piece) {
  if (piece.size() >= kTail) {
    const Bytes last = piece.last(kTail);
    tail.assign(last.begin(), last.end());
    return;
  }
  if (tail.size() + piece.size() > 4 * kTail) {
    tail.erase(tail.begin(), tail.end() - std::ptrdiff_t{kTail});
  }
  tail.insert(tail.end(), piece.begin(), piece.end());
}

/// Appends what of the mark's place is in the piece that begins at `offset`.
void keep_iso_mark(std::string& mark, std::uint64_t offset, Bytes piece) {
  constexpr std::uint64_t kAt = 32769;
  constexpr std::uint64_t kSize = 5;
  const std::uint64_t begin = std::max(offset, kAt);
  const std::uint64_t end = std::min(offset + piece.size(), kAt + kSize);
  if (begin < end) mark += as_text(piece.subspan(begin - offset, end - begin));
}

Error over(std::string code, std::string_view what, std::uint64_t limit) {
  return undecided(std::move(code), fmt::format("{} is over the limit of {}", what, limit));
}

}  // namespace

Result<void> Meter::add_member() {
  if (++members_ <= limits_.members) return check_time();
  return over("limit-members", fmt::format("{} members", members_), limits_.members);
}

Result<void> Meter::add_name_bytes(std::uint64_t count) {
  name_bytes_ += count;
  if (name_bytes_ <= kNameBytesMax) return {};
  return over("limit-members", fmt::format("{} bytes of names", name_bytes_), kNameBytesMax);
}

Result<void> Meter::check_total(std::uint64_t bytes) const {
  if (bytes <= limits_.total_bytes) return check_time();
  return over("limit-total-bytes", fmt::format("{} bytes unpacked", bytes),
              limits_.total_bytes);
}

Result<void> Meter::add_member_bytes(std::uint64_t count) {
  member_bytes_ += count;
  return check_total(member_bytes_);
}

Result<void> Meter::add_decoded_bytes(std::uint64_t count) {
  decoded_bytes_ += count;
  return check_total(decoded_bytes_);
}

Result<void> Meter::check_time() const {
  const auto spent = std::chrono::steady_clock::now() - start_;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(spent).count();
  if (static_cast<std::uint64_t>(seconds) < limits_.seconds) return {};
  return over("limit-seconds", fmt::format("{} s", seconds), limits_.seconds);
}

bool Meter::ends_walk(const Error& error) {
  return error.code == "limit-members" || error.code == "limit-total-bytes" ||
         error.code == "limit-seconds";
}

Result<Bytes> MemberStream::next() {
  if (failure_) return *failure_;
  auto piece = reader_.read();
  if (!piece) {
    failure_ = piece.error();
    return piece;
  }
  size_ += piece->size();
  TRY(meter_.add_member_bytes(piece->size()));
  const std::uint64_t limit = meter_.limits().member_bytes;
  if (size_ > limit) {
    return over("limit-member-bytes", fmt::format("a member of {} or more bytes", size_),
                limit);
  }
  return piece;
}

PassedStream::PassedStream(ByteStream& from, Hash hash) : from_(from) {
  if (hash == Hash::yes) hasher_.emplace(HashAlgorithm::sha256);
}

Result<Bytes> PassedStream::next() {
  const Bytes piece = TRY(from_.next());
  if (hasher_) hasher_->update(piece);
  keep_iso_mark(iso_mark_, size_, piece);
  size_ += piece.size();
  keep_end(tail_, piece);
  return piece;
}

Result<Bytes> DecodedStream::next() {
  const DecodeAhead::Piece& decoded = ahead_.next();
  ledger_ = decoded.ledger;
  packed_size_ = decoded.packed;
  const Bytes piece = TRY(Result<Bytes>(decoded.bytes));
  size_ += piece.size();
  TRY(meter_.add_decoded_bytes(piece.size()));
  const std::uint64_t ratio = meter_.limits().ratio;
  if (size_ > kRatioFrom && size_ / ratio > packed_size_) {
    return over("limit-ratio", fmt::format("{} bytes from {}", size_, packed_size_), ratio);
  }
  return piece;
}

}  // namespace assay
