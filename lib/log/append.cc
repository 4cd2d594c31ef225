#include "log/append.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "base/file.h"
#include "log/memory.h"
#include "log/recover.h"
#include "log/spool.h"
#include "log/turn.h"

namespace assay::log {
namespace {

constexpr int kMaxRounds = 256;  // batches under one lock
constexpr int kGatherLooks = 20;
constexpr std::chrono::microseconds kGatherPause{500};
/// Entries in which a spooled one is looked for; more than a batch and kSpoolSync together.
constexpr std::uint64_t kTail = 2 * kTileWidth;
constexpr std::uint64_t kSpoolSync = kTileWidth / 2;  // entries between syncs of the spool

/// The leaf hashes of the last tiles: where an entry is looked for that came before.
struct Tail {
  std::uint64_t first = 0;
  std::vector<Hash> hashes{};
};
Result<Tail> tail_of(const Folder& folder, std::uint64_t size, std::uint64_t from) {
  Tail tail;
  const std::uint64_t first = std::min(from, size - std::min(size, kTail)) / kTileWidth;
  tail.first = first * kTileWidth;
  for (std::uint64_t hash = tail.first; hash < size; hash += kTileWidth) {
    const Tile tile = tile_of(0, hash, size);
    std::vector<Hash> hashes = TRY(parse_hashes(TRY(folder.read_tile(tile))));
    hashes.resize(std::min<std::size_t>(hashes.size(), tile.width));
    tail.hashes.insert(tail.hashes.end(), hashes.begin(), hashes.end());
  }
  return tail;
}

std::optional<std::uint64_t> find(const Tail& tail, const Hash& leaf) {
  // From the end: the newest of equals.
  const auto found = std::find(tail.hashes.rbegin(), tail.hashes.rend(), leaf);
  if (found == tail.hashes.rend()) return std::nullopt;
  return tail.first + static_cast<std::uint64_t>(tail.hashes.rend() - found) - 1;
}

Result<std::string> edge_bytes(const Folder& folder, int level, std::uint64_t size) {
  const std::uint64_t count = hashes_at(level, size);
  if (count % kTileWidth == 0) return std::string();
  const Tile tile = tile_of(level, count - 1, size);
  std::string bytes = TRY(folder.read_tile(tile));
  if (level != Tile::kEntries) bytes.resize(tile.width * sizeof(Hash));
  return bytes;
}

/// Bundle, tiles, then the tree: the entries are in. They fit into one bundle. Ends with the
/// word that this tree is published next.
Result<TreeHead> integrate(const Folder& folder, const TreeHead& tree,
                           const std::vector<Spooled>& batch) {
  Step step(folder);
  std::string bundle = TRY(edge_bytes(folder, Tile::kEntries, tree.size));
  std::vector<Hash> fresh;
  for (const Spooled& spooled : batch) {
    bundle += frame(spooled.entry);
    fresh.push_back(spooled.hash);
  }
  TreeHead grown{.size = tree.size + batch.size()};
  TRY(step.put(tile_path(tile_of(Tile::kEntries, tree.size, grown.size)), std::move(bundle)));
  for (int level = 0; !fresh.empty(); ++level) {
    std::vector<Hash> hashes;
    if (const std::string edge = TRY(edge_bytes(folder, level, tree.size)); !edge.empty()) {
      hashes = TRY(parse_hashes(edge));
    }
    hashes.insert(hashes.end(), fresh.begin(), fresh.end());
    const Tile tile = tile_of(level, hashes_at(level, tree.size), grown.size);
    TRY(step.put(tile_path(tile), format_hashes(hashes)));
    fresh.clear();
    if (hashes.size() == kTileWidth) fresh.push_back(fold(std::move(hashes)));
  }
  grown.root = TRY(root_of(grown.size, subtrees_of(grown.size, step.reader())));
  const std::string text = format_checkpoint({.origin = folder.key().name, .tree = grown});
  step.then();
  TRY(step.put(".state/tree", text));
  step.then();
  TRY(step.put(".state/published", text));  // it is about to be, and nothing else may be
  TRY(step.commit());
  return grown;
}

/// Partial tiles that two newer ones have outdated. A reader who wanted one takes a wider.
void prune(const Folder& folder, std::uint64_t before, std::uint64_t now) {
  for (int level = Tile::kEntries; level < static_cast<int>(kTileLevels); ++level) {
    const std::uint64_t old_count = hashes_at(level, before);
    const std::uint64_t count = hashes_at(level, now);
    if (count == old_count) continue;
    const Tile tile{.level = level, .index = old_count / kTileWidth};
    const bool full = count / kTileWidth != tile.index;
    const std::string partial = folder.path(partial_folder(tile));
    const auto names = names_in(partial);
    if (!names) return;
    for (const std::string& name : *names) {
      const bool newest = name == std::to_string(count % kTileWidth) ||
                          name == std::to_string(old_count % kTileWidth);
      if (full || !newest) ::unlink((partial + "/" + name).c_str());
    }
    if (full) ::rmdir(partial.c_str());
  }
}

/// Not a log that had come further, or other ways, than this one.
Result<void> check_memory(const Folder& folder, const TreeHead& tree,
                          const std::string& memory) {
  const auto before = TRY(recall(memory, folder.key().name));
  if (!before) return {};
  return check_grown(*before, tree, subtrees_of(tree.size, folder.reader()));
}

/// Those just served often come at once with more: waiting for them a moment makes one batch
/// of what would be two. Who is alone waits for nobody.
void gather(const Folder& folder, std::size_t served) {
  for (int look = 0; served > 1 && look < kGatherLooks; ++look) {
    const auto waiting = folder.spooled();
    if (!waiting || waiting->size() >= served) return;
    std::this_thread::sleep_for(kGatherPause);
  }
}

/// Everything the spool holds becomes part of the log. The lock is held.
Result<void> lead(const Folder& folder, const Signer& signer, const AppendOptions& options) {
  TreeHead tree = TRY(recover(folder, signer).context("recovering the log"));
  TRY(check_memory(folder, tree, options.memory));
  const std::uint64_t at_first = tree.size;
  for (int round = 0; round < kMaxRounds; ++round) {
    std::vector<Spooled> batch = TRY(take_spool(folder, kTileWidth - tree.size % kTileWidth));
    if (batch.empty()) break;
    const Tail tail = TRY(tail_of(folder, tree.size, tree.size));
    const auto old = std::partition(batch.begin(), batch.end(), [&](const Spooled& spooled) {
      return !find(tail, spooled.hash);
    });
    TRY(empty_spool({old, batch.end()}));
    batch.erase(old, batch.end());
    if (batch.empty()) continue;
    const std::uint64_t before = tree.size;
    if (before / kSpoolSync != (before + batch.size()) / kSpoolSync) TRY(sync_spool(folder));
    tree = TRY(integrate(folder, tree, batch).context("writing to the log"));
    TRY(publish(folder, tree, signer).context("publishing the log's checkpoint"));
    TRY(empty_spool(batch));
    prune(folder, before, tree.size);
    gather(folder, batch.size());
  }
  if (tree.size == at_first) return {};
  return remember(options.memory, {.origin = folder.key().name, .tree = tree});
}

/// Leads, or waits until others have, until `done` says so.
Result<void> lead_until(const Folder& folder, const Signer& signer,
                        const AppendOptions& options, std::span<const std::string> files,
                        const std::function<bool()>& done) {
  return work_until(folder, options.patience, files, done, [&]() -> Result<void> {
    TRY(lead(folder, signer, options));
    if (done()) return {};
    return fail(Error::Kind::durability, "the log did not take the entry");
  });
}

bool is_there(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

/// `note` is of a tree of `size`, and was checked.
Result<ProofFile> prove_in(const Folder& folder, std::uint64_t index, const std::string& note,
                           std::uint64_t size) {
  if (index >= size) {
    return fail(Error::Kind::usage,
                fmt::format("there is no entry {}, the log has {}", index, size));
  }
  auto hashes = TRY(prove_inclusion(index, size, subtrees_of(size, folder.reader())));
  return ProofFile{.index = index, .hashes = std::move(hashes), .checkpoint = note};
}

/// How far the log claims to have come: where to begin to look. 0 if it does not say.
std::uint64_t size_before(const Folder& folder) {
  const auto note = folder.read_note();
  const auto parts = note ? parse_note(*note) : Result<Note>(note.error());
  const auto checkpoint =
      parts ? parse_checkpoint(parts->text) : Result<Checkpoint>(parts.error());
  return checkpoint ? checkpoint->tree.size : 0;
}

Result<void> check_entries(const Folder& folder, std::span<const std::string> entries,
                           const Signer& signer) {
  if (signer.public_key() != folder.key().public_key) {
    return fail(Error::Kind::config,
                "the key is not that of the log '" + folder.key().name + "'",
                "log.vkey in the log's folder says whose it is");
  }
  std::set<std::string_view> once;
  for (const std::string& entry : entries) {
    if (entry.empty() || entry.size() > kMaxEntry || !once.insert(entry).second) {
      return fail(Error::Kind::internal,
                  fmt::format("an entry of {} bytes, {} are allowed, or twice the same",
                              entry.size(), kMaxEntry));
    }
  }
  return {};
}

}  // namespace

Result<ProofFile> prove(const Folder& folder, std::uint64_t index, const std::string& note) {
  return prove_in(folder, index, note, TRY(open_checkpoint(note, folder.key())).tree.size);
}

Result<std::vector<ProofFile>> append(const Folder& folder,
                                      std::span<const std::string> entries,
                                      const Signer& signer, const AppendOptions& options) {
  TRY(check_entries(folder, entries, signer));
  const std::uint64_t before = size_before(folder);
  std::vector<std::string> waiting;
  for (const std::string& entry : entries) {
    TRY(spool(folder, entry));
    waiting.push_back(spool_path(folder, entry));
  }
  TRY(lead_until(folder, signer, options, waiting,
                 [&] { return std::ranges::none_of(waiting, is_there); }));
  const std::string note = TRY(folder.read_note());
  const std::uint64_t size = TRY(open_checkpoint(note, folder.key())).tree.size;
  const Tail tail = TRY(tail_of(folder, size, before - std::min(before, kTileWidth)));
  std::vector<ProofFile> proofs;
  for (const std::string& entry : entries) {
    const auto index = find(tail, leaf_hash(as_bytes(entry)));
    if (!index) {
      return fail(Error::Kind::durability, "an entry left the spool and is not in the log",
                  "`assay log fsck` says what is there");
    }
    proofs.push_back(TRY(prove_in(folder, *index, note, size)));
  }
  return proofs;
}

Result<void> with_lock(const Folder& folder, const AppendOptions& options,
                       const std::function<Result<void>()>& work) {
  return work_until(
      folder, options.patience, {}, [] { return false; }, work);
}

Result<void> settle(const Folder& folder, const Signer& signer, const AppendOptions& options) {
  TRY(check_entries(folder, {}, signer));
  bool led = false;
  return lead_until(folder, signer, options, {}, [&led] { return std::exchange(led, true); });
}

}  // namespace assay::log
