// cpio (the forms newc and crc) by libarchive, with our own reading of the headers held
// against it. The older forms are told and not judged.

#include <archive.h>

#include <algorithm>

#include "bundle/cpio_index.h"
#include "bundle/libarchive.h"
#include "bundle/stream.h"

namespace assay {
namespace {

/// The last is rpm's, whose members have no header of their own.
constexpr std::string_view kStripped = "07070X";
constexpr std::string_view kTextMagics[] = {"070701", "070702", "070707", "070727", kStripped};
constexpr std::size_t kBinaryHeader = 26;

/// The 16-bit words of an old binary header; two bytes of magic alone would claim
/// any file, so file type and the name's end must fit too.
bool is_binary(Bytes head) {
  if (head.size() < kBinaryHeader) return false;
  const bool swapped = le16(head, 0) == 0xc771;
  if (!swapped && le16(head, 0) != 0x71c7) return false;
  const auto word = [&](std::size_t at) {
    const unsigned value = le16(head, at);
    return swapped ? (value << 8 | value >> 8) & 0xffffU : value;
  };
  const unsigned type = word(6) >> 12;
  const unsigned name_size = word(20);
  const bool known_type =
      type == 1 || type == 2 || type == 4 || type == 6 || type == 8 || type == 10 || type == 12;
  if (!known_type || name_size < 2 || kBinaryHeader + name_size > head.size()) return false;
  return head[kBinaryHeader + name_size - 1] == std::byte{0};
}

bool matches(Bytes head) {
  const std::string_view text = as_text(head);
  return std::ranges::any_of(kTextMagics,
                             [&](std::string_view magic) { return text.starts_with(magic); }) ||
         is_binary(head);
}

class CpioReader final : public ArchiveReader {
 public:
  explicit CpioReader(ByteStream& bytes)
      : ArchiveReader("cpio", archive_read_support_format_cpio), head_(bytes), index_(head_) {}

  Result<void> open() {
    if (as_text(TRY(head_.peek(kStripped.size()))) == kStripped) {
      return undecided("unsupported-feature", "cpio: the headers are stripped, as rpm does");
    }
    return open_stream(index_);
  }
  Ledger ledger() const override { return index_.ledger(); }

 private:
  Result<void> check_entry(Entry& entry) override {
    const auto content_at = TRY(index_.agree(entry));
    // Of several hard links one carries the content.
    const bool has_content = entry.declared_size.value_or(0) > 0;
    if (entry.kind == MemberKind::hardlink && has_content) entry.kind = MemberKind::file;
    // A link's content is its target.
    if (entry.kind == MemberKind::symlink) {
      if (entry.link_target.size() != entry.declared_size.value_or(0)) {
        return malformed("ambiguous-type", "cpio: a link's content is no path");
      }
      entry.declared_size = 0;
      return {};
    }
    expect_content_at(content_at);
    return {};
  }
  /// Writers fill up the last block with zeros.
  Result<void> check_end() override {
    TRY(expect_zeros(matches));
    return index_.finish();
  }

  HeadStream head_;
  CpioIndex index_;
};

Result<std::unique_ptr<MemberReader>> open(ByteStream& bytes, const Limits& /*limits*/) {
  auto reader = std::make_unique<CpioReader>(bytes);
  TRY(reader->open());
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container cpio_container = {"cpio", matches, open, nullptr};

}  // namespace assay
