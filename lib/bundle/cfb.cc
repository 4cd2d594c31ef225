#include "bundle/cfb.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "bundle/cfb_file.h"
#include "bundle/stream.h"
#include "bundle/stream_index.h"
#include "bundle/unicode.h"

namespace assay {
namespace {

using cfb::corrupt;
using cfb::kEndOfChain;

constexpr std::uint32_t kNobody = 0xffff'ffff;
constexpr std::size_t kRecord = 128;
constexpr std::size_t kNameMax = 64;  // bytes, the zero at its end among them
constexpr std::uint64_t kSmall = 4096;
constexpr std::size_t kDeepest = 32;
enum Type : unsigned { unused = 0, storage = 1, stream = 2, root = 5 };

/// One record of the directory as it stands.
struct Record {
  CfbEntry entry{};
  unsigned type = unused;
  std::uint32_t left = kNobody;
  std::uint32_t right = kNobody;
  std::uint32_t child = kNobody;
  std::uint32_t start = 0;
  bool seen = false;
};

Result<std::u16string> read_name(Bytes bytes) {
  const std::size_t size = le16(bytes, kNameMax);
  if (size < 4 || size > kNameMax || size % 2 != 0 ||
      !is_zero(bytes.first(kNameMax).subspan(size - 2))) {
    return corrupt("the name of an entry has no end, or bytes behind it");
  }
  std::u16string name;
  for (std::size_t at = 0; at + 2 < size; at += 2) {
    name += static_cast<char16_t>(le16(bytes, at));
  }
  // What [MS-CFB] 2.6.1 forbids, and would part a path.
  if (name.find_first_of(std::u16string_view(u"\0/\\:!", 5)) != name.npos) {
    return malformed("unsafe-name", "msi: the name of an entry holds what none may hold");
  }
  return name;
}

Result<Record> read_unused(Bytes bytes) {
  const bool no_links =
      as_text(bytes.subspan(68, 12)).find_first_not_of('\xff') == std::string_view::npos;
  const bool zero = is_zero(bytes.first(68)) && is_zero(bytes.subspan(80));
  if (zero && (no_links || is_zero(bytes.subspan(68, 12)))) return Record{};
  return malformed("unaccounted-bytes", "msi: an entry that is not in use holds something");
}

Result<Record> read_record(Bytes bytes, bool is_first, unsigned version) {
  Record it{.type = std::to_integer<unsigned>(bytes[66])};
  if (it.type == unused) return read_unused(bytes);
  if (it.type != storage && it.type != stream && it.type != root) {
    return corrupt("an entry is of no known type");
  }
  if ((it.type == root) != is_first || std::to_integer<unsigned>(bytes[67]) > 1) {
    return corrupt("an entry is what it cannot be in its place");
  }
  it.entry.name = TRY(read_name(bytes));
  it.entry.is_stream = it.type == stream;
  it.left = le32(bytes, 68);
  it.right = le32(bytes, 72);
  it.child = le32(bytes, 76);
  std::ranges::copy(bytes.subspan(80, 16), it.entry.clsid.begin());
  it.entry.state = le32(bytes, 96);
  it.entry.created = le64(bytes, 100);
  it.entry.modified = le64(bytes, 108);
  it.start = le32(bytes, 116);
  it.entry.size = le64(bytes, 120);
  if (version == 3 && it.entry.size > 0xffff'ffff) return corrupt("a stream is over 4 GiB");
  const bool odd_stream =
      it.type == stream && (it.child != kNobody || !is_zero(it.entry.clsid));
  const bool odd_storage = it.type == storage && (it.start != 0 || it.entry.size != 0);
  const bool odd_root = it.type == root && (it.left != kNobody || it.right != kNobody ||
                                            it.entry.name != u"Root Entry");
  if (odd_stream || odd_storage || odd_root) {
    return corrupt("an entry has what only others have");
  }
  return it;
}

/// The order of siblings, [MS-CFB] 2.6.4: shorter names first, then by capital letters.
bool stands_before(const std::u16string& a, const std::u16string& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return std::ranges::lexicographical_compare(a, b, {}, capital_of, capital_of);
}

class Reader {
 public:
  Reader(cfb::File& file, const Limits& limits) : file_(file), limits_(limits) {}

  Result<Cfb> run() {
    TRY(read_directory());
    TRY(open_mini());
    TRY(walk());
    TRY(check_rest());
    cfb_.ledger.metadata = file_.table_bytes();
    return std::move(cfb_);
  }

 private:
  /// A storage whose children are to be read.
  struct Open {
    std::size_t entry = 0;  ///< in cfb_
    std::uint32_t child = kNobody;
    std::size_t depth = 0;
  };

  Result<void> read_directory() {
    std::vector<cfb::Extent> where;
    const auto bytes = TRY(file_.read_chain(file_.header().directory, where));
    const cfb::Header& header = file_.header();
    if (header.version == 4 && header.directory_sectors != where.size()) {
      return corrupt("its directory is not as long as it says");
    }
    if (bytes.size() / kRecord > limits_.members) {
      return undecided("limit-members", fmt::format("msi: it has {} entries, and {} are read",
                                                    bytes.size() / kRecord, limits_.members));
    }
    for (std::size_t at = 0; at < bytes.size(); at += kRecord) {
      Record record =
          TRY(read_record(Bytes(bytes).subspan(at, kRecord), at == 0, header.version));
      record.entry.record = where[at / header.sector_size].offset + at % header.sector_size;
      records_.push_back(std::move(record));
    }
    if (records_.empty() || records_[0].type != root) return corrupt("it has no directory");
    return {};
  }

  Result<void> open_mini() {
    Record& it = records_[0];
    const bool none = it.entry.size == 0;
    const std::uint32_t start = none && it.start == 0 ? kEndOfChain : it.start;
    TRY(file_.open_mini(start, it.entry.size));
    it.entry.size = 0;
    return {};
  }

  /// Every storage's tree, parents first.
  Result<void> walk() {
    cfb_.entries.push_back(std::move(records_[0].entry));
    records_[0].seen = true;
    std::vector<Open> open{{0, records_[0].child, 1}};
    while (!open.empty()) {
      const Open it = open.back();
      open.pop_back();
      if (it.depth > kDeepest) {
        return undecided("unsupported-feature", "msi: its storages lie too deep in each other");
      }
      TRY(read_tree(it, open));
    }
    const auto lost = std::ranges::find_if(
        records_, [](const Record& one) { return one.type != unused && !one.seen; });
    if (lost == records_.end()) return {};
    return malformed("unaccounted-bytes", "msi: an entry is in use and in no storage");
  }

  /// The children of one storage, in their order. Those that are storages become open.
  Result<void> read_tree(const Open& storage_of, std::vector<Open>& open) {
    std::vector<std::uint32_t> above;
    std::uint32_t at = storage_of.child;
    std::optional<std::u16string> last;
    while (at != kNobody || !above.empty()) {
      for (; at != kNobody; at = records_[at].left) {
        TRY(see(at));
        above.push_back(at);
      }
      Record& it = records_[above.back()];
      above.pop_back();
      at = it.right;
      if (last && !stands_before(*last, it.entry.name)) {
        return corrupt("two entries have one name, or stand in no order");
      }
      last = it.entry.name;
      if (it.type == stream) TRY(place(it));
      const std::size_t place = cfb_.entries.size();
      cfb_.entries[storage_of.entry].children.push_back(place);
      cfb_.entries.push_back(std::move(it.entry));
      if (it.type == storage) open.push_back({place, it.child, storage_of.depth + 1});
    }
    return {};
  }

  Result<void> see(std::uint32_t at) {
    if (at >= records_.size() || records_[at].type == unused || records_[at].seen) {
      return corrupt("its directory is no tree");
    }
    records_[at].seen = true;
    return {};
  }

  Result<void> place(Record& it) {
    CfbEntry& entry = it.entry;
    if (entry.size == 0) {
      if (it.start == kEndOfChain || it.start == 0) return {};
      return corrupt("an empty stream has sectors");
    }
    cfb::Placed placed = TRY(entry.size < kSmall ? file_.place_mini(it.start, entry.size)
                                                 : file_.place(it.start, entry.size));
    entry.content = std::move(placed.content);
    extents_ += entry.content.size();
    if (extents_ * sizeof(cfb::Extent) > limits_.decoder_memory) {
      return undecided("limit-decoder-memory", "msi: its streams are in too many pieces");
    }
    cfb_.ledger.member += entry.size;
    for (const cfb::Extent& one : placed.slack) cfb_.ledger.padding += one.size;
    return file_.check_zero(placed.slack);
  }

  Result<void> check_rest() {
    const std::vector<cfb::Extent> free = TRY(file_.free_extents());
    for (const cfb::Extent& one : free) cfb_.ledger.padding += one.size;
    return file_.check_zero(free);
  }

  cfb::File& file_;
  const Limits& limits_;
  std::vector<Record> records_{};
  Cfb cfb_{};
  std::uint64_t extents_ = 0;
};

}  // namespace

Result<Cfb> read_cfb(const RandomAccess& bytes, const Limits& limits) {
  cfb::File file = TRY(cfb::File::open(bytes, limits));
  return Reader(file, limits).run();
}

}  // namespace assay
