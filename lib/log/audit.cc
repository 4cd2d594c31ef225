#include "log/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "crypto/digest.h"
#include "log/append.h"
#include "log/archive.h"
#include "log/memory.h"
#include "log/witness.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFaults = 100;

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::durability, .code = std::move(code), .what = std::move(what)};
}

/// The hashes of one tile are those of its entries.
Result<void> check_bundle(const Folder& folder, std::uint64_t bundle, std::uint64_t size) {
  const Tile tile = tile_of(0, bundle * kTileWidth, size);
  const std::vector<Hash> hashes = TRY(parse_hashes(TRY(folder.read_tile(tile))));
  const std::vector<std::string> entries = TRY(folder.read_bundle(bundle, size));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i < hashes.size() && leaf_hash(as_bytes(entries[i])) == hashes[i]) continue;
    return refuse("log-damaged", fmt::format("entry {} is not the one that was hashed",
                                             bundle * kTileWidth + i));
  }
  return {};
}

Result<void> check_root(const Folder& folder, const TreeHead& tree) {
  if (TRY(root_of(tree.size, subtrees_of(tree.size, folder.reader()))) == tree.root) return {};
  return refuse("log-damaged", "the tiles do not give the root that was signed");
}

class Fsck {
 public:
  Fsck(const Folder& folder, const NoteKey& key) : folder_(folder), key_(key) {}

  std::vector<Fault> run() {
    const auto note = folder_.read_note();
    if (!note) return {{"log-missing", note.error().what}};
    const auto checkpoint = open_checkpoint(*note, key_);
    if (!checkpoint) return {{checkpoint.error().code, checkpoint.error().what}};
    tree_ = checkpoint->tree;
    note_if(check_log(folder_, key_, std::nullopt));
    const std::uint64_t bundles = (tree_.size + kTileWidth - 1) / kTileWidth;
    for (std::uint64_t bundle = 0; bundle < bundles && !full(); ++bundle) {
      note_if(check_bundle(folder_, bundle, tree_.size));
    }
    for (int level = 1; hashes_at(level, tree_.size) > 0; ++level) check_level(level);
    check_files("tile");
    check_files("evidence");
    check_inputs();
    check_witnesses();
    return std::move(faults_);
  }

 private:
  bool full() const { return faults_.size() >= kMaxFaults; }
  void add(std::string code, std::string what) {
    if (!full()) faults_.push_back({std::move(code), std::move(what)});
  }
  template <class T>
  void note_if(const Result<T>& checked) {
    if (!checked) add(checked.error().code, checked.error().what);
  }

  /// Each hash of a level is folded from the tile below it.
  void check_level(int level) {
    const std::uint64_t count = hashes_at(level, tree_.size);
    std::vector<Hash> hashes;
    for (std::uint64_t i = 0; i < count && !full(); ++i) {
      if (i % kTileWidth == 0) {
        const auto bytes = folder_.read_tile(tile_of(level, i, tree_.size));
        const auto parsed =
            bytes ? parse_hashes(*bytes) : Result<std::vector<Hash>>(bytes.error());
        note_if(parsed);
        hashes = parsed ? *parsed : std::vector<Hash>();
      }
      const auto below = folder_.read_tile({.level = level - 1, .index = i});
      const auto parsed =
          below ? parse_hashes(*below) : Result<std::vector<Hash>>(below.error());
      if (!parsed || i % kTileWidth >= hashes.size() ||
          fold(*parsed) != hashes[i % kTileWidth]) {
        add("log-damaged",
            fmt::format("hash {} of level {} is not that of its tile", i, level));
      }
    }
  }

