#include "log/recover.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace assay::log {
namespace {

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::durability, .code = std::move(code), .what = std::move(what)};
}

Result<void> remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  Error error = io_error("cannot remove '" + printable(path) + "'", errno);
  error.kind = Error::Kind::durability;
  return error;
}

/// Files that a writer made for entries it did not come to commit. A batch fills at most the
/// tile at the right edge, so they stand there.
Result<void> remove_beyond(const Folder& folder, std::uint64_t size) {
  for (int level = Tile::kEntries; level < static_cast<int>(kTileLevels); ++level) {
    const std::uint64_t count = hashes_at(level, size);
    const Tile next{.level = level, .index = count / kTileWidth};
    TRY(remove(folder.path(tile_path(next))));
    const std::string partial = folder.path(partial_folder(next));
    for (const std::string& name : TRY(names_in(partial))) {
      const auto tile = parse_tile_path(partial_folder(next) + "/" + name);
      if (!tile || tile->width > count % kTileWidth) TRY(remove(partial + "/" + name));
    }
    if (level > 0 && count == 0) break;  // nothing above was ever begun
  }
  return {};
}

/// The root over all entries, bundle by bundle.
Result<Hash> rehash(const Folder& folder, std::uint64_t size) {
  Edge edge;
  while (edge.size() < size) {
    for (const std::string& entry : TRY(folder.read_bundle(edge.size() / kTileWidth, size))) {
      edge.push(leaf_hash(as_bytes(entry)));
    }
  }
  return edge.root();
}

/// The tree as it was signed last; the entries must give it.
Result<TreeHead> rebuild_tree(const Folder& folder, const TreeHead& signed_tree) {
  if (TRY(rehash(folder, signed_tree.size)) != signed_tree.root) {
    return refuse("log-damaged", "the entries do not give the root that was signed");
  }
  Step step(folder);
  TRY(step.put(".state/tree",
               format_checkpoint({.origin = folder.key().name, .tree = signed_tree})));
  TRY(step.commit());
  return signed_tree;
}

/// What was integrated may have reached no disk, if a sync failed and its writer gave up:
/// a later sync of the same file would not say so. So the last files are written anew.
Result<void> rewrite_edge(const Folder& folder, const TreeHead& tree) {
  Step step(folder);
  for (int level = Tile::kEntries; level < static_cast<int>(kTileLevels); ++level) {
    const std::uint64_t count = hashes_at(level, tree.size);
    if (count == 0) continue;
    const Tile tile = tile_of(level, count - 1, tree.size);
    TRY(step.put(tile_path(tile), TRY(folder.read_tile(tile))));
  }
  TRY(step.put(".state/tree", format_checkpoint({.origin = folder.key().name, .tree = tree})));
  return step.commit();
}

/// The larger of what the checkpoint says and what was about to be published.
Result<TreeHead> signed_so_far(const Folder& folder) {
  const TreeHead checkpoint = TRY(folder.read_checkpoint()).tree;
  const auto published = folder.read_state("published");
  if (!published || published->size < checkpoint.size) return checkpoint;
  if (published->size == checkpoint.size && !(*published == checkpoint)) {
    return refuse("log-rewritten", "the checkpoint is not the one that was published");
  }
  return *published;
}

}  // namespace

Result<void> publish(const Folder& folder, const TreeHead& tree, const Signer& signer) {
  const auto published = folder.read_state("published");
  if (published && (published->size > tree.size ||
                    (published->size == tree.size && published->root != tree.root))) {
    return refuse("log-rolled-back", fmt::format("{} entries were published, the tree has {}",
                                                 published->size, tree.size));
  }
  const Checkpoint checkpoint{.origin = folder.key().name, .tree = tree};
  if (!published || !(*published == tree)) {
    Step step(folder);
    TRY(step.put(".state/published", format_checkpoint(checkpoint)));
    TRY(step.commit());
  }
  Step last(folder);
  TRY(last.put("checkpoint", TRY(sign_checkpoint(checkpoint, signer))));
  return last.commit();
}

Result<TreeHead> recover(const Folder& folder, const Signer& signer) {
  const TreeHead before = TRY(signed_so_far(folder));
  auto tree = folder.read_state("tree");
  if (!tree) tree = TRY(rebuild_tree(folder, before));
  if (tree->size < before.size) {
    return refuse("log-rolled-back", fmt::format("{} entries were published, the tree has {}",
                                                 before.size, tree->size));
  }
  if (tree->size == before.size && tree->root != before.root) {
    return refuse("log-rewritten", "the tree is not the one that was published");
  }
  TRY(remove_beyond(folder, tree->size));
  if (TRY(root_of(tree->size, subtrees_of(tree->size, folder.reader()))) != tree->root) {
    return refuse("log-damaged", "the tiles do not give the root of the tree");
  }
  const TreeHead shown = TRY(folder.read_checkpoint()).tree;
  if (shown == *tree) return *tree;
  TRY(rewrite_edge(folder, *tree));
  TRY(publish(folder, *tree, signer));
  return *tree;
}

}  // namespace assay::log
