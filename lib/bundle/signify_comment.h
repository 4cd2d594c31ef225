// What signify -z writes into the comment of a gzip header: a signature, and under it
// digests of the compressed bytes that follow. Not in any specification; as zsig.c of
// OpenBSD's signify writes and reads it.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay {

/// Points into the comment.
struct SignifyComment {
  std::string_view signature{};  ///< two lines: a comment nobody signs, and base64
  std::string_view message{};    ///< what is signed: all that follows
  std::string_view date{};       ///< as its signer claims
  std::string_view digests{};    ///< a line for each block, in lower-case hex

  std::uint64_t blocks() const { return digests.size() / kDigestLine; }
  /// The digest of that block, 64 digits.
  std::string_view digest(std::uint64_t block) const {
    return digests.substr(block * kDigestLine, kDigestLine - 1);
  }

  static constexpr std::size_t kDigestLine = 65;
};

/// Each digest is SHA-512/256 of so many bytes behind the header, the last of fewer.
constexpr std::uint64_t kSignifyBlock = 65536;
/// What a comment of this kind may have; enough for four gigabytes behind it.
constexpr std::size_t kSignifyCommentMax = std::size_t{4} << 20;
constexpr std::string_view kSignifyCommentBegin = "untrusted comment: ";

/// How many digests a file of `size` bytes behind the header has.
constexpr std::uint64_t signify_blocks(std::uint64_t size) {
  return size / kSignifyBlock + (size % kSignifyBlock == 0 ? 0 : 1);
}

/// Nothing if the comment is not of exactly this form.
std::optional<SignifyComment> parse_signify_comment(std::string_view comment);

}  // namespace assay
