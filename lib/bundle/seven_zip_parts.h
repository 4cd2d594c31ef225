// The parts of a 7z header and who takes them apart, for seven_zip_header.cc alone.

#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "bundle/format.h"
#include "bundle/stream.h"

namespace assay::seven_zip {

inline constexpr std::uint64_t kFoldersMax = std::uint64_t{1} << 20;
inline constexpr unsigned kCodersMax = 4, kStreamsMax = 8;

enum Id : std::uint8_t {
  end = 0,
  header = 1,
  main_streams = 4,
  files_info = 5,
  pack_info = 6,
  coders_info = 7,
  substreams_info = 8,
  size = 9,
  checksum = 10,
  folder = 11,
  coders_size = 12,
  substream_count = 13,
  encoded_header = 23,
  dummy = 25,
};
/// Of files: empty streams, empty files, names, three times, attributes.
inline constexpr std::uint8_t kEmptyStream = 14, kAttributes = 21;
inline constexpr std::uint8_t kFileProperties[] = {kEmptyStream, 15, 17,         18,
                                                   19,           20, kAttributes};

inline constexpr std::uint64_t kCopy = 0, kLzma2 = 0x21, kLzma = 0x030101, kPpmd = 0x030401,
                               kAes = 0x06f10701;
/// Beside these, what libarchive unpacks: delta and branch filters, deflate, bzip2.
inline constexpr std::uint64_t kOthers[] = {3,          4,          5,          6,
                                            7,          8,          9,          0x03030103,
                                            0x0303011b, 0x03030205, 0x03030401, 0x03030501,
                                            0x03030701, 0x03030805, 0x040108,   0x040202};

inline Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "7z: " + std::string(why));
}
inline Error unsupported(std::string_view what) {
  return undecided("unsupported-feature", "7z: " + std::string(what));
}

/// In bytes; the code is 40 at most, which is for all there can be.
inline std::uint64_t lzma2_dictionary(unsigned code) {
  return code == 40 ? 0xffffffff : std::uint64_t{2U | (code & 1U)} << (code / 2 + 11);
}

struct Coder {
  std::uint64_t method = 0;
  Bytes properties{};
};
struct Folder {
  std::vector<Coder> coders{};
  std::uint64_t packed_streams = 0, streams = 1, unpacked = 0;
  bool has_checksum = false;
  std::uint32_t checksum = 0;
};
struct Files {
  std::uint64_t count = 0;
  std::uint64_t empty = 0;  ///< of those: they have no stream
  bool has_modes = false;   ///< permissions as Unix has them
};
struct Streams {
  std::uint64_t place = 0;  ///< behind the start header
  std::vector<std::uint64_t> sizes{};
  std::vector<Folder> folders{};
  std::uint64_t total = 0;
};

/// Takes a header apart, front to back.
class Parser {
 public:
  Parser(Bytes bytes, const Limits& limits) : rest_(bytes), limits_(limits) {}

  bool at_end() const { return rest_.empty(); }

  Result<std::uint8_t> byte() { return std::to_integer<std::uint8_t>(TRY(take(1))[0]); }