  /// A file below tile/ or evidence/ that has no business there, or is not what its name says.
  void check_files(const std::string& below) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder_.path(below), error), end;
         it != end && !full(); it.increment(error)) {
      if (error) return add("log-damaged", "cannot list '" + below + "'");
      if (it->is_directory(error)) continue;
      const std::string name = it->path().lexically_relative(folder_.root()).string();
      below == "tile" ? check_tile_file(name) : check_evidence_file(name);
    }
  }

  void check_tile_file(const std::string& name) {
    const auto tile = parse_tile_path(name);
    const std::uint64_t count = tile ? hashes_at(tile->level, tree_.size) : 0;
    const std::uint64_t begin = tile ? tile->index * kTileWidth : 0;
    if (!tile || begin + tile->width > count) {
      return add("log-extra-file", "'" + printable(name) + "' is not of this log");
    }
    const Tile whole = tile_of(tile->level, begin, tree_.size);
    if (whole.width == tile->width) return;  // it was read above
    const auto bytes = read_file(folder_.path(name), kMaxBundleBytes);
    const auto all = folder_.read_tile(whole);
    if (!bytes || !all || !all->starts_with(*bytes)) {
      add("log-damaged", "'" + printable(name) + "' is not how its tile began");
    }
  }

  /// Everything that somebody saw is how this log began.
  void check_witnesses() {
    const auto seen = seen_by(folder_, key_);
    note_if(seen);
    if (!seen) return;
    for (const Seen& one : *seen) {
      note_if(check_grown(one.tree, tree_, subtrees_of(tree_.size, folder_.reader())));
    }
  }

  void check_inputs() {
    const auto faults = check_archive(folder_);
    if (!faults) return add("log-damaged", faults.error().what);
    for (const std::string& fault : *faults) add("log-damaged", fault);
  }

  void check_evidence_file(const std::string& name) {
    const auto bytes = read_file(folder_.path(name), std::size_t{1} << 30U);
    if (!bytes || evidence_path(sha256_hex(as_bytes(*bytes))) != name) {
      add("log-damaged", "'" + printable(name) + "' is not what its name says");
    }
  }

  const Folder& folder_;
  const NoteKey& key_;
  TreeHead tree_{};
  std::vector<Fault> faults_{};
};

}  // namespace

Result<Checkpoint> check_log(const Folder& folder, const NoteKey& key,
                             const std::optional<TreeHead>& before) {
  const Checkpoint checkpoint = TRY(open_checkpoint(TRY(folder.read_note()), key));
  const TreeHead& tree = checkpoint.tree;
  const auto published = folder.read_state("published");
  if (published && published->size > tree.size) {
    // A writer is, or died, between the two if all is there; then the next one goes on.
    if (!check_root(folder, *published)) {
      return refuse("log-truncated", fmt::format("{} entries were published, {} are there",
                                                 published->size, tree.size));
    }
  }
  TRY(check_root(folder, tree));
  if (tree.size > 0) TRY(check_bundle(folder, (tree.size - 1) / kTileWidth, tree.size));
  if (before) TRY(check_grown(*before, tree, subtrees_of(tree.size, folder.reader())));
  return checkpoint;
}

std::vector<Fault> fsck(const Folder& folder, const NoteKey& key) {
  return Fsck(folder, key).run();
}

Result<void> compare(const Folder& a, const Folder& b, const NoteKey& key) {
  const TreeHead first = TRY(check_log(a, key, std::nullopt)).tree;
  const TreeHead second = TRY(check_log(b, key, std::nullopt)).tree;
  const bool a_is_larger = first.size >= second.size;
  const Folder& larger = a_is_larger ? a : b;
  const TreeHead& from = a_is_larger ? second : first;
  const TreeHead& to = a_is_larger ? first : second;
  if (check_grown(from, to, subtrees_of(to.size, larger.reader()))) return {};
  return refuse("log-forked", fmt::format("the copy of {} entries is not how that of {} began: "
                                          "one log showed two histories",
                                          from.size, to.size));
}

Result<void> for_each_proven(
    const Folder& folder, const TreeHead& from, const TreeHead& to,
    const std::function<Result<void>(std::uint64_t, const std::string&)>& visit) {
  Edge edge = TRY(Edge::of(from.size, subtrees_of(to.size, folder.reader())));
  if (edge.root() != from.root) {
    return refuse("log-damaged",
                  fmt::format("the tiles do not give the root of {} entries", from.size));
  }
  TRY(for_each_entry(folder, from.size, to.size,
                     [&](std::uint64_t index, const std::string& entry) -> Result<void> {
                       edge.push(leaf_hash(as_bytes(entry)));
                       return visit(index, entry);
                     }));
  if (edge.size() == to.size && edge.root() == to.root) return {};
  return refuse("log-damaged", fmt::format("the entries from {} on do not give the root of {}",
                                           from.size, to.size));
}

Result<void> for_each_entry(
    const Folder& folder, std::uint64_t from, std::uint64_t size,
    const std::function<Result<void>(std::uint64_t, const std::string&)>& visit) {
  for (std::uint64_t bundle = from / kTileWidth; bundle * kTileWidth < size; ++bundle) {
    const std::vector<std::string> entries = TRY(folder.read_bundle(bundle, size));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::uint64_t index = bundle * kTileWidth + i;
      if (index >= from) TRY(visit(index, entries[i]));
    }
  }
  return {};
}

}  // namespace assay::log
