// cab (Microsoft cabinets, [MS-CAB]) by libarchive, on request: the packaged
// reader is known to crash on malformed ones, and has no second opinion here.

#include <archive.h>

#include <array>

#include "bundle/libarchive.h"
#include "bundle/stream.h"

namespace assay {
namespace {

constexpr std::size_t kHeader = 36;

bool matches(Bytes head) {
  return as_text(head).starts_with("MSCF");
}

class CabReader final : public ArchiveReader {
 public:
  CabReader() : ArchiveReader("cab", archive_read_support_format_cab) {}

  /// The size that the header claims is where the cabinet ends: what stands behind
  /// it (a signature, another cabinet) nobody has looked at.
  Result<void> open(const RandomAccess& bytes) {
    std::array<std::byte, kHeader> header{};
    if (TRY(bytes.read_at(0, header)) != header.size()) {
      return malformed("truncated", "cab: no room for a header");
    }
    const std::uint64_t claimed = le32(header, 8);
    if (claimed > bytes.size()) return malformed("truncated", "cab: it ends early");
    if (claimed < bytes.size()) {
      return malformed("trailing-data", "cab: bytes follow its end");
    }
    return open_random(bytes);
  }

 private:
  Result<void> check_entry(Entry& /*entry*/) override { return {}; }
  Result<void> check_end() override { return {}; }
};

Result<std::unique_ptr<MemberReader>> open(const RandomAccess& bytes,
                                           const Limits& /*limits*/) {
  auto reader = std::make_unique<CabReader>();
  TRY(reader->open(bytes));
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container cab_container = {"cab", matches, nullptr, open, true};

}  // namespace assay
