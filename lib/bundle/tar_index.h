// TarIndex: a second opinion on a tar. It reads the headers as the bytes pass to
// libarchive, keeps nothing but what libarchive has not come to yet, and refuses
// what two unpackers would read differently.

#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>

#include "bundle/format.h"
#include "bundle/tar_header.h"

namespace assay {

class TarIndex final : public ByteStream {
 public:
  /// `from` must outlive it.
  explicit TarIndex(ByteStream& from) : from_(from) {}

  /// The bytes of `from`, unchanged. What is wrong with them is told by finish(), so
  /// that all libarchive can read is still looked at.
  Result<Bytes> next() override;

  /// Fails as ambiguous-type unless `seen`, in its turn, is what stands here.
  Result<void> agree(const Entry& seen);
  /// At the end of the stream: what was found wrong on the way, or is missing.
  Result<void> finish() const;

 private:
  enum class Part { header, extension, content, padding, end };

  Result<std::size_t> step(Bytes piece);
  Result<void> on_header();
  Result<void> begin_extension(const TarHeader& header);
  Result<void> end_extension();
  Result<void> on_member(TarHeader header);
  Result<void> apply_extensions(TarHeader& header);
  void begin(Part part, std::uint64_t size);

  ByteStream& from_;
  Part part_ = Part::header;
  std::array<std::byte, kTarBlock> block_{};
  std::size_t filled_ = 0;                  ///< of block_
  std::uint64_t left_ = 0;                  ///< of the extension or content
  std::size_t padding_ = 0;                 ///< behind it
  char extension_ = '\0';                   ///< type of the one being read
  std::string body_{};                      ///< of it
  std::optional<PaxRecords> pax_{};         ///< for the next member
  std::optional<std::string> long_name_{};  ///< GNU L
  std::optional<std::string> long_link_{};  ///< GNU K
  std::deque<TarHeader> ahead_{};           ///< libarchive has not come to these yet
  std::optional<Error> fault_{};
};

}  // namespace assay
