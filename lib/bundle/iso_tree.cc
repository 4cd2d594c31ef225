#include "bundle/iso_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "bundle/iso_map.h"
#include "bundle/iso_volume.h"
#include "bundle/stream.h"
#include "bundle/stream_index.h"
#include "bundle/unicode.h"

namespace assay::iso {
namespace {

constexpr std::uint64_t kSystemArea = 16 * kBlock;
constexpr std::uint64_t kFolderMax = std::uint64_t{64} << 20;
constexpr std::size_t kDeepest = 64;

/// A directory that is to be read.
struct Folder {
  Record record{};
  std::string path{};  ///< with a slash, but for the root's
  std::size_t depth = 0;
};

MemberKind kind_of(std::uint32_t mode) {
  switch (mode & 0xf000U) {
    case 0x4000: return MemberKind::directory;
    case 0x8000: return MemberKind::file;
    case 0xa000: return MemberKind::symlink;
    default: return MemberKind::device;
  }
}

/// Without the version number, and a dot with nothing behind it.
std::string plain_name(std::string name) {
  if (name.ends_with(";1")) name.resize(name.size() - 2);
  if (name.size() > 1 && name.ends_with('.')) name.pop_back();
  return name;
}

std::string joliet_name(std::string_view raw) {
  std::u16string units;
  for (std::size_t at = 0; at + 1 < raw.size(); at += 2) {
    units += static_cast<char16_t>(static_cast<unsigned char>(raw[at]) << 8 |
                                   static_cast<unsigned char>(raw[at + 1]));
  }
  return plain_name(utf8_of(units));
}

/// One tree of directories, read whole.
class Tree {
 public:
  Tree(Map& map, const Volume& volume, const Limits& limits)
      : map_(map), volume_(volume), limits_(limits) {}

  Result<std::vector<File>> run() {
    std::vector<Folder> open{{volume_.root, {}, 0}};
    while (!open.empty()) {
      const Folder it = std::move(open.back());
      open.pop_back();
      if (it.depth > kDeepest)
        return unsupported("directories that lie too deep in each other");
      TRY(read_folder(it, open));
    }
    if (!std::ranges::equal(seen_, volume_.folders)) {
      return malformed("ambiguous-type",
                       "iso: its path tables and its directories do not agree");
    }
    return std::move(files_);
  }

  bool has_rock_ridge() const { return rock_ridge_; }

 private:
  Result<void> read_folder(const Folder& folder, std::vector<Folder>& open) {
    const Record& it = folder.record;
    if (it.size == 0 || it.size % kBlock != 0 || it.size > kFolderMax || it.goes_on) {
      return corrupt("a directory is of no size");
    }
    if (!seen_.insert(it.offset).second) return corrupt("a directory is in two places");
    const auto bytes = TRY(map_.take_metadata(it.offset, it.size));
    std::size_t number = 0;
    for (Bytes block = bytes; !block.empty(); block = block.subspan(kBlock)) {
      TRY(read_block(block.first(kBlock), folder, number, open));
    }
    return unfinished_ ? Result<void>(corrupt("a file does not end")) : Result<void>();
  }

  Result<void> read_block(Bytes block, const Folder& folder, std::size_t& number,
                          std::vector<Folder>& open) {
    while (!block.empty() && block[0] != std::byte{0}) {
      const auto size = std::to_integer<std::size_t>(block[0]);
      if (size > block.size()) return corrupt("a record is cut off");
      const Record record = TRY(read_record(block.first(size)));
      block = block.subspan(size);
      const bool odd = number < 2 ? record.name != std::string(1, static_cast<char>(number))
                                  : record.is_self_or_parent();
      if (odd || (number == 0 && record.offset != folder.record.offset)) {
        return corrupt("a directory does not begin with itself");
      }
      TRY(take(record, folder, number++, open));
    }
    return is_zero(block) ? Result<void>()
                          : malformed("unaccounted-bytes", "iso: bytes stand behind a record");
  }

  Result<void> take(const Record& record, const Folder& folder, std::size_t number,
                    std::vector<Folder>& open) {
    if (number == 0 && folder.depth == 0) {
      rock_ridge_ = !volume_.is_joliet && iso::has_rock_ridge(record.system_use);
    }
    RockRidge said;
    if (rock_ridge_) {
      said = TRY(read_rock_ridge(record.system_use, [&](std::uint64_t at, std::uint64_t size) {
        return map_.take_metadata(at, size);
      }));
    } else if (!is_zero(record.system_use)) {
      return unsupported("attributes that are not known");
    }
    if (number < 2) return {};
    return add(record, said, folder, open);
  }

