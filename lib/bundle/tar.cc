// tar (POSIX.1-2017 pax, ustar, GNU, v7) by libarchive.

#include <archive.h>

#include <algorithm>
#include <array>

#include "bundle/libarchive.h"

namespace assay {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumSize = 8;
constexpr std::size_t kMagicAt = 257;

/// The octal number of a header field, padded with blanks or NUL at either end.
std::optional<std::uint32_t> octal(std::string_view field) {
  while (field.starts_with(' ')) field.remove_prefix(1);
  std::uint32_t value = 0;
  std::size_t digits = 0;
  for (; digits < field.size() && field[digits] >= '0' && field[digits] <= '7'; ++digits) {
    value = value * 8 + static_cast<std::uint32_t>(field[digits] - '0');
  }
  if (digits == 0) return std::nullopt;
  return value;
}

/// True if the header's sum, its own field taken as blanks, is what the field says.
bool has_checksum(Bytes block) {
  const auto stated = octal(as_text(block.subspan(kChecksumAt, kChecksumSize)));
  if (!stated) return false;
  std::uint32_t sum = kChecksumSize * 0x20U;
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (i < kChecksumAt || i >= kChecksumAt + kChecksumSize) {
      sum += std::to_integer<std::uint32_t>(block[i]);
    }
  }
  return sum == *stated;
}

bool matches(Bytes head) {
  if (head.size() > kMagicAt + 5 && as_text(head).substr(kMagicAt, 5) == "ustar") return true;
  return head.size() >= kBlock && head[0] != std::byte{0} && has_checksum(head.first(kBlock));
}

class TarReader final : public ArchiveReader {
 public:
  TarReader() : ArchiveReader("tar", archive_read_support_format_tar) {}
  Result<void> open(ByteStream& bytes) { return open_stream(bytes); }

 private:
  Result<void> check_entry(Entry& entry) override {
    // A v7 or unknown type flag is a file to every unpacker.
    if (entry.kind == MemberKind::other) entry.kind = MemberKind::file;
    return {};
  }

  /// The end mark must be there: a tar cut at a member's border looks whole otherwise.
  Result<void> check_end() override {
    const auto last = TRY(last_used(kBlock));
    const bool marked = last.size() == kBlock && std::ranges::all_of(last, [](std::byte b) {
                          return b == std::byte{0};
                        });
    if (!marked) return malformed("truncated", "the tar has no end mark");
    return expect_zeros();
  }
};

Result<std::unique_ptr<MemberReader>> open(ByteStream& bytes, const Limits& /*limits*/) {
  auto reader = std::make_unique<TarReader>();
  TRY(reader->open(bytes));
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container tar_container = {"tar", matches, open, nullptr};

}  // namespace assay
