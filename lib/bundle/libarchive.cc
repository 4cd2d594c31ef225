#include "bundle/libarchive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>

#include "bundle/stream_index.h"
#include "bundle/unicode.h"

namespace assay {
namespace {

constexpr std::size_t kRandomChunk = std::size_t{1} << 20;
constexpr std::size_t kKept = 1024;
constexpr std::size_t kHead = 512;

MemberKind kind_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return MemberKind::hardlink;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG: return MemberKind::file;
    case AE_IFDIR: return MemberKind::directory;
    case AE_IFLNK: return MemberKind::symlink;
    case AE_IFCHR:
    case AE_IFBLK:
    case AE_IFIFO:
    case AE_IFSOCK: return MemberKind::device;
    default: return MemberKind::other;
  }
}

std::string text_or_empty(const char* text) {
  return text == nullptr ? "" : text;
}

/// What a member asks for beyond its mode: attributes of the name spaces that grant
/// something (capabilities(7), acl(5)), and owners that no system has.
std::string rights_of(archive_entry* entry) {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  archive_entry_xattr_reset(entry);
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    const std::string_view attribute = name == nullptr ? "" : name;
    if (attribute == "security.capability") return "file capabilities";
    if (attribute.starts_with("system.posix_acl")) return "an access control list";
    if (attribute.starts_with("trusted.")) return "an attribute of the superuser's";
  }
  if ((archive_entry_acl_types(entry) & ~ARCHIVE_ENTRY_ACL_TYPE_ACCESS) != 0 ||
      archive_entry_acl_count(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS) > 0) {
    return "an access control list";
  }
  const auto odd = [](la_int64_t id) { return id < 0 || id > la_int64_t{0xffff'ffff}; };
  if (odd(archive_entry_uid(entry)) || odd(archive_entry_gid(entry))) {
    return "an owner whose number no system has";
  }
  // Listings print them.
  if (has_unseen(text_or_empty(archive_entry_uname(entry))) ||
      has_unseen(text_or_empty(archive_entry_gname(entry)))) {
    return "an owner whose name is not text";
  }
  return {};
}

/// libarchive tells kinds of failure apart by its messages only.
struct MessageCode {
  std::string_view part;
  std::string_view code;
};
constexpr MessageCode kMessages[] = {
    {"runcated", "truncated"},
    {"bad CRC", "checksum-mismatch"},
    {"checksum error", "checksum-mismatch"},
    {"is wrong size", "size-mismatch"},
    {"can't be converted", "unsafe-name"},
};
constexpr std::string_view kUnsupported[] = {"nsupported", "not supported", "ncrypted"};

}  // namespace

void ArchiveRelease::operator()(archive* handle) const noexcept {
  archive_read_free(handle);
}

/// Where libarchive's bytes come from, and what is known about how far it got.
struct ArchiveReader::Input {
  ByteStream* stream = nullptr;
  const RandomAccess* random = nullptr;
  std::uint64_t position = 0;       ///< bytes handed out, or the place in `random`
  Bytes chunk{};                    ///< the last piece handed out
  std::vector<std::byte> before{};  ///< up to kKept bytes that stood before it
  std::vector<std::byte> buffer{};  ///< for `random`
  std::optional<Error> failure{};

  void keep() {
    const Bytes tail = chunk.last(std::min(kKept, chunk.size()));
    before.insert(before.end(), tail.begin(), tail.end());
    if (before.size() > kKept) {
      before.erase(before.begin(), before.end() - std::ptrdiff_t{kKept});
    }
  }

  /// All that is still in sight, in order.
  std::vector<std::byte> at_hand() const {
    std::vector<std::byte> bytes = before;
    bytes.insert(bytes.end(), chunk.begin(), chunk.end());
    return bytes;
  }

  /// True if the stream has these very bytes at `place`. They are its own memory, unless
  /// libarchive had to join pieces.
  bool holds(std::uint64_t place, Bytes data) const {
    const std::uint64_t start = position - chunk.size();
    if (place > position || data.size() > position - place) return false;
    if (place >= start && data.data() == chunk.data() + (place - start)) return true;
    if (place + before.size() < start) return false;
    const std::size_t early = place < start ? std::min(data.size(), start - place) : 0;
    const Bytes late = data.subspan(early);
    const Bytes old = Bytes(before).last(place < start ? start - place : 0);
    return std::ranges::equal(data.first(early), old.first(early)) &&
           (late.empty() ||
            std::ranges::equal(late, chunk.subspan(place + early - start, late.size())));
  }

