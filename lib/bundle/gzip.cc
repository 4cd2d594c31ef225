// gzip (RFC 1952) by ISA-L. The header is read here, strictly; deflate data,
// CRC-32 and ISIZE by the library.

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>

#include "bundle/decoder.h"
#include "bundle/names.h"
#include "bundle/signify_comment.h"

namespace assay {
namespace {

constexpr std::string_view kMagic = "\x1f\x8b\x08";
constexpr std::size_t kHeaderMax = std::size_t{256} << 10;
constexpr std::size_t kTrailer = 8;
constexpr std::size_t kPieceMax = std::size_t{1} << 30;  // avail_in is 32 bits wide

enum Flag : unsigned { kHeaderCrc = 2, kExtra = 4, kName = 8, kComment = 16, kReserved = 0xe0 };

bool matches(Bytes head) {
  return as_text(head).starts_with(kMagic);
}

std::string from_latin1(std::string_view text) {
  std::string utf8;
  for (const std::byte byte : as_bytes(text)) {
    const auto c = std::to_integer<unsigned>(byte);
    if (c >= 0x80) utf8 += static_cast<char>(0xc0U | c >> 6U);
    utf8 += static_cast<char>(c < 0x80 ? c : 0x80U | (c & 0x3fU));
  }
  return utf8;
}

class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(ByteStream& packed) : Decoder(packed, "gzip", kMagic) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP_NO_HDR_VER;
  }

  Result<void> read_header() {
    std::array<unsigned, 10> fixed{};
    for (unsigned& value : fixed) value = TRY(header_byte());
    const unsigned flags = fixed[3];
    if (fixed[0] != 0x1f || fixed[1] != 0x8b) return corrupt("no header");
    if (fixed[2] != 8) return unsupported("the method is not deflate");
    if ((flags & kReserved) != 0) return corrupt("reserved header flags are set");
    if ((flags & kExtra) != 0) TRY(skip_extra());
    if ((flags & kName) != 0) TRY(check_name());
    if ((flags & kComment) != 0) TRY(read_comment((flags & ~(kName | kComment)) == 0));
    if ((flags & kHeaderCrc) != 0) TRY(check_header_crc());
    return {};
  }

 private:
  Result<std::size_t> decode(std::span<std::byte> room) override {
    const Bytes all = TRY(input());
    const Bytes bytes = all.first(std::min(all.size(), kPieceMax));
    // ISA-L does not write through next_in.
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes.data()));
    state_->avail_in = static_cast<std::uint32_t>(bytes.size());
    state_->next_out = reinterpret_cast<std::uint8_t*>(room.data());
    state_->avail_out = static_cast<std::uint32_t>(room.size());
    const int status = isal_inflate(state_.get());
    const std::size_t produced = room.size() - state_->avail_out;
    if (status == ISAL_INCORRECT_CHECKSUM) {
      return malformed("checksum-mismatch", "gzip: checksum or length of the content is wrong");
    }
    // On data that is invalid at its very end, ISA-L counts beyond it.
    if (status != ISAL_DECOMP_OK || state_->avail_in > bytes.size()) {
      return corrupt("the deflate data is invalid");
    }
    consume(bytes.size() - state_->avail_in);
    if (state_->block_state == ISAL_BLOCK_FINISH) {
      is_metadata(kTrailer);
      end();
    } else if (bytes.empty() && produced == 0) {
      return truncated();
    }
    return produced;
  }

  /// One byte at a time, so that a header may cross pieces.
  Result<unsigned> header_byte() {
    const Bytes bytes = TRY(input());
    if (bytes.empty()) return truncated();
    if (++header_bytes_ > header_max_) return unsupported("the header is too long");
    const auto value = std::to_integer<unsigned char>(bytes.front());
    header_crc_ = crc32_gzip_refl(header_crc_, &value, 1);
    consume(1, &Ledger::metadata);
    return unsigned{value};
  }

  Result<void> skip_extra() {
    const unsigned low = TRY(header_byte());
    const unsigned length = low | TRY(header_byte()) << 8;
    const std::size_t start = header_bytes_;
    for (unsigned i = 0; i < length; ++i) TRY(header_byte());
    if (length > kUnseenMax) hidden(start, "extra field");
    return {};
  }

  /// Latin-1, ended by NUL.
  Result<std::string> read_text() {
    std::string text;
    for (unsigned c = TRY(header_byte()); c != 0; c = TRY(header_byte())) {
      text += static_cast<char>(c);
    }
    return text;
  }

  /// A comment's lines end with LF.
  void expect_plain(std::string_view text, std::string_view what) {
    const bool plain = std::ranges::none_of(
        text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; });
    if (!plain || text.size() > kUnseenMax) hidden(header_bytes_ - text.size() - 1, what);
  }

  /// One that holds signify's signature is judged with the other signatures.
  Result<void> read_comment(bool may_be_signed) {
    if (may_be_signed) header_max_ += kSignifyCommentMax;
    const std::string text = TRY(read_text());
    const auto signify = may_be_signed && text.size() <= kSignifyCommentMax
                             ? parse_signify_comment(text)
                             : std::nullopt;
    if (signify) {
      is_signature(text.size());
      signed_blocks_ = signify->blocks();
    } else {
      expect_plain(text, "comment");
    }
    return {};
  }

  /// Some programs unpack to the name that stands here: Latin-1 by RFC 1952, 2.3.1, and
  /// whatever the file system had in practice.
  Result<void> check_name() {
    std::string name = TRY(read_text());
    expect_plain(name, "name");
    if (!is_utf8(name)) name = from_latin1(name);
    if (!hidden_) hidden_ = name_fault(name, MemberKind::file, Limits{});
    return {};
  }

  /// Told at the end, so that the content is still looked at.
  void hidden(std::size_t start, std::string_view what) {
    if (hidden_) return;
    hidden_ = malformed("unaccounted-bytes", "gzip: " + std::to_string(header_bytes_ - start) +
                                                 " bytes at " + std::to_string(start) +
                                                 " in the header's " + std::string(what));
  }

  Result<void> check_end() override {
    if (hidden_) return *hidden_;
    const Ledger& used = ledger();
    const std::uint64_t packed =
        used.member + used.metadata + used.signature - std::uint64_t{header_bytes_};
    if (signed_blocks_.value_or(signify_blocks(packed)) == signify_blocks(packed)) return {};
    return malformed("unaccounted-bytes", "gzip: signify's comment has digests of " +
                                              std::to_string(*signed_blocks_) +
                                              " blocks, and there are " +
                                              std::to_string(signify_blocks(packed)));
  }

  Result<void> check_header_crc() {
    const unsigned expected = header_crc_ & 0xffffU;
    const unsigned low = TRY(header_byte());
    if ((low | TRY(header_byte()) << 8) == expected) return {};
    return malformed("checksum-mismatch", "gzip: the header's checksum is wrong");
  }

  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
  std::size_t header_bytes_ = 0;
  std::size_t header_max_ = kHeaderMax;
  std::optional<std::uint64_t> signed_blocks_{};  ///< as signify's comment counts them
  std::uint32_t header_crc_ = 0;
  std::optional<Error> hidden_{};
};

Result<std::unique_ptr<Decoder>> open(ByteStream& packed, const Limits& /*limits*/) {
  auto stream = std::make_unique<GzipDecoder>(packed);
  TRY(stream->read_header());
  return std::unique_ptr<Decoder>(std::move(stream));
}

}  // namespace

extern constinit const Codec gzip_codec = {"gzip", "gz", matches, open};

}  // namespace assay
