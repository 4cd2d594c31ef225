// iso: disc images (ECMA-119, Joliet, Rock Ridge, El Torito), whose mark stands 32 KiB behind
// the head. Files come by the names of Rock Ridge or Joliet; what has a place and no name is
// a member, too.

#include "bundle/iso_tree.h"

namespace assay {
namespace {

/// The head says nothing; carried.h looks where the mark is.
bool matches(Bytes /*head*/) {
  return false;
}

class IsoReader final : public MemberReader {
 public:
  IsoReader(const RandomAccess& bytes, iso::Disc disc)
      : bytes_(bytes), disc_(std::move(disc)) {}

  Result<std::optional<Entry>> next() override {
    part_ = 0;
    done_ = 0;
    if (next_ < disc_.files.size()) return std::optional<Entry>(disc_.files[next_++].entry);
    if (disc_.left_open) return *disc_.left_open;
    return std::optional<Entry>{};
  }

  Result<Bytes> read() override {
    const auto& parts = disc_.files[next_ - 1].parts;
    if (part_ == parts.size()) return Bytes{};
    const iso::Part& part = parts[part_];
    buffer_.resize(std::min<std::uint64_t>(kPiece, part.size - done_));
    if (TRY(bytes_.read_at(part.offset + done_, buffer_)) != buffer_.size()) {
      return malformed("truncated", "iso: it ends early");
    }
    done_ += buffer_.size();
    if (done_ == part.size) {
      ++part_;
      done_ = 0;
    }
    return Bytes(buffer_);
  }

  Ledger ledger() const override { return disc_.ledger; }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 20;

  const RandomAccess& bytes_;
  const iso::Disc disc_;
  std::size_t next_ = 0;
  std::size_t part_ = 0;    ///< of the current file
  std::uint64_t done_ = 0;  ///< of the current part
  std::vector<std::byte> buffer_{};
};

Result<std::unique_ptr<MemberReader>> open(const RandomAccess& bytes, const Limits& limits) {
  return std::unique_ptr<MemberReader>(
      std::make_unique<IsoReader>(bytes, TRY(iso::read_disc(bytes, limits))));
}

}  // namespace

extern constinit const Container iso_container = {"iso", matches, nullptr, open};

}  // namespace assay
