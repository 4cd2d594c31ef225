// zip (APPNOTE 6.3.10) by libarchive, after its headers were found to agree.

#include <archive.h>
#include <isa-l/crc.h>

#include <algorithm>

#include "bundle/libarchive.h"
#include "bundle/zip_index.h"
#include "bundle/zip_ledger.h"

namespace assay {
namespace {

constexpr std::size_t kTargetMax = 4096;

bool matches(Bytes head) {
  const std::string_view text = as_text(head);
  return text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06") ||
         text.starts_with("PK\x07\x08PK");
}

/// libarchive shows names as C strings, adds a folder's slash, and composes what is
/// decomposed in Unicode; anything else is another name.
bool same_name(std::string_view raw, std::string_view shown) {
  if (std::ranges::any_of(raw, [](char c) { return static_cast<signed char>(c) < 0; })) {
    return true;  // size and checksum must do
  }
  raw = raw.substr(0, raw.find('\0'));
  while (raw.ends_with('/')) raw.remove_suffix(1);
  while (shown.ends_with('/')) shown.remove_suffix(1);
  return raw == shown;
}

class ZipReader final : public ArchiveReader {
 public:
  explicit ZipReader(std::vector<ZipMember> members, Ledger ledger)
      : ArchiveReader("zip", archive_read_support_format_zip_seekable),
        members_(std::move(members)),
        ledger_(ledger) {}

  Result<void> open(const RandomAccess& zip) { return open_random(zip); }
  Ledger ledger() const override { return ledger_; }

 private:
  /// Both readers must see the same members in the same order.
  Result<void> check_entry(Entry& entry) override {
    if (index_ == members_.size()) return differs();
    const ZipMember& member = members_[index_++];
    if (!entry.name.empty() && !same_name(member.name, entry.name)) return differs();
    if (entry.declared_size.value_or(member.size) != member.size &&
        entry.kind != MemberKind::symlink) {
      return differs();
    }
    entry.name = member.name;
    entry.encrypted = entry.encrypted || member.encrypted();
    entry.declared_size = entry.kind == MemberKind::symlink ? 0 : member.size;
    entry.target_is_content = entry.kind == MemberKind::symlink;
    if (entry.kind == MemberKind::symlink && !entry.encrypted)
      return check_target(entry, member);
    return {};
  }

  /// Elsewhere a link is unpacked as a file of its target: no payload may hide there.
  /// libarchive does not hold a target against its checksum.
  static Result<void> check_target(const Entry& entry, const ZipMember& member) {
    const std::string& target = entry.link_target;
    if (target.size() != member.size || member.size > kTargetMax) {
      return malformed("ambiguous-type", "zip: a link's content is no path");
    }
    const auto* const bytes = reinterpret_cast<const unsigned char*>(target.data());
    if (crc32_gzip_refl(0, bytes, target.size()) == member.crc) return {};
    return malformed("checksum-mismatch", "zip: a link's target does not fit its checksum");
  }

  Result<void> check_end() override {
    if (index_ != members_.size()) return differs();
    return {};
  }

  static Error differs() {
    return malformed("ambiguous-type", "zip: two readers see different members");
  }

  std::vector<ZipMember> members_;
  const Ledger ledger_;
  std::size_t index_ = 0;
};

/// libarchive takes a zip without members for no zip.
class EmptyReader final : public MemberReader {
 public:
  explicit EmptyReader(Ledger ledger) : ledger_(ledger) {}
  Result<std::optional<Entry>> next() override { return std::optional<Entry>{}; }
  Result<Bytes> read() override { return Bytes{}; }
  Ledger ledger() const override { return ledger_; }

 private:
  const Ledger ledger_;
};

Result<std::unique_ptr<MemberReader>> open(const RandomAccess& zip, const Limits& limits) {
  auto members = TRY(read_zip_index(zip, limits));
  const Ledger ledger = TRY(count_zip(zip, members));
  if (members.empty()) {
    return std::unique_ptr<MemberReader>(std::make_unique<EmptyReader>(ledger));
  }
  auto reader = std::make_unique<ZipReader>(std::move(members), ledger);
  TRY(reader->open(zip));
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container zip_container = {"zip", matches, nullptr, open};

}  // namespace assay
