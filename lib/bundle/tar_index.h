// TarIndex: our own reading of a tar's headers, which refuses what two unpackers
// would read differently.

#pragma once

#include <array>
#include <optional>
#include <string>

#include "bundle/stream_index.h"
#include "bundle/tar_header.h"

namespace assay {

class TarIndex final : public StreamIndex {
 public:
  /// `from` must outlive it.
  explicit TarIndex(ByteStream& from) : StreamIndex(from, "tar") {}

 private:
  enum class Part { header, extension, content, padding, end };

  Result<std::size_t> step(Bytes piece) override;
  Result<void> check_end() const override;
  Result<std::size_t> take_header(Bytes piece);
  Result<std::size_t> take_body(Bytes piece);
  Result<std::size_t> take_padding(Bytes piece);
  Result<std::size_t> take_end(Bytes piece);
  Result<void> on_header(std::uint64_t end);
  Result<void> begin_extension(const TarHeader& header);
  Result<void> end_extension();
  Result<void> on_member(TarHeader header, std::uint64_t content_at);
  Result<void> apply_extensions(TarHeader& header);
  void begin(Part part, std::uint64_t size);

  Part part_ = Part::header;
  std::array<std::byte, kTarBlock> block_{};
  std::size_t filled_ = 0;                  ///< of block_
  std::uint64_t left_ = 0;                  ///< of the extension or content
  std::size_t padding_ = 0;                 ///< behind it
  std::uint64_t end_ = 0;                   ///< zeros at the end, so far
  std::uint64_t extended_ = 0;              ///< bytes of extensions since the last member
  char extension_ = '\0';                   ///< type of the one being read
  std::string body_{};                      ///< of it
  std::optional<PaxRecords> pax_{};         ///< for the next member
  std::optional<std::string> long_name_{};  ///< GNU L
  std::optional<std::string> long_link_{};  ///< GNU K
};

}  // namespace assay
