// rpm (rpm-format: lead, signature header, header, payload). Scripts and the header's
// values are members beside the payload, so that the scan sees them.

#include <algorithm>
#include <array>

#include "bundle/rpm_files.h"
#include "bundle/stream.h"
#include "bundle/stream_index.h"
#include "crypto/digest.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMagic = "\xed\xab\xee\xdb";
constexpr std::size_t kLead = 96;
constexpr std::size_t kNameAt = 10;
constexpr std::size_t kNameSize = 66;
constexpr std::uint32_t kSignatureRegion = 62;
constexpr std::uint32_t kHeaderRegion = 63;

// Of the signature header; the numbers mean something else in the other.
constexpr std::uint32_t kLongSize = 270;
constexpr std::uint32_t kHeaderSha256 = 273;
constexpr std::uint32_t kSize = 1000;
constexpr std::uint32_t kReserved[] = {999, 1008};
/// All that any rpm wrote there: it is under no signature itself (CVE-2021-20271).
constexpr std::uint32_t kSignatureTags[] = {62,   257,  264,  265,  267,  268,  269,  270, 271,
                                            273,  274,  275,  276,  277,  278,  279,  999, 1000,
                                            1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008};
// Of the header.
constexpr std::uint32_t kPayloadFormat = 1124;
constexpr std::uint32_t kPayloadCompressor = 1125;
constexpr std::uint32_t kPayloadDigest = 5092;
constexpr std::uint32_t kPayloadAlgorithm = 5093;

/// The scripts of a kind, and what runs each: an interpreter, or a program alone.
struct Script {
  std::uint32_t text;
  std::uint32_t program;
  std::string_view name;
  bool many;  ///< one a trigger
};
constexpr Script kScripts[] = {
    {1151, 1153, "%pretrans", false},     {1023, 1085, "%pre", false},
    {1024, 1086, "%post", false},         {1152, 1154, "%posttrans", false},
    {5104, 5106, "%preuntrans", false},   {1025, 1087, "%preun", false},
    {1026, 1088, "%postun", false},       {5105, 5107, "%postuntrans", false},
    {1079, 1091, "%verifyscript", false}, {1065, 1092, "%trigger", true},
    {5066, 5067, "%filetrigger", true},   {5076, 5077, "%transfiletrigger", true},
};

struct Compressor {
  std::string_view name;
  std::string_view suffix;
};
constexpr Compressor kCompressors[] = {
    {"gzip", ".gz"}, {"xz", ".xz"}, {"zstd", ".zst"}, {"bzip2", ".bz2"}, {"lzma", ".lzma"}};

bool matches(Bytes head) {
  return as_text(head).starts_with(kMagic);
}

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "rpm: " + std::string(why));
}
Error unsupported(std::string_view why) {
  return undecided("unsupported-feature", "rpm: " + std::string(why));
}
Error truncated() {
  return malformed("truncated", "the rpm ends early");
}

class RpmReader final : public MemberReader {
 public:
  explicit RpmReader(ByteStream& bytes) : cursor_(bytes) {}

  Result<void> open() {
    TRY(read_lead());
    TRY(read_signatures());
    TRY(read_header());
    return {};
  }

  Result<std::optional<Entry>> next() override {
    if (ready_ < members_.size()) {
      current_ = std::move(members_[ready_++].second);
      return std::optional<Entry>(Entry{.name = members_[ready_ - 1].first,
                                        .kind = MemberKind::file,
                                        .mode = 0644,
                                        .declared_size = current_.size()});
    }
    current_.clear();
    if (!std::exchange(in_payload_, true)) {
      return std::optional<Entry>(Entry{.name = "payload." + payload_type_,
                                        .kind = MemberKind::file,
                                        .mode = 0644,
                                        .must_be = payload_type_,
                                        .must_hold = std::move(files_)});
    }
    while (!TRY(read()).empty()) {
    }
    TRY(check_payload());
    return std::optional<Entry>{};
  }

