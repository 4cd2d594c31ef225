// ArReader: the ar format, read by our own strict reader (ar(5) as GNU and BSD
// write it): sixty bytes of header a member, every byte of the file accounted
// for. deb is built on it.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/stream.h"

namespace assay {

constexpr std::string_view kArMagic = "!<arch>\n";
constexpr std::size_t kArHeaderSize = 60;

/// A member's header. The name is as it stands there, without the blanks behind it.
struct ArHeader {
  std::string name{};
  std::uint32_t mode = 0;
  std::uint64_t size = 0;
};

/// Fails as malformed.
Result<ArHeader> parse_ar_header(Bytes bytes);

/// The name of a member that has it in its header, without GNU's slash at the end. Fails as
/// malformed where a name stands elsewhere or could be a path.
Result<std::string> plain_ar_name(std::string_view name);

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
  Result<void> finish_member();
  Result<std::optional<ArHeader>> read_header();
  Result<std::string> take_text(std::uint64_t size, std::uint64_t& counter);
  Entry entry_of(ArHeader header) const;
  Result<void> resolve_name(ArHeader& header);

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
