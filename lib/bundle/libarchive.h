// ArchiveReader: libarchive behind MemberReader, one format at a time and no
// filter. The door to libarchive for tar, cpio and zip.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/format.h"

struct archive;
struct archive_entry;

namespace assay {

struct ArchiveRelease {
  void operator()(archive* handle) const noexcept;
};

/// One of libarchive's archive_read_support_format_* functions.
using EnableFormat = int (*)(archive*);

class ArchiveReader : public MemberReader {
 public:
  ~ArchiveReader() override;
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  Result<std::optional<Entry>> next() final;
  Result<Bytes> read() final;

 protected:
  /// `format` is how messages call it.
  ArchiveReader(std::string_view format, EnableFormat enable);

  Result<void> open_stream(ByteStream& bytes);
  Result<void> open_random(const RandomAccess& bytes);

  /// What the format still has to check of an entry libarchive gave.
  virtual Result<void> check_entry(Entry& entry) = 0;
  /// What the format still has to check behind the last member.
  virtual Result<void> check_end() = 0;

  /// From here in the stream the content of the entry under check must be, byte for
  /// byte, what libarchive gives.
  void expect_content_at(std::optional<std::uint64_t> place) { content_at_ = place; }

  /// Fails as trailing-data unless only zero bytes follow what libarchive used; as
  /// second-archive where they are such as `begins` takes for the start of one.
  Result<void> expect_zeros(bool (*begins)(Bytes head));
  /// The last `count` (at most 1024) bytes libarchive used; fewer if there are fewer.
  Result<std::vector<std::byte>> last_used(std::size_t count);

 private:
  struct Input;
  /// The error of a call that gave `status`. After ARCHIVE_FATAL libarchive may only be
  /// freed (archive_read_data(3)): from then on every call fails with that error.
  Error failed(int status);
  Error error_of(int status);
  static Entry entry_of(archive_entry* found);
  /// How many of the bytes at hand libarchive has not used.
  Result<std::size_t> unread(Bytes at_hand) const;

  std::string_view format_;
  EnableFormat enable_;
  std::unique_ptr<Input> input_;
  std::unique_ptr<archive, ArchiveRelease> archive_;
  std::optional<Error> fatal_{};
  bool sparse_ = false;
  std::uint64_t delivered_ = 0;
  std::optional<std::uint64_t> declared_{};
  std::optional<std::uint64_t> content_at_{};
};

}  // namespace assay
