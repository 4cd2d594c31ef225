// pe: Authenticode in Windows programs, which EFI programs and Linux kernels are, too.
// signing.md 3.7; layout: "PE Format" (Microsoft), "attribute certificate table".

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "crypto/der.h"
#include "trust/authenticode.h"
#include "trust/file_bytes.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::uint64_t kDosHeader = 64;
constexpr std::uint64_t kCoffHeader = 24;  // with "PE\0\0" in front
constexpr std::uint64_t kSection = 40;
constexpr std::uint64_t kEntryHeader = 8;
constexpr std::uint64_t kAlignment = 8;
constexpr std::uint64_t kMostTable = std::uint64_t{16} << 20;
constexpr std::size_t kMostEntries = 16;

/// Where things are in a PE image, by file offset.
struct Image {
  std::uint64_t checksum = 0;     ///< 4 bytes
  std::uint64_t directory = 0;    ///< 8 bytes: that of the certificate table
  std::uint64_t headers_end = 0;  ///< behind the section table
  std::uint64_t mapped_end = 0;   ///< behind all that is loaded into memory
  std::uint64_t table = 0;
  std::uint64_t table_size = 0;
  bool is_efi = false;
};

Error bad(const char* reason, std::string what) {
  return malformed(reason, std::move(what));
}

std::uint64_t le16(std::string_view bytes, std::size_t at) {
  return little_endian(bytes, at, 2);
}
std::uint64_t le32(std::string_view bytes, std::size_t at) {
  return little_endian(bytes, at, 4);
}

/// What the section table says is loaded from the file.
std::uint64_t end_of_sections(std::string_view sections) {
  std::uint64_t end = 0;
  for (std::size_t at = 0; at + kSection <= sections.size(); at += kSection) {
    const std::uint64_t size = le32(sections, at + 16);
    if (size != 0) end = std::max(end, le32(sections, at + 20) + size);
  }
  return end;
}

/// Nothing if this is no PE image, or one without a certificate table.
Result<std::optional<Image>> read_image(const SignedFile& file) {
  constexpr std::uint64_t kMostOptional = 512;
  const std::string dos = TRY(bytes_at(file, 0, kDosHeader));
  if (dos.size() < kDosHeader || !dos.starts_with("MZ")) return std::nullopt;
  const std::uint64_t coff_at = le32(dos, 60);
  const std::string head = TRY(bytes_at(file, coff_at, kCoffHeader + kMostOptional));
  if (head.size() < kCoffHeader || !head.starts_with(std::string_view("PE\0\0", 4))) {
    return std::nullopt;
  }
  const std::uint64_t optional_size = le16(head, 20);
  const std::string_view optional = std::string_view(head).substr(kCoffHeader, optional_size);
  if (optional.size() < 2) return std::nullopt;
  const std::uint64_t magic = le16(optional, 0);
  if (magic != 0x10b && magic != 0x20b) return std::nullopt;
  const std::size_t counted = magic == 0x20b ? 108 : 92;
  const std::size_t directory = counted + 4 + std::size_t{4} * 8;
  if (optional.size() < directory + 8 || le32(optional, counted) < 5) return std::nullopt;
  const std::uint64_t optional_at = coff_at + kCoffHeader;
  const std::uint64_t subsystem = le16(optional, 68);
  Image image{.checksum = optional_at + 64, .directory = optional_at + directory};
  image.table = le32(optional, directory);
  image.table_size = le32(optional, directory + 4);
  image.is_efi = subsystem >= 10 && subsystem <= 13;
  if (image.table == 0 && image.table_size == 0) return std::nullopt;
  // What is left out of the digest must not be where anything else is read from.
  if (coff_at < kDosHeader) {
    return bad("image-malformed", "its PE header overlaps its DOS header");
  }
  const std::uint64_t sections_at = optional_at + optional_size;
  const std::uint64_t sections_size = le16(head, 6) * kSection;
  const std::string sections = TRY(bytes_at(file, sections_at, sections_size));
  if (sections.size() != sections_size) {
    return bad("image-malformed", "its section table is not all there");
  }
  image.headers_end = sections_at + sections_size;
  image.mapped_end = std::max(end_of_sections(sections), le32(optional, 60));
  return image;
}

