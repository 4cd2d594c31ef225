#include "bundle/cpio_index.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace assay {
namespace {

constexpr std::string_view kPlain = "070701";
constexpr std::string_view kSummed = "070702";
constexpr std::string_view kTrailer = "TRAILER!!!";
constexpr std::uint32_t kNameMax = std::uint32_t{1} << 20;
constexpr std::uint32_t kTypeBits = 0170000;

MemberKind kind_of(std::uint32_t mode) {
  switch (mode & kTypeBits) {
    case 0100000: return MemberKind::file;
    case 0040000: return MemberKind::directory;
    case 0120000: return MemberKind::symlink;
    case 0010000:
    case 0020000:
    case 0060000:
    case 0140000: return MemberKind::device;
    default: return MemberKind::other;
  }
}

/// Header and name, and content, are each filled up to a multiple of four.
std::size_t padding_of(std::uint64_t size) {
  return (4 - size % 4) % 4;
}

}  // namespace

Result<std::size_t> CpioIndex::step(Bytes piece) {
  switch (part_) {
    case Part::header: return take_header(piece);
    case Part::name: return take_name(piece);
    case Part::content: return take_content(piece);
    case Part::name_padding:
    case Part::padding:
    case Part::end: break;
  }
  return take_zeros(piece);
}

Result<std::size_t> CpioIndex::take_header(Bytes piece) {
  const std::size_t count = std::min(piece.size(), kCpioHeader - filled_);
  std::copy_n(piece.begin(), count, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += count;
  counts().metadata += count;
  if (filled_ < kCpioHeader) return count;
  filled_ = 0;
  TRY(read_header());
  name_.clear();
  part_ = Part::name;
  return count;
}

Result<void> CpioIndex::read_header() {
  const std::string_view text = as_text(block_);
  const std::string_view magic = text.substr(0, kPlain.size());
  if (magic_.empty()) magic_ = magic;
  if (magic != kPlain && magic != kSummed) {
    // The other forms have a magic too; in the midst of an archive it is none.
    if (magic != magic_ || place() >= kCpioHeader) return corrupt("a member has no header");
    return undecided("unsupported-feature", "cpio: not in the form newc or crc");
  }
  if (magic != magic_) return ambiguous("its members are of two forms");
  std::array<std::uint32_t, 13> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view digits = text.substr(kPlain.size() + 8 * i, 8);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), fields[i], 16);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
      return corrupt("a header holds something else than hex digits");
    }
  }
  header_ = {.inode = fields[0],
             .mode = fields[1],
             .links = fields[4],
             .size = fields[6],
             .major = fields[7],
             .minor = fields[8],
             .name_size = fields[11],
             .checksum = fields[12]};
  if (magic == kPlain && header_.checksum != 0) return corrupt("a checksum where none belongs");
  if (header_.name_size == 0) return corrupt("a member has no name");
  if (header_.name_size > kNameMax) {
    return undecided("unsupported-feature", "cpio: a name over 1 MiB");
  }
  return {};
}

Result<std::size_t> CpioIndex::take_name(Bytes piece) {
  const std::size_t count = std::min(piece.size(), header_.name_size - name_.size());
  name_ += as_text(piece.first(count));
  counts().metadata += count;
  if (name_.size() < header_.name_size) return count;
  if (name_.find('\0') != name_.size() - 1)
    return ambiguous("a name does not end where it says");
  name_.pop_back();
  padding_ = padding_of(kCpioHeader + header_.name_size);
  content_at_ = place() + count + padding_;
  part_ = Part::name_padding;
  if (padding_ == 0) TRY(on_name());
  return count;
}