  Result<void> add(const Record& record, const RockRidge& said, const Folder& folder,
                   std::vector<Folder>& open) {
    std::string name = volume_.is_joliet ? joliet_name(record.name) : plain_name(record.name);
    if (!said.name.empty()) name = said.name;
    if (name.find('/') != name.npos)
      return malformed("unsafe-name", "iso: a name with a slash");
    const std::string path = folder.path + name;
    if (unfinished_ && files_.back().entry.name != path) return corrupt("a file does not end");
    if (!unfinished_) {
      if (files_.size() > limits_.members) {
        return undecided("limit-members", "iso: it has too many files");
      }
      files_.push_back({.entry = entry_of(record, said, path)});
      if ((files_.back().entry.kind == MemberKind::directory) != record.is_directory) {
        return corrupt("a directory is none by its mode");
      }
    }
    unfinished_ = record.goes_on;
    if (record.is_directory) {
      open.push_back({record, path + "/", folder.depth + 1});
      return {};
    }
    TRY(map_.claim_content(record.offset, record.size));
    File& file = files_.back();
    if (record.size > 0) file.parts.push_back({record.offset, record.size});
    file.entry.declared_size = file.entry.declared_size.value_or(0) + record.size;
    return {};
  }

  static Entry entry_of(const Record& record, const RockRidge& said, const std::string& path) {
    Entry entry{.name = path, .kind = MemberKind::file, .mode = 0644};
    if (record.is_directory) {
      entry.kind = MemberKind::directory;
      entry.mode = 0755;
    }
    if (said.mode) {
      entry.kind = kind_of(*said.mode);
      entry.mode = *said.mode & 0xfffU;
    }
    entry.link_target = said.target;
    return entry;
  }

  Map& map_;
  const Volume& volume_;
  const Limits& limits_;
  std::set<std::uint64_t> seen_{};
  std::vector<File> files_{};
  bool rock_ridge_ = false;
  bool unfinished_ = false;
};

/// Those of the other tree whose content this one does not have.
void add_others(std::vector<File> others, std::vector<File>& files) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> known;
  for (const File& file : files) {
    for (const Part& part : file.parts) known.insert({part.offset, part.size});
  }
  for (File& file : others) {
    const bool is_new = std::ranges::any_of(file.parts, [&](const Part& part) {
      return !known.contains({part.offset, part.size});
    });
    if (!is_new) continue;
    file.entry.name.insert(0, "%other-tree/");
    files.push_back(std::move(file));
  }
}

/// Bytes that have a place and no name.
Result<void> add_unnamed(Map& map, const std::string& name, Part part, Disc& disc) {
  if (part.size == 0 || map.is_content(part.offset)) return {};
  TRY(map.claim_content(part.offset, part.size));
  disc.files.push_back({.entry = {.name = name,
                                  .kind = MemberKind::file,
                                  .mode = 0644,
                                  .declared_size = part.size},
                        .parts = {part}});
  return {};
}

Result<void> add_boot(Map& map, const Volumes& volumes, Disc& disc) {
  if (!is_zero(TRY(map.read(0, kSystemArea)))) {
    disc.left_open = unsupported("what its first 32 KiB make a computer do, or a disk of it");
    TRY(add_unnamed(map, "%system-area", {0, kSystemArea}, disc));
  }
  if (!volumes.boot_catalog) return {};
  TRY(add_unnamed(map, "%boot-catalog", {*volumes.boot_catalog, kBlock}, disc));
  std::size_t number = 0;
  for (const auto& [offset, size] : TRY(read_boot_images(map, *volumes.boot_catalog))) {
    TRY(add_unnamed(map, fmt::format("%boot-image-{}", number++), {offset, size}, disc));
  }
  return {};
}

}  // namespace

Result<Disc> read_disc(const RandomAccess& bytes, const Limits& limits) {
  Map map(bytes);
  const Volumes volumes = TRY(read_volumes(map));
  Tree tree(map, volumes.primary, limits);
  Disc disc{.files = TRY(tree.run())};
  if (volumes.joliet) {
    std::vector<File> joliet = TRY(Tree(map, *volumes.joliet, limits).run());
    if (!tree.has_rock_ridge()) std::swap(joliet, disc.files);
    add_others(std::move(joliet), disc.files);
  }
  TRY(add_boot(map, volumes, disc));
  if (volumes.end > bytes.size()) return malformed("truncated", "iso: it ends early");
  auto ledger = map.account(volumes.end);
  if (ledger) {
    disc.ledger = *ledger;
  } else if (!disc.left_open) {
    return ledger.error();
  }
  return disc;
}

}  // namespace assay::iso
