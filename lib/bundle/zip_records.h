// The records of a zip (APPNOTE 6.3.10, 4.3), for those who read them: signatures,
// sizes of the fixed parts, and how their faults are told. Private to zip_*.cc.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bundle/stream.h"
#include "bundle/zip_index.h"

namespace assay::zip {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint32_t kDescriptorSignature = 0x08074b50;
constexpr std::string_view kEndMagic = "PK\x05\x06";
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kCommentMax = 0xffff;
constexpr std::uint32_t kMissing32 = 0xffffffff;  ///< the field stands in a zip64 field

enum Flag : unsigned {
  kEncrypted = 1U,
  kDescribed = 1U << 3,  ///< checksum and sizes stand behind the data
  kUnicode = 1U << 11,
};

inline Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "zip: " + std::string(why));
}
inline Error ambiguous(std::string_view why) {
  return malformed("ambiguous-type", "zip: " + std::string(why));
}
inline Error unsupported(std::string_view why) {
  return undecided("unsupported-feature", "zip: " + std::string(why));
}

/// Fails as truncated if they are not all there.
Result<std::vector<std::byte>> read_exactly(const RandomAccess& zip, std::uint64_t offset,
                                            std::uint64_t count);

/// Where the central directory is, by the end records.
struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  ///< as the end record has it; a stub before the zip shifts it
  std::uint64_t end = 0;     ///< the end records begin here
  std::uint64_t start() const { return end - size; }
};

/// Fails if the end record is not the end of the file, or another could be taken for it.
Result<Directory> find_directory(const RandomAccess& zip);

/// The members as the directory has them, in its order. Fails if their count is not the
/// end record's, or over `most` (limit-members).
Result<std::vector<ZipMember>> read_directory(const RandomAccess& zip,
                                              const Directory& directory, std::uint64_t most);

/// Every byte before the directory belongs to one member, and its local header says the
/// same as the directory. `members` by place.
Result<void> check_locals(const RandomAccess& zip, const std::vector<ZipMember>& members,
                          const Directory& directory);

/// What one header's extra fields say that bears on the member.
struct Extra {
  std::optional<Bytes> wide{};  ///< the zip64 field
};

/// Fields one behind the other, none twice; behind them at most three zeros, as zipalign
/// leaves them. Fails on those that give the member another name, kind or content.
Result<Extra> read_extra(Bytes extra, const ZipMember& member);

/// Bytes nobody unpacks, and where some program would find a record or an archive.
bool hides_something(Bytes unseen);

/// Why no two programs would unpack the member alike, by what the directory says of its
/// name and kind. Folders and devices with content are told by the walk, one by one.
Result<void> check_kind(const ZipMember& member);

}  // namespace assay::zip