  Result<Bytes> read() override {
    if (!in_payload_) {
      given_ = std::exchange(current_, {});
      return as_bytes(given_);
    }
    const Bytes piece = TRY(cursor_.some(~std::uint64_t{0}, ledger_.member));
    payload_size_ += piece.size();
    if (hasher_) hasher_->update(piece);
    return piece;
  }

  Ledger ledger() const override { return ledger_; }

 private:
  /// Nothing in the lead counts any more; it must be what rpm writes.
  Result<void> read_lead() {
    std::array<std::byte, kLead> lead{};
    if (TRY(cursor_.fill(lead, ledger_.metadata)) != lead.size()) return truncated();
    const std::string_view text = as_text(lead);
    const bool version = text[4] == 3 || text[4] == 4;
    const bool kind = text[6] == 0 && (text[7] == 0 || text[7] == 1);
    if (!version || !kind) return unsupported("a lead of no known kind");
    const std::string_view name = text.substr(kNameAt, kNameSize);
    const std::size_t end = std::min(name.find('\0'), name.size());
    if (!is_zero(as_bytes(name.substr(end))) || text.substr(78, 2) != "\0\5"sv ||
        !is_zero(Bytes(lead).subspan(80))) {
      return corrupt("the lead holds something else than rpm writes");
    }
    return {};
  }

  /// Reads one header; its index is counted as `index`, its values as `values`. Size and
  /// digest of the whole are kept.
  Result<RpmHeader> take_header(std::uint32_t region, std::uint64_t& index,
                                std::uint64_t& values) {
    std::array<std::byte, RpmHeader::kIntro> intro{};
    if (TRY(cursor_.fill(intro, index)) != intro.size()) return truncated();
    const auto lengths = TRY(RpmHeader::read_intro(intro));
    std::vector<std::byte> body(lengths.body());
    const std::size_t rows = body.size() - lengths.store;
    if (TRY(cursor_.fill(std::span(body).first(rows), index)) != rows) return truncated();
    if (TRY(cursor_.fill(std::span(body).subspan(rows), values)) != lengths.store) {
      return truncated();
    }
    header_size_ = intro.size() + body.size();
    header_hasher_.update(intro);
    header_hasher_.update(body);
    header_sha256_ = header_hasher_.finish_hex();
    return RpmHeader::parse(std::move(body), lengths, region);
  }

  Result<void> read_signatures() {
    const RpmHeader header =
        TRY(take_header(kSignatureRegion, ledger_.signature, ledger_.signature));
    for (const std::uint32_t tag : header.tags()) {
      if (std::ranges::find(kSignatureTags, tag) == std::end(kSignatureTags)) {
        return corrupt("the tag " + std::to_string(tag) + " has no place among signatures");
      }
    }
    for (const std::uint32_t tag : kReserved) {
      const Bytes reserved = header.value(tag);
      if (!is_zero(reserved)) {
        return malformed("unaccounted-bytes", "rpm: something stands in the reserved " +
                                                  std::to_string(reserved.size()) + " bytes");
      }
      ledger_.signature -= reserved.size();
      ledger_.padding += reserved.size();
    }
    stated_size_ = header.number(kLongSize);
    if (!stated_size_) stated_size_ = header.number(kSize);
    const auto sha256 = header.texts(kHeaderSha256);
    if (!sha256.empty()) stated_sha256_ = sha256.front();
    std::array<std::byte, 8> padding{};
    const std::span used = std::span(padding).first((8 - header_size_ % 8) % 8);
    if (TRY(cursor_.fill(used, ledger_.padding)) != used.size()) return truncated();
    if (!is_zero(used)) return malformed("trailing-data", "rpm: bytes stand before the header");
    return {};
  }

