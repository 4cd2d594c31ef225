// ArReader: the ar format, read by our own strict reader (ar(5) as GNU and BSD
// write it): sixty bytes of header a member, every byte of the file accounted
// for. deb is built on it.

#pragma once

#include <memory>
#include <string>

#include "bundle/stream.h"

namespace assay {

class ArReader final : public MemberReader {
 public:
  explicit ArReader(ByteStream& bytes) : cursor_(bytes) {}

  Result<void> read_magic();
  Result<std::optional<Entry>> next() override;
  Result<Bytes> read() override;

 private:
  struct Header {
    std::string name{};
    std::uint32_t mode = 0;
    std::uint64_t size = 0;
  };

  Result<void> finish_member();
  Result<std::optional<Header>> read_header();
  Result<std::string> take_text(std::uint64_t size);
  Result<void> resolve_name(Header& header);

  Cursor cursor_;
  std::uint64_t left_ = 0;  ///< of the current member
  bool padded_ = false;     ///< a newline follows it
  std::string names_{};     ///< GNU table of long names
  std::string stored_{};    ///< the table itself, given as a member
  bool give_stored_ = false;
};

}  // namespace assay