  Result<Bytes> take(std::uint64_t count) {
    if (count > rest_.size()) return corrupt("its header ends early");
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  Result<void> expect(std::uint8_t id) {
    if (TRY(byte()) != id) return unsupported("its header holds something unknown");
    return {};
  }

  /// As many bytes follow the first as it has ones in front; its other bits come on top.
  Result<std::uint64_t> number() {
    const unsigned first = TRY(byte());
    const auto more = static_cast<unsigned>(std::countl_one(static_cast<std::uint8_t>(first)));
    const Bytes low = TRY(take(more));
    std::uint64_t value = 0;
    for (std::size_t i = more; i-- > 0;) value = value << 8 | std::to_integer<unsigned>(low[i]);
    if (more < 7) value |= std::uint64_t{first & ((1U << (7 - more)) - 1)} << (8 * more);
    return value;
  }

  /// A number of things that each take a byte of the header, or a bit of one.
  Result<std::uint64_t> count() {
    const std::uint64_t value = TRY(number());
    if (value > kFoldersMax) return unsupported("it has too many parts");
    return value;
  }

  /// Which of `count` things have something.
  Result<std::vector<bool>> bits(std::uint64_t count) {
    std::vector<bool> set(count, true);
    if (TRY(byte()) != 0) return set;
    const Bytes packed = TRY(take((count + 7) / 8));
    for (std::uint64_t i = 0; i < count; ++i) {
      set[i] = (std::to_integer<unsigned>(packed[i / 8]) >> (7 - i % 8) & 1U) != 0;
    }
    return set;
  }

  Result<Streams> streams() {
    Streams streams;
    std::uint8_t id = TRY(byte());
    if (id == Id::pack_info) {
      TRY(pack(streams));
      id = TRY(byte());
    }
    if (id == Id::coders_info) {
      TRY(coders(streams));
      id = TRY(byte());
    }
    if (id == Id::substreams_info) {
      TRY(substreams(streams));
      id = TRY(byte());
    }
    if (id != Id::end) return unsupported("its header holds something unknown");
    std::uint64_t used = 0;
    for (const Folder& folder : streams.folders) used += folder.packed_streams;
    if (used != streams.sizes.size()) return corrupt("a packed stream belongs to nothing");
    return streams;
  }

  /// The names and dates. What may hold more than that is refused.
  Result<Files> files() {
    Files files{.count = TRY(number())};
    if (files.count > rest_.size()) return corrupt("it has more files than names");
    while (true) {
      const std::uint8_t id = TRY(byte());
      if (id == Id::end) return files;
      const Bytes value = TRY(take(TRY(number())));
      if (id == kEmptyStream) {
        for (const std::byte b : value)
          files.empty += static_cast<unsigned>(std::popcount(std::to_integer<unsigned>(b)));
      }
      if (id == kAttributes) {
        files.has_modes = TRY(Parser(value, limits_).any_mode(files.count));
      }
      const bool known = std::ranges::find(kFileProperties, id) != std::end(kFileProperties);
      const bool padding = id == Id::dummy && std::ranges::all_of(value, [](std::byte b) {
                             return b == std::byte{0};
                           });
      if (!known && !padding) return unsupported("its files have something unknown");
    }
  }

 private:
  Result<void> pack(Streams& streams) {
    streams.place = TRY(number());
    streams.sizes.resize(TRY(count()));
    std::uint8_t id = TRY(byte());
    if (id == Id::size) {
      for (std::uint64_t& size : streams.sizes) {
        size = TRY(number());
        if (__builtin_add_overflow(streams.total, size, &streams.total)) {
          return corrupt("its streams are too long");
        }
      }
      id = TRY(byte());
    }
    if (id == Id::checksum) {
      TRY(checksums(streams.sizes.size()));
      id = TRY(byte());
    }
    return id == Id::end ? Result<void>() : unsupported("its streams have something unknown");
  }

  /// True if an attribute holds a mode beside what Windows knows.
  Result<bool> any_mode(std::uint64_t count) {
    constexpr std::uint32_t kHasMode = 0x8000;
    const std::vector<bool> set = TRY(bits(count));
    TRY(expect(0));
    for (const bool defined : set) {
      if (defined && (le32(TRY(take(4)), 0) & kHasMode) != 0) return true;
    }
    return false;
  }

  Result<std::vector<std::uint32_t>> checksums(std::uint64_t count,
                                               std::vector<bool>* which = nullptr) {
    const std::vector<bool> set = TRY(bits(count));
    std::vector<std::uint32_t> sums(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (set[i]) sums[i] = le32(TRY(take(4)), 0);
    }
    if (which != nullptr) *which = set;
    return sums;
  }

  Result<void> coders(Streams& streams) {
    TRY(expect(Id::folder));
    streams.folders.resize(TRY(count()));
    TRY(expect(0));  // the folders stand here, and not in a stream
    for (Folder& folder : streams.folders) TRY(read_folder(folder));
    TRY(expect(Id::coders_size));
    for (Folder& folder : streams.folders) {
      // The last one is taken for the folder's: with branches it is another, and larger.
      for (std::size_t i = 0; i < folder.coders.size(); ++i) {
        folder.unpacked = std::max(folder.unpacked, TRY(number()));
      }
    }
    std::uint8_t id = TRY(byte());
    if (id == Id::checksum) {
      std::vector<bool> which;
      const auto sums = TRY(checksums(streams.folders.size(), &which));
      for (std::size_t i = 0; i < sums.size(); ++i) {
        streams.folders[i].has_checksum = which[i];
        streams.folders[i].checksum = sums[i];
      }
      id = TRY(byte());
    }
    return id == Id::end ? Result<void>() : unsupported("its folders have something unknown");
  }

  Result<void> read_folder(Folder& folder) {
    const std::uint64_t count = TRY(number());
    if (count == 0 || count > kCodersMax) return unsupported("a folder has too many coders");
    std::uint64_t in = 0, out = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const unsigned flags = TRY(byte());
      if ((flags & 0xc0U) != 0 || (flags & 0x0fU) > 8) return unsupported("a coder unknown");
      Coder coder;
      for (const std::byte b : TRY(take(flags & 0x0fU))) {
        coder.method = coder.method << 8 | std::to_integer<unsigned>(b);
      }
      const bool simple = (flags & 0x10U) == 0;
      in += simple ? 1 : TRY(number());
      out += simple ? 1 : TRY(number());
      if (in > kStreamsMax || out > kStreamsMax) return unsupported("a coder unknown");
      if ((flags & 0x20U) != 0) coder.properties = TRY(take(TRY(number())));
      TRY(check(coder));
      folder.coders.push_back(coder);
    }
    if (out != count || in < out - 1) return unsupported("a coder of several streams");
    for (std::uint64_t i = 0; i + 1 < out; ++i) {
      TRY(number());
      TRY(number());
    }
    folder.packed_streams = in - (out - 1);
    for (std::uint64_t i = 0; folder.packed_streams > 1 && i < folder.packed_streams; ++i) {
      TRY(number());
    }
    return {};
  }