/// Whether the table is all that stands behind what is signed, and nothing is loaded from it.
Result<void> check_place(const Image& image, std::uint64_t file_size) {
  if (image.table > file_size || image.table_size > file_size - image.table) {
    return bad("signature-place", "its certificate table reaches beyond the file");
  }
  if (image.table < image.headers_end || image.table < image.mapped_end) {
    return bad("signature-place",
               fmt::format("its certificate table at byte {} stands where a program is loaded "
                           "from",
                           image.table));
  }
  if (image.table % kAlignment != 0) {
    return bad("signature-place", fmt::format("its certificate table at byte {} does not "
                                              "begin at a multiple of 8",
                                              image.table));
  }
  const std::uint64_t behind = file_size - image.table - image.table_size;
  if (behind != 0) {
    return bad("bytes-after-signature",
               fmt::format("{} bytes follow its certificate table", behind));
  }
  if (image.table_size > kMostTable) {
    return undecided("limit-signature-bytes",
                     fmt::format("its certificate table has {} bytes, and {} are read",
                                 image.table_size, kMostTable));
  }
  return {};
}

/// WIN_CERTIFICATE: where its PKCS#7 message is in the table. `rest` begins with it.
Result<std::string_view> take_entry(std::string_view& rest) {
  constexpr std::uint64_t kRevision = 0x0200, kSignedData = 2;
  const std::uint64_t length = rest.size() < kEntryHeader ? 0 : le32(rest, 0);
  if (length < kEntryHeader || length > rest.size()) {
    return bad("signature-malformed", "an entry of its certificate table is of no length");
  }
  if (le16(rest, 4) != kRevision || le16(rest, 6) != kSignedData) {
    return bad("signature-malformed",
               fmt::format("an entry of its certificate table is of revision {:#x} and type "
                           "{}, and no signature",
                           le16(rest, 4), le16(rest, 6)));
  }
  const std::uint64_t padded =
      std::min<std::uint64_t>((length + kAlignment - 1) / kAlignment * kAlignment, rest.size());
  std::string_view content = rest.substr(kEntryHeader, padded - kEntryHeader);
  rest.remove_prefix(padded);
  const auto message = take_der(content, der::kSequence);
  if (!message || message->whole.size() > length - kEntryHeader) {
    return bad("signature-malformed", "an entry of its certificate table is no DER");
  }
  if (content.size() >= kAlignment || content.find_first_not_of('\0') != content.npos) {
    return bad(
        "signature-slack",
        fmt::format("{} bytes follow a signature in its certificate table", content.size()));
  }
  return message->whole;
}

/// The messages of the table, as offsets into it. Windows looks at the first alone; EFI at all.
Result<std::vector<ByteRange>> read_table(std::string_view table, bool is_efi) {
  std::vector<ByteRange> places;
  std::vector<std::string_view> messages;
  for (std::string_view rest = table; !rest.empty();) {
    const std::string_view message = TRY(take_entry(rest));
    const bool again = std::ranges::find(messages, message) != messages.end();
    if (again || (!is_efi && !messages.empty())) {
      return bad("duplicate-signature",
                 again
                     ? "its certificate table holds one signature twice"
                     : "its certificate table holds a second entry, which Windows passes over");
    }
    if (messages.size() == kMostEntries) {
      return undecided("limit-signatures", fmt::format("its certificate table has more than {} "
                                                       "entries",
                                                       kMostEntries));
    }
    messages.push_back(message);
    places.push_back(
        {static_cast<std::uint64_t>(message.data() - table.data()), message.size()});
  }
  return places;
}

ByteRange between(std::uint64_t begin, std::uint64_t end) {
  return {begin, end - begin};
}

/// The digest leaves out the checksum, the table's directory entry and the table. The first
/// protects nothing, the second can say only where the third is.
EmbeddedSignature signature_at(const Image& image, const ByteRange& place) {
  const std::uint64_t behind_checksum = image.checksum + 4;
  const std::uint64_t behind_directory = image.directory + 8;
  return {.name = {},
          .place = {{image.table + place.offset, place.size}},
          .message = {between(0, image.checksum), between(behind_checksum, image.directory),
                      between(behind_directory, image.table)},
          .container = {between(image.checksum, behind_checksum),
                        between(image.directory, behind_directory),
                        {image.table, image.table_size}}};
}

Result<std::vector<EmbeddedSignature>> find(const SignedFile& bundle) {
  const auto image = TRY(read_image(bundle));
  std::vector<EmbeddedSignature> found;
  if (!image) return found;
  TRY(check_place(*image, bundle.size()));
  const std::string table = TRY(bytes_at(bundle, image->table, image->table_size));
  for (const ByteRange& place : TRY(read_table(table, image->is_efi))) {
    found.push_back(signature_at(*image, place));
  }
  return found;
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  return verify_authenticode(question, kSpcImage);
}

}  // namespace

extern const EmbeddedFormat pe_format = {.name = "pe", .find = find, .verify = verify};

}  // namespace assay
