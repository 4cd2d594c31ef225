// tar (POSIX.1-2017 pax, ustar, GNU, v7) by libarchive, with our own reading of the
// headers held against it.

#include <archive.h>

#include <algorithm>

#include "bundle/libarchive.h"
#include "bundle/tar_index.h"

namespace assay {
namespace {

bool matches(Bytes head) {
  return is_tar_header(head);
}

class TarReader final : public ArchiveReader {
 public:
  explicit TarReader(ByteStream& bytes)
      : ArchiveReader("tar", archive_read_support_format_tar), index_(bytes) {}
  Result<void> open() { return open_stream(index_); }
  Ledger ledger() const override { return index_.ledger(); }

 private:
  Result<void> check_entry(Entry& entry) override {
    expect_content_at(TRY(index_.agree(entry)));
    // An unknown type flag is a file to most unpackers; the index refuses it at the end.
    if (entry.kind == MemberKind::other) entry.kind = MemberKind::file;
    return {};
  }

  /// The end mark must be there: a tar cut at a member's border looks whole otherwise.
  Result<void> check_end() override {
    const auto last = TRY(last_used(kTarBlock));
    const bool marked = last.size() == kTarBlock && std::ranges::all_of(last, [](std::byte b) {
                          return b == std::byte{0};
                        });
    if (!marked) return malformed("truncated", "the tar has no end mark");
    TRY(expect_zeros(matches));
    return index_.finish();
  }

  TarIndex index_;
};

Result<std::unique_ptr<MemberReader>> open(ByteStream& bytes, const Limits& /*limits*/) {
  auto reader = std::make_unique<TarReader>(bytes);
  TRY(reader->open());
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container tar_container = {"tar", matches, open, nullptr};

}  // namespace assay
