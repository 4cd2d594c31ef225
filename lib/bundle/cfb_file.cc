#include "bundle/cfb_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "bundle/stream.h"
#include "bundle/stream_index.h"

namespace assay::cfb {
namespace {

constexpr std::uint64_t kHeader = 512;
constexpr std::uint64_t kMini = 64;
constexpr std::size_t kPointer = 4;
constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;
constexpr std::uint64_t kRangeLock = 0x7fff'ff00;

void append_pointers(Bytes bytes, std::vector<std::uint32_t>& out) {
  for (std::size_t at = 0; at + kPointer <= bytes.size(); at += kPointer) {
    out.push_back(le32(bytes, at));
  }
}

/// Splits the run of the next bytes into those that count and the others.
void add_run(Placed& placed, Extent run, std::uint64_t& left) {
  const std::uint64_t counts = std::min(left, run.size);
  add_extent(placed.content, {run.offset, counts});
  add_extent(placed.slack, {run.offset + counts, run.size - counts});
  left -= counts;
}

Result<Placed> if_whole(Placed placed, std::uint64_t left) {
  if (left == 0) return placed;
  return malformed(
      "size-mismatch",
      fmt::format("msi: a stream says it has {} bytes more than it has sectors for", left));
}

Error cut_off() {
  return malformed("truncated", "msi: its tables are not all there");
}

}  // namespace

Result<std::vector<std::byte>> File::read(std::uint64_t offset, std::uint64_t size) const {
  std::vector<std::byte> bytes(size);
  if (TRY(bytes_.read_at(offset, bytes)) != size) {
    return malformed("truncated", "msi: it ends early");
  }
  return bytes;
}

/// Each field that nothing depends on must be as writers leave it.
Result<void> File::read_header() {
  const auto bytes = TRY(read(0, kHeader));
  const Bytes it(bytes);
  header_.version = le16(it, 26);
  const unsigned minor = le16(it, 24), shift = le16(it, 30);
  const bool known =
      (header_.version == 3 && shift == 9) || (header_.version == 4 && shift == 12);
  if (!known || (minor != 0x3e && minor != 0x3b && minor != 0x21)) {
    return undecided("unsupported-feature",
                     fmt::format("msi: version {}.{:#x} with sectors of 2^{} bytes",
                                 header_.version, minor, shift));
  }
  header_.sector_size = std::uint64_t{1} << shift;
  header_.directory_sectors = le32(it, 40);
  const bool plain = is_zero(it.subspan(8, 16)) && le16(it, 28) == 0xfffe &&
                     le16(it, 32) == 6 && is_zero(it.subspan(34, 6)) && le32(it, 52) == 0 &&
                     le32(it, 56) == 4096 &&
                     (header_.version == 4 || header_.directory_sectors == 0);
  if (!plain) return corrupt("its header says what no header says");
  header_.fat_sectors = le32(it, 44);
  header_.directory = le32(it, 48);
  header_.mini_fat = le32(it, 60);
  header_.mini_fat_sectors = le32(it, 64);
  header_.difat = le32(it, 68);
  header_.difat_sectors = le32(it, 72);
  for (std::size_t i = 0; i < header_.fat.size(); ++i) {
    header_.fat[i] = le32(it, 76 + i * kPointer);
  }
  const auto rest = TRY(read(kHeader, header_.sector_size - kHeader));
  if (!is_zero(rest)) return corrupt("bytes stand behind its header");
  table_bytes_ = header_.sector_size;
  see_used(header_.sector_size);
  return {};
}

/// Where the FAT's sectors are, by the list in the header and in the sectors that go on
/// with it, which are added to `difat`.
Result<std::vector<std::uint32_t>> File::find_fat(std::vector<std::uint32_t>& difat) const {
  const std::uint64_t size = header_.sector_size, per_sector = size / kPointer;
  const std::uint64_t fats = header_.fat_sectors, difats = header_.difat_sectors;
  const std::uint64_t beyond = fats - std::min<std::uint64_t>(fats, header_.fat.size());
  if (fats > sector_count()) return cut_off();
  if (difats != (beyond + per_sector - 2) / (per_sector - 1)) {
    return corrupt("it does not say where its tables are");
  }
  std::vector<std::uint32_t> places(header_.fat.begin(), header_.fat.end());
  std::uint32_t at = header_.difat;
  for (std::uint64_t i = 0; i < difats; ++i) {
    if (at >= sector_count()) return cut_off();
    difat.push_back(at);
    append_pointers(TRY(read(offset_of(at), size)), places);
    at = places.back();
    places.pop_back();
  }
  if (at != kEndOfChain) return corrupt("the list of its tables does not end");
  const auto unused = places.begin() + static_cast<std::ptrdiff_t>(fats);
  if (!std::all_of(unused, places.end(), [](std::uint32_t it) { return it == kFree; })) {
    return corrupt("it names more tables than it says");
  }
  places.resize(fats);
  return places;
}

Result<void> File::read_fat(const Limits& limits) {
  const std::uint64_t size = header_.sector_size, count = sector_count();
  if (const std::uint64_t odd = bytes_.size() % size; odd != 0) {
    return malformed("trailing-data", fmt::format("msi: {} bytes at byte {} are no sector", odd,
                                                  bytes_.size() - odd));
  }
  if (header_.fat_sectors * size > limits.decoder_memory) {
    return undecided("limit-decoder-memory",
                     fmt::format("msi: its tables have {} bytes", header_.fat_sectors * size));
  }
  std::vector<std::uint32_t> difat, next;
  const std::vector<std::uint32_t> places = TRY(find_fat(difat));
  for (const std::uint32_t place : places) {
    if (place >= count) return cut_off();
    append_pointers(TRY(read(offset_of(place), size)), next);
  }
  if (next.size() < count) {
    return malformed("trailing-data",
                     fmt::format("msi: {} bytes at byte {} follow its end",
                                 (count - next.size()) * size, (next.size() + 1) * size));
  }
  sectors_ = TRY(Chains::of(std::move(next), count, "sector"));
  const auto take = [&](const std::vector<std::uint32_t>& all,
                        std::uint32_t mark) -> Result<void> {
    for (const std::uint32_t place : all) {
      TRY(sectors_.take_marked(place, mark));
      see_used(offset_of(place) + size);
      table_bytes_ += size;
    }
    return {};
  };
  TRY(take(places, kFatSector));
  return take(difat, kDifatSector);
}

Result<File> File::open(const RandomAccess& bytes, const Limits& limits) {
  File file(bytes);
  TRY(file.read_header());
  if (file.header_.version == 4 && bytes.size() > kRangeLock) {
    return undecided("unsupported-feature", "msi: it holds a sector for locks");
  }
  TRY(file.read_fat(limits));
  return file;
}

Result<Placed> File::place(std::uint32_t start, std::uint64_t size) {
  Placed placed;
  for (const std::uint32_t sector : TRY(sectors_.take(start))) {
    add_run(placed, {offset_of(sector), header_.sector_size}, size);
    see_used(offset_of(sector) + header_.sector_size);
  }
  return if_whole(std::move(placed), size);
}

Result<std::vector<std::byte>> File::read_chain(std::uint32_t start,
                                                std::vector<Extent>& where) {
  std::vector<std::byte> bytes;
  for (const std::uint32_t sector : TRY(sectors_.take(start))) {
    const auto piece = TRY(read(offset_of(sector), header_.sector_size));
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    where.push_back({offset_of(sector), header_.sector_size});
    see_used(offset_of(sector) + header_.sector_size);
    table_bytes_ += header_.sector_size;
  }
  return bytes;
}

Result<void> File::open_mini(std::uint32_t start, std::uint64_t size) {
  std::vector<Extent> where;
  const auto table = TRY(read_chain(header_.mini_fat, where));
  if (where.size() != header_.mini_fat_sectors) {
    return corrupt("the table of its small sectors is not as long as it says");
  }
  mini_stream_ = TRY(sectors_.take(start));
  for (const std::uint32_t sector : mini_stream_) {
    see_used(offset_of(sector) + header_.sector_size);
  }
  if (size % kMini != 0 || size > mini_stream_.size() * header_.sector_size) {
    return malformed("size-mismatch", "msi: its small sectors are not as many as it says");
  }
  std::vector<std::uint32_t> next;
  append_pointers(table, next);
  // osslsigncode writes one end more than there are chains.
  mini_ = TRY(Chains::of(std::move(next), size / kMini, "small sector", true));
  return {};
}

Result<Placed> File::place_mini(std::uint32_t start, std::uint64_t size) {
  const std::uint64_t per_sector = header_.sector_size / kMini;
  Placed placed;
  for (const std::uint32_t mini : TRY(mini_.take(start))) {
    const std::uint64_t offset =
        offset_of(mini_stream_[mini / per_sector]) + mini % per_sector * kMini;
    add_run(placed, {offset, kMini}, size);
  }
  return if_whole(std::move(placed), size);
}

Result<std::vector<Extent>> File::free_extents() const {
  std::vector<Extent> free;
  for (const std::uint32_t sector : TRY(sectors_.rest())) {
    add_extent(free, {offset_of(sector), header_.sector_size});
  }
  const std::uint64_t per_sector = header_.sector_size / kMini;
  const std::vector<std::uint32_t> mini = TRY(mini_.rest());
  for (const std::uint32_t one : mini) {
    add_extent(free,
               {offset_of(mini_stream_[one / per_sector]) + one % per_sector * kMini, kMini});
  }
  for (std::uint64_t at = mini_.size(); at < mini_stream_.size() * per_sector; ++at) {
    add_extent(free,
               {offset_of(mini_stream_[at / per_sector]) + at % per_sector * kMini, kMini});
  }
  return free;
}

Result<void> File::check_zero(const std::vector<Extent>& extents) const {
  for (const Extent& extent : extents) {
    for (std::uint64_t done = 0; done < extent.size;) {
      const auto piece = TRY(read(extent.offset + done, std::min(kPiece, extent.size - done)));
      if (const std::size_t zeros = leading_zeros(piece); zeros < piece.size()) {
        const std::uint64_t at = extent.offset + done + zeros;
        const std::uint64_t rest = extent.size - done - zeros;
        if (at >= used_end_) {
          return malformed("trailing-data",
                           fmt::format("msi: {} bytes at byte {} follow its end", rest, at));
        }
        return malformed("unaccounted-bytes",
                         fmt::format("msi: {} bytes at byte {} belong to nothing", rest, at));
      }
      done += piece.size();
    }
  }
  return {};
}

}  // namespace assay::cfb
