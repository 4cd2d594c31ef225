// deb(5): an ar archive of debian-binary, control.tar* and data.tar*, in this
// order; behind them only signatures, which dpkg passes over: _gpgorigin and the like.

#include <algorithm>

#include "bundle/ar.h"
#include "bundle/deb_index.h"

namespace assay {
namespace {

constexpr std::uint64_t kVersionMax = 64;

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "deb: " + std::string(why));
}

class DebReader final : public MemberReader {
 public:
  explicit DebReader(ByteStream& bytes) : ar_(bytes, ArReader::Names::plain) {}

  Result<void> open() { return ar_.read_magic(); }

  Result<std::optional<Entry>> next() override {
    auto entry = TRY(ar_.next());
    if (!entry) {
      if (seen_ < 3) return malformed("truncated", "deb: members are missing");
      return entry;
    }
    if (!is_deb_member(seen_, entry->name)) {
      return stray_deb_member(seen_, entry->name);
    }
    if (seen_ == 1 || seen_ == 2) entry->must_be = entry->name.substr(entry->name.find("tar"));
    if (seen_ > 2) signatures_ += entry->declared_size.value_or(0);
    version_.clear();
    if (seen_ == 0) TRY(read_version(*entry));
    ++seen_;
    return entry;
  }

  Result<Bytes> read() override {
    if (version_.empty()) return ar_.read();
    given_ = std::exchange(version_, {});
    return as_bytes(given_);
  }

  Ledger ledger() const override {
    Ledger ledger = ar_.ledger();
    const std::uint64_t signatures = std::min(signatures_, ledger.member);
    ledger.member -= signatures;
    ledger.signature += signatures;
    return ledger;
  }

 private:
  Result<void> read_version(const Entry& entry) {
    if (entry.declared_size.value_or(0) > kVersionMax) return corrupt("debian-binary is long");
    for (Bytes piece = TRY(ar_.read()); !piece.empty(); piece = TRY(ar_.read())) {
      version_ += as_text(piece);
    }
    if (version_ != "2.0\n") return corrupt("the format version is not 2.0");
    return {};
  }

  ArReader ar_;
  unsigned seen_ = 0;
  std::uint64_t signatures_ = 0;  ///< bytes of them
  std::string version_{};         ///< content of debian-binary, not given yet
  std::string given_{};
};

Result<std::unique_ptr<MemberReader>> open(ByteStream& bytes, const Limits& /*limits*/) {
  auto reader = std::make_unique<DebReader>(bytes);
  TRY(reader->open());
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container deb_container = {"deb", begins_as_deb, open, nullptr};

}  // namespace assay