Result<void> CpioIndex::on_name() {
  if (name_ == kTrailer) {
    if (header_.size != 0) return ambiguous("the end mark has content");
    part_ = Part::end;
    return {};
  }
  left_ = header_.size;
  sum_ = 0;
  target_.clear();
  padding_ = padding_of(left_);
  if (is_symlink() && left_ > kNameMax) {
    return undecided("unsupported-feature", "cpio: a link's target over 1 MiB");
  }
  part_ = Part::content;
  if (kind_of(header_.mode) == MemberKind::other) {
    return ambiguous("'" + printable(name_) + "' is of no known kind");
  }
  // libarchive gives a link when it has read its target.
  Entry entry{.name = name_,
              .kind = kind_of(header_.mode),
              .mode = header_.mode & 07777U,
              .declared_size = left_};
  if (!is_symlink()) {
    TRY(add_link(entry));
    TRY(add(std::move(entry), content_at_));
  }
  if (left_ == 0) TRY(end_content());
  return {};
}

bool CpioIndex::is_symlink() const {
  return kind_of(header_.mode) == MemberKind::symlink;
}

/// Names that share an inode are one file: all but the first are hard links, and the
/// content stands behind one of them.
Result<void> CpioIndex::add_link(Entry& entry) {
  if (header_.links <= 1) return {};
  Inode& inode = inodes_[{header_.major, header_.minor, header_.inode}];
  if (inode.seen++ == 0) {
    inode = {.first_name = name_,
             .mode = header_.mode,
             .links = header_.links,
             .seen = 1,
             .has_content = header_.size > 0};
    return {};
  }
  const std::string called = "'" + printable(name_) + "'";
  if (entry.kind != MemberKind::file || inode.mode != header_.mode ||
      inode.links != header_.links || inode.seen > inode.links) {
    return ambiguous(called + " is another file than the one it is a link of");
  }
  if (inode.has_content && header_.size > 0) {
    return ambiguous(called + " and what it is a link of both have content");
  }
  inode.has_content = inode.has_content || header_.size > 0;
  entry.kind = MemberKind::hardlink;
  entry.link_target = inode.first_name;
  return {};
}

Result<std::size_t> CpioIndex::take_content(Bytes piece) {
  const Bytes taken = piece.first(std::min<std::uint64_t>(piece.size(), left_));
  if (is_symlink()) target_ += as_text(taken);
  (is_symlink() ? counts().metadata : counts().member) += taken.size();
  if (magic_ == kSummed) {
    for (const std::byte b : taken) sum_ += std::to_integer<std::uint32_t>(b);
  }
  left_ -= taken.size();
  if (left_ == 0) TRY(end_content());
  return taken.size();
}

Result<void> CpioIndex::end_content() {
  part_ = padding_ == 0 ? Part::header : Part::padding;
  if (is_symlink()) {
    TRY(add({.name = name_,
             .kind = MemberKind::symlink,
             .mode = header_.mode & 07777U,
             .link_target = target_,
             .declared_size = header_.size},
            content_at_));
  }
  const bool summed = magic_ == kSummed && kind_of(header_.mode) == MemberKind::file;
  if (!summed || header_.size == 0 || sum_ == header_.checksum) return {};
  return malformed("checksum-mismatch",
                   "cpio: the checksum of '" + printable(name_) + "' does not fit its content");
}

Result<std::size_t> CpioIndex::take_zeros(Bytes piece) {
  const bool end = part_ == Part::end;
  const std::size_t count =
      leading_zeros(end ? piece : piece.first(std::min(piece.size(), padding_)));
  if (count == 0) {
    return malformed("trailing-data", end ? "bytes other than zero follow the last cpio member"
                                          : "cpio: bytes stand between two members");
  }
  counts().padding += count;
  if (end) return count;
  padding_ -= count;
  if (padding_ > 0) return count;
  if (part_ == Part::padding) {
    part_ = Part::header;
  } else {
    TRY(on_name());
  }
  return count;
}

Result<void> CpioIndex::check_end() const {
  if (part_ == Part::end) return {};
  return malformed("truncated", "the cpio archive has no end mark");
}

}  // namespace assay
