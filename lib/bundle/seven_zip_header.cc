#include "bundle/seven_zip_header.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "bundle/lzma_raw.h"
#include "bundle/seven_zip_parts.h"
#include "bundle/stream.h"

namespace assay {
namespace {

using namespace seven_zip;

constexpr std::uint64_t kStart = 32;
constexpr std::uint64_t kHeaderMax = std::uint64_t{64} << 20;

std::uint32_t checksum_of(Bytes bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes
  return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

Result<std::vector<std::byte>> read(const RandomAccess& file, std::uint64_t at,
                                    std::uint64_t size) {
  if (size > kHeaderMax) {
    return undecided("limit-decoder-memory",
                     "7z: a header of " + std::to_string(size) + " bytes");
  }
  std::vector<std::byte> bytes(size);
  if (TRY(file.read_at(at, bytes)) != size) return malformed("truncated", "7z: it ends early");
  return bytes;
}

std::optional<std::size_t> unpack_by(const Coder& coder, Bytes packed,
                                     std::span<std::byte> plain) {
  const auto code = std::to_integer<unsigned>(coder.properties[0]);
  if (coder.method == kLzma2) {
    return unpack_lzma2(static_cast<std::uint32_t>(lzma2_dictionary(code)), packed, plain);
  }
  const LzmaProperties properties{.literal_context = code % 9,
                                  .literal_position = code / 9 % 5,
                                  .position = code / 45,
                                  .dictionary = le32(coder.properties, 1)};
  return unpack_lzma(properties, packed, plain);
}

/// A stream that fills `plain`.
Result<void> unpack_header(Bytes packed, const Coder& coder, std::span<std::byte> plain) {
  const auto left = unpack_by(coder, packed, plain);
  if (!left) return corrupt("its header cannot be unpacked");
  // The last bytes of a stream say nothing, or that it ends.
  constexpr std::size_t kEndMax = 6;
  if (*left <= kEndMax) return {};
  return malformed("unaccounted-bytes", "7z: bytes stand behind its packed header");
}

/// A header that is packed itself: by LZMA or not at all, as all programs write it.
Result<std::vector<std::byte>> unpack(Bytes packed, const Folder& folder) {
  if (folder.coders.size() != 1) return unsupported("its header is packed in several ways");
  if (folder.unpacked > kHeaderMax) {
    return undecided("limit-decoder-memory",
                     "7z: a header of " + std::to_string(folder.unpacked) + " bytes");
  }
  const Coder& coder = folder.coders[0];
  std::vector<std::byte> plain(folder.unpacked);
  if (coder.method == kCopy) {
    if (packed.size() != plain.size()) return corrupt("its header is not as long as told");
    std::ranges::copy(packed, plain.begin());
  } else if (coder.method == kLzma || coder.method == kLzma2) {
    TRY(unpack_header(packed, coder, plain));
  } else {
    return unsupported("its header is packed by a method unknown");
  }
  if (folder.has_checksum && checksum_of(plain) != folder.checksum) {
    return malformed("checksum-mismatch", "7z: its header does not fit its checksum");
  }
  return plain;
}

}  // namespace

Result<SevenZip> read_seven_zip(const RandomAccess& file, const Limits& limits) {
  const auto start = TRY(read(file, 0, kStart));
  if (checksum_of(Bytes(start).subspan(12)) != le32(start, 8)) {
    return malformed("checksum-mismatch", "7z: its start does not fit its checksum");
  }
  const std::uint64_t offset = le64(start, 12), length = le64(start, 20);
  std::uint64_t end = 0;
  if (__builtin_add_overflow(offset, length, &end) || end > file.size() - kStart) {
    return malformed("truncated", "7z: it ends early");
  }
  if (end < file.size() - kStart) return malformed("trailing-data", "7z: bytes follow its end");
  SevenZip found{.ledger = {.metadata = kStart + length}};
  if (length == 0) {
    if (offset != 0) return corrupt("it has streams and no header");
    return found;
  }
  auto plain = TRY(read(file, kStart + offset, length));
  if (checksum_of(plain) != le32(start, 28)) {
    return malformed("checksum-mismatch", "7z: its header does not fit its checksum");
  }
  std::uint64_t packed_end = offset;
  if (plain[0] == std::byte{Id::encoded_header}) {
    Parser parser(Bytes(plain).subspan(1), limits);
    const Streams streams = TRY(parser.streams());
    if (!parser.at_end()) return malformed("unaccounted-bytes", "7z: its header holds more");
    if (streams.folders.size() != 1 || streams.sizes.size() != 1) {
      return unsupported("its header is packed in several ways");
    }
    if (streams.place > offset || streams.place + streams.total != offset) {
      return malformed("unaccounted-bytes", "7z: its packed header does not stand at the end");
    }
    packed_end = streams.place;
    found.ledger.metadata += streams.total;
    const auto packed = TRY(read(file, kStart + streams.place, streams.total));
    plain = TRY(unpack(packed, streams.folders[0]));
  }
  Parser parser(plain, limits);
  TRY(parser.expect(Id::header));
  std::uint8_t id = TRY(parser.byte());
  Streams streams;
  if (id == Id::main_streams) {
    streams = TRY(parser.streams());
    id = TRY(parser.byte());
  }
  Files files;
  if (id == Id::files_info) {
    files = TRY(parser.files());
    id = TRY(parser.byte());
  }
  std::uint64_t with_stream = 0;
  for (const Folder& folder : streams.folders) with_stream += folder.streams;
  if (files.count < files.empty || files.count - files.empty != with_stream) {
    return malformed("unaccounted-bytes", "7z: a stream belongs to no file");
  }
  found.files = files.count;
  found.has_modes = files.has_modes;
  if (id != Id::end) return unsupported("its header holds something unknown");
  if (!parser.at_end()) return malformed("unaccounted-bytes", "7z: its header holds more");
  if (streams.total != packed_end || (streams.total != 0 && streams.place != 0)) {
    return malformed("unaccounted-bytes", "7z: its streams are not all it holds");
  }
  found.ledger.member = streams.total;
  return found;
}

}  // namespace assay