  Result<Bytes> pull() {
    if (random == nullptr) return stream->next();
    buffer.resize(kRandomChunk);
    const std::size_t count = TRY(random->read_at(position, buffer));
    return Bytes(buffer).first(count);
  }

  Result<Bytes> advance() {
    keep();
    chunk = TRY(pull());
    position += chunk.size();
    return chunk;
  }

  static la_ssize_t read(archive* handle, void* self, const void** data) {
    auto* const input = static_cast<Input*>(self);
    const auto piece = input->advance();
    if (!piece) {
      input->failure = piece.error();
      archive_set_error(handle, EIO, "the input failed");
      return -1;
    }
    *data = piece->data();
    return static_cast<la_ssize_t>(piece->size());
  }

  static la_int64_t seek(archive* /*handle*/, void* self, la_int64_t offset, int whence) {
    auto* const input = static_cast<Input*>(self);
    const auto size = static_cast<la_int64_t>(input->random->size());
    la_int64_t from = 0;
    if (whence == SEEK_CUR) from = static_cast<la_int64_t>(input->position);
    if (whence == SEEK_END) from = size;
    la_int64_t target = 0;
    if (__builtin_add_overflow(from, offset, &target) || target < 0) return ARCHIVE_FATAL;
    input->position = static_cast<std::uint64_t>(std::min(target, size));
    return static_cast<la_int64_t>(input->position);
  }

  static la_int64_t skip(archive* handle, void* self, la_int64_t count) {
    auto* const input = static_cast<Input*>(self);
    const std::uint64_t before_skip = input->position;
    if (count <= 0 || seek(handle, self, count, SEEK_CUR) < 0) return 0;
    return static_cast<la_int64_t>(input->position - before_skip);
  }
};

ArchiveReader::ArchiveReader(std::string_view format, EnableFormat enable)
    : format_(format),
      enable_(enable),
      input_(std::make_unique<Input>()),
      archive_(archive_read_new()) {}

ArchiveReader::~ArchiveReader() = default;

Result<void> ArchiveReader::open_stream(ByteStream& bytes) {
  input_->stream = &bytes;
  if (archive_ == nullptr) return undecided("limit-decoder-memory", "no memory for a reader");
  int status = enable_(archive_.get());
  if (status == ARCHIVE_OK) {
    status = archive_read_open2(archive_.get(), input_.get(), nullptr, Input::read, nullptr,
                                nullptr);
  }
  if (status != ARCHIVE_OK) return failed(status);
  return {};
}

Result<void> ArchiveReader::open_random(const RandomAccess& bytes) {
  input_->random = &bytes;
  if (archive_ == nullptr) return undecided("limit-decoder-memory", "no memory for a reader");
  int status = enable_(archive_.get());
  if (status == ARCHIVE_OK) {
    archive_read_set_read_callback(archive_.get(), Input::read);
    archive_read_set_skip_callback(archive_.get(), Input::skip);
    archive_read_set_seek_callback(archive_.get(), Input::seek);
    archive_read_set_callback_data(archive_.get(), input_.get());
    status = archive_read_open1(archive_.get());
  }
  if (status != ARCHIVE_OK) return failed(status);
  return {};
}

Error ArchiveReader::failed(int status) {
  Error error = error_of(status);
  if (status == ARCHIVE_FATAL) fatal_ = error;
  return error;
}

Error ArchiveReader::error_of(int status) {
  if (input_->failure) return *input_->failure;
  const std::string message = text_or_empty(archive_error_string(archive_.get()));
  const std::string what = std::string(format_) + ": " + printable(message);
  if (archive_errno(archive_.get()) == ENOMEM) return undecided("limit-decoder-memory", what);
  for (const std::string_view part : kUnsupported) {
    if (message.find(part) != std::string::npos) return undecided("unsupported-feature", what);
  }
  for (const MessageCode& row : kMessages) {
    if (message.find(row.part) != std::string::npos) {
      return malformed(std::string(row.code), what);
    }
  }
  // A warning too means that the bytes are not what the format says.
  return malformed("corrupt-stream", status == ARCHIVE_WARN ? what + " (warning)" : what);
}

