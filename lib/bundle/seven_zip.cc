// 7z (7zFormat.txt of the LZMA SDK) by libarchive, after a walk of our own over its headers
// says what every byte is. What is encrypted is not opened.

#include <archive.h>

#include "bundle/libarchive.h"
#include "bundle/seven_zip_header.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

bool matches(Bytes head) {
  return as_text(head).starts_with("7z\xbc\xaf\x27\x1c"sv);
}

class SevenZipReader final : public ArchiveReader {
 public:
  explicit SevenZipReader(const SevenZip& headers)
      : ArchiveReader("7z", archive_read_support_format_7zip), headers_(headers) {}
  Result<void> open(const RandomAccess& bytes) { return open_random(bytes); }
  Ledger ledger() const override { return headers_.ledger; }

 private:
  Result<void> check_entry(Entry& entry) override {
    ++seen_;
    // Its target is content elsewhere, and libarchive shows it up to the first zero only.
    if (entry.kind == MemberKind::symlink)
      return undecided("unsupported-feature", "7z: a link");
    // libarchive makes up what Windows does not know.
    if (!headers_.has_modes) entry.mode = entry.kind == MemberKind::directory ? 0755 : 0644;
    return {};
  }
  Result<void> check_end() override {
    if (seen_ == headers_.files) return {};
    return malformed("ambiguous-type", "7z: two readers see different members");
  }

  const SevenZip headers_;
  std::uint64_t seen_ = 0;
};

/// libarchive takes a 7z without a header for a broken one.
class EmptyReader final : public MemberReader {
 public:
  explicit EmptyReader(const Ledger& ledger) : ledger_(ledger) {}
  Result<std::optional<Entry>> next() override { return std::optional<Entry>{}; }
  Result<Bytes> read() override { return Bytes{}; }
  Ledger ledger() const override { return ledger_; }

 private:
  const Ledger ledger_;
};

Result<std::unique_ptr<MemberReader>> open(const RandomAccess& bytes, const Limits& limits) {
  const SevenZip headers = TRY(read_seven_zip(bytes, limits));
  if (headers.files == 0) {
    return std::unique_ptr<MemberReader>(std::make_unique<EmptyReader>(headers.ledger));
  }
  auto reader = std::make_unique<SevenZipReader>(headers);
  TRY(reader->open(bytes));
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container seven_zip_container = {"7z", matches, nullptr, open};

}  // namespace assay
