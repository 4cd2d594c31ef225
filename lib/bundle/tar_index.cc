#include "bundle/tar_index.h"

#include <algorithm>
#include <charconv>

namespace assay {
namespace {

/// Of all headers before one member together.
constexpr std::uint64_t kExtensionMax = std::uint64_t{1} << 20;
constexpr std::uint64_t kEndMark = 2 * kTarBlock;

bool is_file(char type) {
  return type == '0' || type == '\0' || type == '7';
}

/// Old writers mark a folder by nothing but the slash.
MemberKind kind_of(const TarHeader& header) {
  switch (header.type) {
    case '1': return MemberKind::hardlink;
    case '2': return MemberKind::symlink;
    case '3':
    case '4':
    case '6': return MemberKind::device;
    case '5': return MemberKind::directory;
    default: break;
  }
  return header.name.ends_with('/') ? MemberKind::directory : MemberKind::file;
}

}  // namespace

Result<std::size_t> TarIndex::step(Bytes piece) {
  switch (part_) {
    case Part::header: return take_header(piece);
    case Part::extension:
    case Part::content: return take_body(piece);
    case Part::padding: return take_padding(piece);
    case Part::end: break;
  }
  return take_end(piece);
}

Result<std::size_t> TarIndex::take_header(Bytes piece) {
  const std::size_t count = std::min(piece.size(), kTarBlock - filled_);
  std::copy_n(piece.begin(), count, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += count;
  if (filled_ < kTarBlock) return count;
  filled_ = 0;
  if (is_zero(block_)) {
    if (pax_ || long_name_ || long_link_) return corrupt("an extended header has no member");
    counts().padding += kTarBlock;
    end_ = kTarBlock;
    part_ = Part::end;
    return count;
  }
  counts().metadata += kTarBlock;
  TRY(on_header(place() + count));
  return count;
}

Result<std::size_t> TarIndex::take_body(Bytes piece) {
  const std::size_t count = std::min<std::uint64_t>(piece.size(), left_);
  const bool extension = part_ == Part::extension;
  if (extension) body_ += as_text(piece.first(count));
  (extension ? counts().metadata : counts().member) += count;
  left_ -= count;
  if (left_ > 0) return count;
  if (extension) TRY(end_extension());
  part_ = padding_ == 0 ? Part::header : Part::padding;
  return count;
}

Result<std::size_t> TarIndex::take_padding(Bytes piece) {
  const std::size_t count = std::min(piece.size(), padding_);
  if (!is_zero(piece.first(count))) {
    return malformed("trailing-data", "tar: bytes stand between two members");
  }
  counts().padding += count;
  padding_ -= count;
  if (padding_ == 0) part_ = Part::header;
  return count;
}

Result<std::size_t> TarIndex::take_end(Bytes piece) {
  const std::size_t zeros = leading_zeros(piece);
  if (zeros == 0) {
    return malformed("trailing-data", "bytes other than zero follow the end of the tar");
  }
  counts().padding += zeros;
  end_ += zeros;
  return zeros;
}

Result<void> TarIndex::check_end() const {
  if (end_ >= kEndMark) return {};
  return malformed("truncated", end_ == 0 ? "the tar has no end mark"
                                          : "the tar's end mark is one block, not two");
}

void TarIndex::begin(Part part, std::uint64_t size) {
  left_ = size;
  padding_ = (kTarBlock - size % kTarBlock) % kTarBlock;
  part_ = size == 0 ? Part::header : part;
}

Result<void> TarIndex::on_header(std::uint64_t end) {
  TarHeader header = TRY(read_tar_header(block_));
  switch (header.type) {
    case 'x':
    case 'g':
    case 'L':
    case 'K': return begin_extension(header);
    default: return on_member(std::move(header), end);
  }
}

/// GNU names may stand before a pax header of another matter; any other mixture is
/// read differently by different programs.
Result<void> TarIndex::begin_extension(const TarHeader& header) {
  const bool again = (header.type == 'L' && long_name_) || (header.type == 'K' && long_link_);
  const bool global_between = header.type == 'g' && (long_name_ || long_link_);
  if (pax_ || again || global_between) return ambiguous("extended headers are mixed");
  extended_ += kTarBlock + std::min(header.size, kExtensionMax);
  if (extended_ > kExtensionMax) {
    return undecided("unsupported-feature", "tar: extended headers over 1 MiB");
  }
  if (header.size == 0 && header.type != 'g') return corrupt("an extended header is empty");
  extension_ = header.type;
  body_.clear();
  begin(Part::extension, header.size);
  return {};
}

Result<void> TarIndex::end_extension() {
  if (extension_ == 'x' || extension_ == 'g') {
    auto records = TRY(read_pax_records(body_, extension_ == 'g'));
    const bool names =
        records.contains("path") || records.contains("linkpath") || records.contains("size");
    if (names && (long_name_ || long_link_)) return ambiguous("extended headers are mixed");
    if (extension_ == 'x') pax_ = std::move(records);
    return {};
  }
  const std::size_t end = std::min(body_.find('\0'), body_.size());
  if (end == 0 || body_.find_first_not_of('\0', end) != std::string::npos) {
    return ambiguous("a long name has a NUL inside");
  }
  if (end == body_.size()) return ambiguous("a long name has no end");
  body_.resize(end);
  (extension_ == 'L' ? long_name_ : long_link_) = std::exchange(body_, {});
  return {};
}

/// A link's target for what is no link, or a size for what the header says is empty, is
/// heeded by some programs.
Result<void> TarIndex::apply_extensions(TarHeader& header) {
  const bool is_link = header.type == '1' || header.type == '2';
  if (!is_link &&
      (!header.link.empty() || long_link_ || (pax_ && pax_->contains("linkpath")))) {
    return ambiguous("'" + printable(header.name) + "' is no link and has a target");
  }
  if (long_name_) header.name = std::move(*long_name_);
  if (long_link_) header.link = std::move(*long_link_);
  const PaxRecords records = std::exchange(pax_, {}).value_or(PaxRecords{});
  long_name_.reset();
  long_link_.reset();
  if (const auto path = records.find("path"); path != records.end()) header.name = path->second;
  if (const auto link = records.find("linkpath"); link != records.end()) {
    header.link = link->second;
  }
  const auto stated = records.find("size");
  if (stated == records.end()) return {};
  std::uint64_t size = 0;
  std::from_chars(stated->second.data(), stated->second.data() + stated->second.size(), size);
  // Only what has no room in the header may be missing there.
  if (header.size != size && (header.size != 0 || size <= kTarOctalMax)) {
    return ambiguous("'" + printable(header.name) + "' has two sizes");
  }
  header.size = size;
  return {};
}

/// Kinds whose content some programs pass over, some unpack and some read as headers.
Result<void> TarIndex::on_member(TarHeader header, std::uint64_t content_at) {
  TRY(apply_extensions(header));
  extended_ = 0;
  const std::string called = "'" + printable(header.name) + "'";
  if (!is_file(header.type) && (header.type < '1' || header.type > '6')) {
    return ambiguous(called + " is of the kind '" + printable({&header.type, 1}) +
                     "' that not every program knows");
  }
  const MemberKind kind = kind_of(header);
  if (kind != MemberKind::file && header.size != 0) {
    return ambiguous(called + " is no file and has content");
  }
  if (kind == MemberKind::directory && is_file(header.type) && header.type != '\0') {
    return ambiguous(called + " is a file or a folder");
  }
  begin(Part::content, header.size);
  return add({.name = std::move(header.name),
              .kind = kind,
              .mode = header.mode,
              .link_target = std::move(header.link),
              .declared_size = header.size},
             content_at);
}

}  // namespace assay
