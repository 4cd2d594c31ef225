// ArReader: the ar format, read by our own strict reader (ar(5) as GNU and BSD
// write it): sixty bytes of header a member, every byte of the file accounted
// for. deb is built on it.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bundle/stream.h"

namespace assay {

class ArReader final : public MemberReader {
 public:
  /// `any`: GNU and BSD long names too; `plain`: what stands in the header and no more.
  enum class Names { any, plain };
  explicit ArReader(ByteStream& bytes, Names names = Names::any)
      : cursor_(bytes), names_allowed_(names) {}

  Result<void> read_magic();
  Result<std::optional<Entry>> next() override;
  Result<Bytes> read() override;
  Ledger ledger() const override { return ledger_; }

 private:
  struct Header {
    std::string name{};
    std::uint32_t mode = 0;
    std::uint64_t size = 0;
  };

  Result<void> finish_member();
  Result<std::optional<Header>> read_header();
  Result<std::string> take_text(std::uint64_t size, std::uint64_t& counter);
  Result<void> resolve_name(Header& header);

  Cursor cursor_;
  const Names names_allowed_;
  Ledger ledger_{};
  std::uint64_t left_ = 0;  ///< of the current member
  bool padded_ = false;     ///< a newline follows it
  /// The first one met; Go's tools write NUL. Any mixture could say something.
  std::optional<char> padding_{};
  std::string names_{};   ///< GNU table of long names
  std::string stored_{};  ///< the table itself, given as a member
  bool give_stored_ = false;
  bool named_ = false;  ///< a member that is no table was met
};

}  // namespace assay