  Result<void> read_header() {
    const RpmHeader header = TRY(take_header(kHeaderRegion, ledger_.metadata, ledger_.member));
    if (!stated_sha256_.empty() && stated_sha256_ != header_sha256_) {
      return malformed("checksum-mismatch", "rpm: the header does not fit its SHA-256");
    }
    TRY(read_payload_type(header));
    files_ = TRY(read_rpm_files(header));
    add_scripts(header);
    members_.emplace_back("%header", std::string(as_text(header.store())));
    return {};
  }

  Result<void> read_payload_type(const RpmHeader& header) {
    const auto format = header.texts(kPayloadFormat);
    if (!format.empty() && format.front() != "cpio")
      return unsupported("a payload that is no cpio");
    payload_type_ = "cpio";
    const auto packed = header.texts(kPayloadCompressor);
    if (!packed.empty()) {
      const auto* const known =
          std::ranges::find(kCompressors, packed.front(), &Compressor::name);
      if (known == std::end(kCompressors))
        return unsupported("a payload packed in an unknown way");
      payload_type_ += known->suffix;
    }
    const auto digests = header.texts(kPayloadDigest);
    if (digests.empty()) return {};
    constexpr std::uint64_t kSha256 = 8;  // as OpenPGP counts them
    if (header.number(kPayloadAlgorithm).value_or(kSha256) != kSha256) {
      return unsupported("a payload digest that is no SHA-256");
    }
    payload_sha256_ = digests.front();
    hasher_.emplace(HashAlgorithm::sha256);
    return {};
  }

  /// As a file that names its interpreter, so that it is looked at as a script.
  void add_scripts(const RpmHeader& header) {
    for (const Script& script : kScripts) {
      const auto texts = header.texts(script.text);
      const auto programs = header.texts(script.program);
      const std::size_t count = script.many
                                    ? std::max(texts.size(), programs.size())
                                    : std::min<std::size_t>(1, texts.size() + programs.size());
      for (std::size_t i = 0; i < count; ++i) {
        std::string content = "#!";
        // The words of one program, or one program a trigger.
        for (std::size_t p = script.many ? i : 0; p < programs.size(); ++p) {
          content += (content.size() > 2 ? " " : "") + std::string(programs[p]);
          if (script.many) break;
        }
        content += '\n';
        if (i < texts.size()) content += texts[i];
        members_.emplace_back(
            std::string(script.name) + (script.many ? "-" + std::to_string(i + 1) : ""),
            std::move(content));
      }
    }
  }

  Result<void> check_payload() {
    const std::uint64_t size = header_size_ + payload_size_;
    if (stated_size_ && *stated_size_ < size) {
      return malformed("trailing-data", "bytes follow the rpm's payload");
    }
    if (stated_size_ && *stated_size_ > size) return truncated();
    if (!hasher_ || hasher_->finish_hex() == payload_sha256_) return {};
    return malformed("checksum-mismatch", "rpm: the payload does not fit its SHA-256");
  }

  Cursor cursor_;
  Ledger ledger_{};
  Hasher header_hasher_{HashAlgorithm::sha256};
  std::uint64_t header_size_ = 0;  ///< of the last one read
  std::string header_sha256_{};
  std::optional<std::uint64_t> stated_size_{};                  ///< of header and payload
  std::string stated_sha256_{};                                 ///< of the header; may be empty
  std::vector<std::pair<std::string, std::string>> members_{};  ///< name, content
  std::size_t ready_ = 0;                                       ///< of members_
  std::string current_{};                                       ///< content not given yet
  std::string given_{};
  bool in_payload_ = false;
  std::string payload_type_{};  ///< "cpio.zst"
  std::shared_ptr<FileList> files_{};
  std::string payload_sha256_{};
  std::optional<Hasher> hasher_{};
  std::uint64_t payload_size_ = 0;
};

Result<std::unique_ptr<MemberReader>> open(ByteStream& bytes, const Limits& /*limits*/) {
  auto reader = std::make_unique<RpmReader>(bytes);
  TRY(reader->open());
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container rpm_container = {"rpm", matches, open, nullptr};

}  // namespace assay
