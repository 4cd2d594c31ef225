// cab (Microsoft cabinets, [MS-CAB] 2.1 to 2.5) by libarchive, on request: the
// packaged reader is known to crash on malformed ones. A walk of our own over
// headers and data blocks says beforehand what every byte is.

#include <archive.h>

#include <vector>

#include "bundle/libarchive.h"
#include "bundle/stream.h"

namespace assay {
namespace {

constexpr std::size_t kHeader = 36;
constexpr std::size_t kReserveSizes = 4;
constexpr std::size_t kFolder = 8;
constexpr std::size_t kFile = 16;
constexpr std::size_t kBlock = 8;
constexpr std::uint64_t kNameMax = 256;
constexpr unsigned kPrevious = 1, kNext = 2, kReserve = 4;

bool matches(Bytes head) {
  return as_text(head).starts_with("MSCF");
}

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "cab: " + std::string(why));
}

/// Counts a cabinet front to back: header, folders, files, then each folder's blocks.
/// Whatever stands elsewhere, or between, is refused.
class Count {
 public:
  explicit Count(const RandomAccess& cabinet) : cabinet_(cabinet) {}

  Result<Ledger> run() {
    const auto header = TRY(take(kHeader, ledger_.metadata));
    TRY(check_size(le32(header, 8)));
    const unsigned flags = le16(header, 30);
    if ((flags & (kPrevious | kNext)) != 0) {
      return undecided("unsupported-feature", "cab: it is one of several that belong together");
    }
    if ((flags & kReserve) != 0) TRY(take_reserve());
    std::vector<std::byte> folders;
    for (unsigned i = 0; i < le16(header, 26); ++i) {
      const auto folder = TRY(take(kFolder + folder_reserve_, ledger_.metadata));
      folders.insert(folders.end(), folder.begin(), folder.begin() + kFolder);
    }
    if (le32(header, 16) != at_) return corrupt("the files do not stand behind the folders");
    for (unsigned i = 0; i < le16(header, 28); ++i) TRY(take_file());
    for (Bytes rest = folders; !rest.empty(); rest = rest.subspan(kFolder)) {
      if (le32(rest, 0) != at_) return corrupt("a folder's data does not stand in its turn");
      for (unsigned i = 0; i < le16(rest, 4); ++i) TRY(take_block());
    }
    return ledger_;
  }

 private:
  Result<void> check_size(std::uint64_t claimed) const {
    if (claimed > cabinet_.size()) return malformed("truncated", "cab: it ends early");
    if (claimed < cabinet_.size()) {
      return malformed("trailing-data", "cab: bytes follow its end");
    }
    return {};
  }

  /// The next `count` bytes, entered under `column`.
  Result<std::vector<std::byte>> take(std::uint64_t count, std::uint64_t& column) {
    std::vector<std::byte> bytes(count);
    if (TRY(cabinet_.read_at(at_, bytes)) != count) {
      return malformed("truncated", "cab: a header lies outside the file");
    }
    at_ += count;
    column += count;
    return bytes;
  }

  /// The space of a cabinet's header is where Authenticode keeps its place.
  Result<void> take_reserve() {
    const auto sizes = TRY(take(kReserveSizes, ledger_.metadata));
    folder_reserve_ = std::to_integer<std::size_t>(sizes[2]);
    block_reserve_ = std::to_integer<std::size_t>(sizes[3]);
    TRY(take(le16(sizes, 0), ledger_.signature));
    return {};
  }

  Result<void> take_file() {
    TRY(take(kFile, ledger_.metadata));
    for (std::uint64_t length = 0; length <= kNameMax; ++length) {
      if (TRY(take(1, ledger_.metadata)).front() == std::byte{0}) return {};
    }
    return corrupt("a name is over 256 bytes");
  }

  Result<void> take_block() {
    const auto block = TRY(take(kBlock + block_reserve_, ledger_.metadata));
    const std::uint64_t size = le16(block, 4);
    if (size > cabinet_.size() - at_) {
      return malformed("truncated", "cab: a block reaches beyond the file");
    }
    at_ += size;
    ledger_.member += size;
    return {};
  }

  const RandomAccess& cabinet_;
  Ledger ledger_{};
  std::uint64_t at_ = 0;
  std::size_t folder_reserve_ = 0;
  std::size_t block_reserve_ = 0;
};

class CabReader final : public ArchiveReader {
 public:
  explicit CabReader(const Ledger& ledger)
      : ArchiveReader("cab", archive_read_support_format_cab), ledger_(ledger) {}
  Result<void> open(const RandomAccess& bytes) { return open_random(bytes); }
  Ledger ledger() const override { return ledger_; }

 private:
  Result<void> check_entry(Entry& entry) override {
    entry.mode = 0644;  // libarchive makes up what Windows does not know
    return {};
  }
  Result<void> check_end() override { return {}; }

  Ledger ledger_;
};

Result<std::unique_ptr<MemberReader>> open(const RandomAccess& bytes,
                                           const Limits& /*limits*/) {
  auto reader = std::make_unique<CabReader>(TRY(Count(bytes).run()));
  TRY(reader->open(bytes));
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container cab_container = {"cab", matches, nullptr, open, true};

}  // namespace assay
