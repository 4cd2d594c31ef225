// signify-gzip: what `signify -S -z` makes, a gzip whose header holds a signature over
// digests of all that follows the header. signing.md 3.1b.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "bundle/signify_comment.h"
#include "trust/formats.h"
#include "trust/signify.h"

namespace assay {
namespace {

constexpr std::size_t kFixed = 10;  // bytes of a header before its name
constexpr std::size_t kPiece = std::size_t{64} << 10;
enum Flag : unsigned { kName = 8, kComment = 16 };

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

/// Up to `size` bytes from `offset` on.
Result<std::string> read_some(const SignedFile& file, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  const auto room = std::as_writable_bytes(std::span<char>(bytes));
  std::size_t have = 0;
  while (have < size) {
    const std::size_t count = TRY(file.read_at(offset + have, room.subspan(have)));
    if (count == 0) break;
    have += count;
  }
  bytes.resize(have);
  return bytes;
}

/// The text from `offset` to the next NUL; nothing if none comes in `most` bytes.
Result<std::optional<std::string>> read_text(const SignedFile& file, std::uint64_t offset,
                                             std::size_t most) {
  std::string text;
  while (text.size() <= most) {
    const std::string piece = TRY(read_some(file, offset + text.size(), kPiece));
    const std::size_t end = piece.find('\0');
    text.append(piece, 0, end);
    if (end != piece.npos) return text.size() <= most ? std::optional(text) : std::nullopt;
    if (piece.empty()) break;
  }
  return std::optional<std::string>();
}

/// What signify writes there: no time, any effort, Unix. Anything else could say something.
bool is_plain(std::string_view fixed) {
  const unsigned effort = byte_at(fixed, 8);
  return fixed.substr(4, 4) == std::string_view("\0\0\0\0", 4) && effort <= 4 &&
         effort % 2 == 0 && byte_at(fixed, 9) == 3;
}

/// Where the comment of a header that signify could have written begins; nothing otherwise.
Result<std::optional<std::uint64_t>> comment_begin(const SignedFile& bundle,
                                                   std::string_view fixed) {
  const bool gzip = fixed.size() == kFixed && fixed.starts_with("\x1f\x8b\x08");
  const unsigned flags = gzip ? byte_at(fixed, 3) : 0;
  if ((flags & kComment) == 0 || (flags & ~unsigned{kName | kComment}) != 0) {
    return std::optional<std::uint64_t>();
  }
  std::uint64_t begin = kFixed;
  if ((flags & kName) != 0) {
    const auto name = TRY(read_text(bundle, begin, kSignifyCommentMax));
    if (!name) return std::optional<std::uint64_t>();
    begin += name->size() + 1;
  }
  const std::string word = TRY(read_some(bundle, begin, kSignifyCommentBegin.size()));
  return word == kSignifyCommentBegin ? std::optional(begin) : std::nullopt;
}

Result<std::vector<EmbeddedSignature>> find(const SignedFile& bundle) {
  const std::string fixed = TRY(read_some(bundle, 0, kFixed));
  const auto begin = TRY(comment_begin(bundle, fixed));
  if (!begin) return std::vector<EmbeddedSignature>();
  const auto comment = TRY(read_text(bundle, *begin, kSignifyCommentMax));
  if (!comment) {
    return undecided("limit-signature-bytes",
                     fmt::format("signify's comment in the gzip header is larger than {} bytes",
                                 kSignifyCommentMax));
  }
  const std::uint64_t end = *begin + comment->size();
  EmbeddedSignature found{.place = {{*begin, comment->size()}},
                          .message = {{end + 1, bundle.size() - end - 1}},
                          .container = {{0, is_plain(fixed) ? kFixed : 4}, {end, 1}}};
  return std::vector{std::move(found)};
}

/// Why the file is not what the digests are of; empty if it is.
Result<std::string> mismatch(const SignifyComment& comment, const SignedFile& file) {
  if (comment.blocks() != signify_blocks(file.size())) {
    return fmt::format("{} blocks were signed, and the file has {}", comment.blocks(),
                       signify_blocks(file.size()));
  }
  for (std::uint64_t i = 0; i < comment.blocks(); ++i) {
    const std::string block = TRY(read_some(file, i * kSignifyBlock, kSignifyBlock));
    if (to_hex(digest(HashAlgorithm::sha512_256, as_bytes(block))) == comment.digest(i)) {
      continue;
    }
    return fmt::format("block {} of {} behind the header is not what was signed", i + 1,
                       comment.blocks());
  }
  return std::string();
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  const std::string& bytes = question.sidecar.bytes;
  const auto comment = parse_signify_comment(bytes);
  if (!comment) {
    return malformed("sidecar-malformed",
                     "the comment in the gzip header is none that signify writes");
  }
  Signature answer = TRY(judge_signify_message(TRY(parse_signify_signature(bytes)), question));
  answer.content = nullptr;
  if (!answer.reason.empty()) return std::vector{std::move(answer)};
  if (std::string why = TRY(mismatch(*comment, question.file)); !why.empty()) {
    refuse(answer, "bad-signature", std::move(why));
    return std::vector{std::move(answer)};
  }
  answer.covered = whole_of(question.file);
  answer.claimed_time = from_rfc3339(comment->date);
  // signify -n writes the beginning of the epoch where it was told to say nothing.
  if (answer.claimed_time && answer.claimed_time->seconds == 0) answer.claimed_time.reset();
  return std::vector{std::move(answer)};
}

}  // namespace

extern const EmbeddedFormat signify_gzip_format = {
    .name = "signify-gzip", .find = find, .verify = verify};

}  // namespace assay