  Result<void> check(const Coder& coder) const {
    std::uint64_t memory = 0;
    switch (coder.method) {
      case kCopy: break;
      case kLzma:
      case kPpmd:
        if (coder.properties.size() != 5) return corrupt("a coder's properties are not whole");
        memory = le32(coder.properties, 1);
        break;
      case kLzma2: {
        if (coder.properties.size() != 1) return corrupt("a coder's properties are not whole");
        const unsigned code = std::to_integer<unsigned>(coder.properties[0]);
        if (code > 40) return corrupt("a coder's properties are none");
        memory = lzma2_dictionary(code);
        break;
      }
      case kAes: return undecided("encrypted-member", "7z: it is encrypted");
      default:
        if (std::ranges::find(kOthers, coder.method) == std::end(kOthers)) {
          return unsupported("it is packed by a method unknown");
        }
    }
    if (memory <= limits_.decoder_memory) return {};
    return undecided("limit-decoder-memory", "7z: it asks for " + std::to_string(memory) +
                                                 " bytes, over the limit of " +
                                                 std::to_string(limits_.decoder_memory));
  }

  Result<void> substreams(Streams& streams) {
    std::uint8_t id = TRY(byte());
    if (id == Id::substream_count) {
      for (Folder& folder : streams.folders) folder.streams = TRY(count());
      id = TRY(byte());
    }
    std::uint64_t unknown = 0;
    for (const Folder& folder : streams.folders) {
      // The last one's size is what is left.
      for (std::uint64_t i = 1; id == Id::size && i < folder.streams; ++i) TRY(number());
      const bool told = folder.streams == 1 && folder.has_checksum;
      if (!told) unknown += folder.streams;
    }
    if (unknown > kFoldersMax) return unsupported("it has too many parts");
    if (id == Id::size) id = TRY(byte());
    if (id == Id::checksum) {
      TRY(checksums(unknown));
      id = TRY(byte());
    }
    return id == Id::end ? Result<void>() : unsupported("its files have something unknown");
  }

  Bytes rest_;
  const Limits& limits_;
};

}  // namespace assay::seven_zip
