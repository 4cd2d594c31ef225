// cab: Authenticode in a Windows cabinet. signing.md 3.8; layout: [MS-CAB] section 2, and
// where signers put what nobody documents: the header's reserve says where the signature is.

#include <fmt/format.h>

#include <string>

#include "base/bytes.h"
#include "crypto/der.h"
#include "trust/authenticode.h"
#include "trust/file_bytes.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::uint64_t kSignedHeader = 60;  // with the reserve of a signed cabinet
constexpr std::uint64_t kFolder = 8;         // CFFOLDER without a reserve
constexpr std::uint64_t kMostSignature = std::uint64_t{16} << 20;
constexpr std::uint64_t kAlignment = 8;

/// What the header of a signed cabinet says, by its own names.
struct Cabinet {
  std::uint64_t size = 0;  ///< cbCabinet: without the signature
  std::uint64_t files = 0;
  std::uint64_t folders = 0;
  std::uint64_t signature = 0;
  std::uint64_t signature_size = 0;
};

Error bad(std::string what) {
  return malformed("signature-malformed", std::move(what));
}

bool has_reserve(std::string_view header) {
  constexpr std::uint64_t kReserve = 4;
  return header.size() >= kSignedHeader && header.starts_with("MSCF") &&
         (little_endian(header, 30, 2) & kReserve) != 0;
}

/// Nothing if the reserve is not a signature's. Each field that the digest leaves out must
/// be as signers write it.
Result<std::optional<Cabinet>> read_cabinet(std::string_view header) {
  constexpr std::uint64_t kReserveSize = 20, kMark = 0x0010'0000;
  if (!has_reserve(header) || little_endian(header, 36, 2) != kReserveSize ||
      little_endian(header, 40, 4) != kMark) {
    return std::nullopt;
  }
  if (little_endian(header, 30, 2) != 4) {
    return undecided("unsupported-signature", "it is one of several cabinets of a set");
  }
  if (little_endian(header, 4, 4) != 0 || little_endian(header, 34, 2) != 0 ||
      little_endian(header, 38, 2) != 0 || little_endian(header, 52, 8) != 0) {
    return bad("its header holds something where the signature covers nothing");
  }
  Cabinet cabinet{.size = little_endian(header, 8, 4), .files = little_endian(header, 16, 4)};
  cabinet.folders = little_endian(header, 26, 2);
  cabinet.signature = little_endian(header, 44, 4);
  cabinet.signature_size = little_endian(header, 48, 4);
  return cabinet;
}

/// The folders end where the files begin, the cabinet where its signature does, and that at
/// the end of the file: the digest knows no gap.
Result<void> check_place(const Cabinet& it, std::uint64_t file_size) {
  if (it.signature > file_size || it.signature_size > file_size - it.signature) {
    return malformed("signature-place", "its signature reaches beyond the file");
  }
  if (const std::uint64_t behind = file_size - it.signature - it.signature_size; behind != 0) {
    return malformed("bytes-after-signature",
                     fmt::format("{} bytes follow its signature", behind));
  }
  if (it.size != it.signature || it.files > it.size ||
      it.files != kSignedHeader + it.folders * kFolder) {
    return malformed("signature-place", "its signature stands where a cabinet has its content");
  }
  if (it.signature_size > kMostSignature) {
    return undecided("limit-signature-bytes",
                     fmt::format("its signature has {} bytes, and {} are read",
                                 it.signature_size, kMostSignature));
  }
  return {};
}

Result<std::vector<EmbeddedSignature>> find(const SignedFile& bundle) {
  std::vector<EmbeddedSignature> found;
  const auto cabinet = TRY(read_cabinet(TRY(bytes_at(bundle, 0, kSignedHeader))));
  if (!cabinet) return found;
  TRY(check_place(*cabinet, bundle.size()));
  const std::string place = TRY(bytes_at(bundle, cabinet->signature, cabinet->signature_size));
  std::string_view slack = place;
  const auto message = take_der(slack, der::kSequence);
  if (!message) return bad("its signature is no DER");
  if (slack.size() >= kAlignment || slack.find_first_not_of('\0') != slack.npos) {
    return malformed(
        "signature-slack",
        fmt::format("{} bytes follow the signature in its own place", slack.size()));
  }
  const std::uint64_t size = message->whole.size();
  found.push_back({.name = {},
                   .place = {{cabinet->signature, size}},
                   .message = {{0, 4}, {8, 26}, {56, cabinet->signature - 56}},
                   .container = {{4, 4}, {34, 22}, {cabinet->signature + size, slack.size()}}});
  return found;
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  return verify_authenticode(question, kSpcCabinet);
}

}  // namespace

extern const EmbeddedFormat cab_format = {.name = "cab", .find = find, .verify = verify};

}  // namespace assay
