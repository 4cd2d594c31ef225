#include "bundle/tar_index.h"

#include <algorithm>
#include <charconv>

namespace assay {
namespace {

constexpr std::uint64_t kExtensionMax = std::uint64_t{1} << 20;
/// libarchive is never this far behind unless it reads another archive than we do.
constexpr std::size_t kAheadMax = 65536;

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "tar: " + std::string(why));
}
Error ambiguous(std::string_view why) {
  return malformed("ambiguous-type", "tar: " + std::string(why));
}
Error differs() {
  return ambiguous("two readers see different members");
}

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

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

/// Kinds whose content some programs pass over, some unpack and some read as headers.
std::optional<Error> kind_fault(const TarHeader& header) {
  if (header.type == 'S') {
    return undecided("unsupported-feature", "tar: a member is stored sparse");
  }
  const bool known = is_file(header.type) || (header.type >= '1' && header.type <= '6');
  if (!known) {
    return ambiguous("'" + printable(header.name) + "' is of the kind '" +
                     printable({&header.type, 1}) + "' that not every program knows");
  }
  if (kind_of(header) != MemberKind::file && header.size != 0) {
    return ambiguous("'" + printable(header.name) + "' is no file and has content");
  }
  return std::nullopt;
}

}  // namespace

Result<Bytes> TarIndex::next() {
  const Bytes piece = TRY(from_.next());
  Bytes rest = piece;
  while (!rest.empty() && !fault_) {
    const auto used = step(rest);
    if (used) {
      rest = rest.subspan(*used);
    } else {
      fault_ = used.error();
    }
  }
  return piece;
}

Result<std::size_t> TarIndex::step(Bytes piece) {
  if (part_ == Part::end) {
    if (is_zero(piece)) return piece.size();
    return malformed("trailing-data", "bytes other than zero follow the end of the tar");
  }
  if (part_ == Part::header) {
    const std::size_t count = std::min(piece.size(), kTarBlock - filled_);
    std::copy_n(piece.begin(), count, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += count;
    if (filled_ == kTarBlock) TRY(on_header());
    return count;
  }
  if (part_ == Part::padding) {
    const std::size_t count = std::min(piece.size(), padding_);
    if (!is_zero(piece.first(count))) {
      return malformed("trailing-data", "tar: bytes stand between two members");
    }
    padding_ -= count;
    if (padding_ == 0) part_ = Part::header;
    return count;
  }
  const std::size_t count = std::min<std::uint64_t>(piece.size(), left_);
  if (part_ == Part::extension) body_ += as_text(piece.first(count));
  left_ -= count;
  if (left_ == 0) {
    if (part_ == Part::extension) TRY(end_extension());
    part_ = padding_ == 0 ? Part::header : Part::padding;
  }
  return count;
}

void TarIndex::begin(Part part, std::uint64_t size) {
  left_ = size;
  padding_ = (kTarBlock - size % kTarBlock) % kTarBlock;
  part_ = size == 0 ? Part::header : part;
}

Result<void> TarIndex::on_header() {
  filled_ = 0;
  if (is_zero(block_)) {
    if (pax_ || long_name_ || long_link_) return corrupt("an extended header has no member");
    part_ = Part::end;
    return {};
  }
  TarHeader header = TRY(read_tar_header(block_));
  switch (header.type) {
    case 'x':
    case 'g':
    case 'L':
    case 'K': return begin_extension(header);
    default: return on_member(std::move(header));
  }
}

/// GNU names may stand before a pax header of another matter; any other mixture is
/// read differently by different programs.
Result<void> TarIndex::begin_extension(const TarHeader& header) {
  const bool again = (header.type == 'L' && long_name_) || (header.type == 'K' && long_link_);
  const bool global_between = header.type == 'g' && (long_name_ || long_link_);
  if (pax_ || again || global_between) return ambiguous("extended headers are mixed");
  if (header.size > kExtensionMax) {
    return undecided("unsupported-feature", "tar: an extended header over 1 MiB");
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
  body_.resize(end);
  (extension_ == 'L' ? long_name_ : long_link_) = std::exchange(body_, {});
  return {};
}

Result<void> TarIndex::apply_extensions(TarHeader& header) {
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
  if (header.size != 0 && header.size != size) {
    return ambiguous("'" + printable(header.name) + "' has two sizes");
  }
  header.size = size;
  return {};
}

Result<void> TarIndex::on_member(TarHeader header) {
  TRY(apply_extensions(header));
  if (auto fault = kind_fault(header)) return std::move(*fault);
  if (ahead_.size() == kAheadMax) return differs();
  begin(Part::content, header.size);
  ahead_.push_back(std::move(header));
  return {};
}

Result<void> TarIndex::agree(const Entry& seen) {
  if (fault_) return {};
  if (ahead_.empty()) return differs();
  const TarHeader here = std::move(ahead_.front());
  ahead_.pop_front();
  const MemberKind kind = kind_of(here);
  const bool is_link = kind == MemberKind::symlink || kind == MemberKind::hardlink;
  if (seen.name != here.name || seen.kind != kind ||
      seen.declared_size.value_or(0) != here.size ||
      (is_link && seen.link_target != here.link)) {
    return differs();
  }
  return {};
}

Result<void> TarIndex::finish() const {
  if (fault_) return *fault_;
  if (!ahead_.empty()) return differs();
  if (part_ != Part::end) return malformed("truncated", "the tar has no end mark");
  return {};
}

}  // namespace assay