Entry ArchiveReader::entry_of(archive_entry* found) {
  Entry entry;
  entry.name = text_or_empty(archive_entry_pathname(found));
  entry.kind = kind_of(found);
  entry.mode = archive_entry_perm(found);
  entry.link_target =
      text_or_empty(entry.kind == MemberKind::hardlink ? archive_entry_hardlink(found)
                                                       : archive_entry_symlink(found));
  if (archive_entry_size_is_set(found) != 0) {
    entry.declared_size = static_cast<std::uint64_t>(archive_entry_size(found));
  }
  entry.encrypted = archive_entry_is_encrypted(found) != 0;
  entry.rights = rights_of(found);
  return entry;
}

Result<std::optional<Entry>> ArchiveReader::next() {
  if (fatal_) return *fatal_;
  archive_entry* found = nullptr;
  const int status = archive_read_next_header(archive_.get(), &found);
  if (status == ARCHIVE_EOF) {
    TRY(check_end());
    return std::optional<Entry>{};
  }
  if (status != ARCHIVE_OK) return failed(status);
  if (archive_entry_size_is_set(found) != 0 && archive_entry_size(found) < 0) {
    return malformed("size-mismatch", std::string(format_) + ": a member's size is negative");
  }
  Entry entry = entry_of(found);
  content_at_.reset();
  TRY(check_entry(entry));
  sparse_ = archive_entry_sparse_reset(found) > 0;
  delivered_ = 0;
  declared_ = entry.declared_size;
  return std::optional<Entry>(std::move(entry));
}

Result<Bytes> ArchiveReader::read() {
  if (fatal_) return *fatal_;
  if (sparse_) return undecided("unsupported-feature", "the member is stored sparse");
  const void* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  int status = ARCHIVE_OK;
  while (status == ARCHIVE_OK && size == 0) {
    status = archive_read_data_block(archive_.get(), &data, &size, &offset);
  }
  if (status == ARCHIVE_EOF) {
    if (!declared_ || *declared_ == delivered_) return Bytes{};
    return malformed("size-mismatch", std::to_string(delivered_) + " bytes delivered, " +
                                          std::to_string(*declared_) + " declared");
  }
  if (status != ARCHIVE_OK) return failed(status);
  if (static_cast<std::uint64_t>(offset) != delivered_) {
    return undecided("unsupported-feature", "the member is stored with holes");
  }
  const Bytes piece(static_cast<const std::byte*>(data), size);
  if (content_at_ && !input_->holds(*content_at_ + delivered_, piece)) {
    return malformed("ambiguous-type",
                     std::string(format_) + ": two readers see different content");
  }
  delivered_ += size;
  return piece;
}

Result<std::size_t> ArchiveReader::unread(Bytes at_hand) const {
  const auto used = static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), 0));
  const std::uint64_t count = input_->position - used;
  if (used <= input_->position && count <= at_hand.size()) return count;
  return fail(Error::Kind::internal, "libarchive's position is out of sight");
}

Result<std::vector<std::byte>> ArchiveReader::last_used(std::size_t count) {
  std::vector<std::byte> bytes = input_->at_hand();
  bytes.resize(bytes.size() - TRY(unread(bytes)));
  if (bytes.size() > count) {
    bytes.erase(bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(count));
  }
  return bytes;
}

Result<void> ArchiveReader::expect_zeros(bool (*begins)(Bytes head)) {
  const std::vector<std::byte> at_hand = input_->at_hand();
  Bytes piece = Bytes(at_hand).last(TRY(unread(at_hand)));
  std::vector<std::byte> head;  // from the first byte that is not zero, as much as tells
  do {
    if (head.empty()) piece = piece.subspan(leading_zeros(piece));
    const Bytes more = piece.first(std::min(piece.size(), kHead - head.size()));
    head.insert(head.end(), more.begin(), more.end());
    if (head.size() == kHead) break;
    piece = TRY(input_->advance());
  } while (!piece.empty());
  if (head.empty()) return {};
  const std::string format(format_);
  if (begins(head)) {
    return malformed("second-archive", "a second " + format + " follows the end of the first");
  }
  return malformed("trailing-data",
                   "bytes other than zero follow the last " + format + " member");
}

}  // namespace assay
