// Folder: where the files of a log stand, and how they get there so that a
// reader sees old bytes or new ones, and a crash leaves the old or the new.
//
//   checkpoint  log.vkey  tile/<L>/<N>[.p/<W>]  tile/entries/<N>[.p/<W>]
//   evidence/ab/<rest of its SHA-256>.json
//   .state/lock tree published tmp/ spool/<SHA-256>.leaf

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "log/checkpoint.h"
#include "log/tile.h"

namespace assay::log {

/// What statfs(2) calls a file system that other machines write too, or that a program of
/// its own serves: its locks and syncs cannot be relied on.
bool is_remote_file_system(std::int64_t magic);

/// What could not be done to the log's files, for a reason of errno.
Error not_durable(std::string what, int number);

class Folder {
 public:
  /// A log that is there. Fails with durability, code "log-file-system" or "log-missing".
  static Result<Folder> open(const std::string& path);
  /// An empty log of that name, its checkpoint signed; an existing one is an error (usage).
  static Result<Folder> create(const std::string& path, const std::string& origin,
                               const Signer& signer);

  std::string path(std::string_view name) const { return root_ + "/" + std::string(name); }
  const std::string& root() const { return root_; }
  const NoteKey& key() const { return key_; }

  /// The bytes of a tile, at least as wide; a wider one begins with it. Code "log-truncated"
  /// if it is not there.
  Result<std::string> read_tile(const Tile& tile) const;
  ReadTile reader() const;
  /// Every entry of one bundle of a tree of `size` entries.
  Result<std::vector<std::string>> read_bundle(std::uint64_t bundle, std::uint64_t size) const;
  /// One entry of a tree of `size`.
  Result<std::string> read_entry(std::uint64_t index, std::uint64_t size) const;

  /// The checkpoint's note, and what it says.
  Result<std::string> read_note() const;
  Result<Checkpoint> read_checkpoint() const;
  /// .state/tree or .state/published; nothing if it is missing or damaged.
  std::optional<TreeHead> read_state(std::string_view name) const;

  /// The files of .state/spool, sorted.
  Result<std::vector<std::string>> spooled() const;

 private:
  Folder(std::string root, NoteKey key) : root_(std::move(root)), key_(std::move(key)) {}
  std::string root_;
  NoteKey key_;
};

/// Files that become durable together: written and synced beside the log, then renamed, then
/// their folders synced. Only who holds the lock may use it.
class Step {
 public:
  explicit Step(const Folder& folder) : folder_(folder) {}
  Result<void> put(const std::string& name, std::string content);
  /// What is put from here on takes its place only when what was put before has it for good.
  /// It costs no sync of its own: all contents are written and synced first, at once.
  void then() { ++stage_; }
  Result<void> commit();
  /// What was put, else what is there.
  ReadTile reader() const;

 private:
  /// One that is written beside the log, and not yet synced.
  struct Written {
    std::string name{};
    int stage = 0;
    Fd file{};
  };
  Result<void> sync_contents();
  Result<void> rename(const std::string& temporary, const std::string& name);

  const Folder& folder_;
  std::map<std::string, std::string> contents_{};
  std::vector<Written> written_{};
  int stage_ = 0;
};

/// The names in a folder but "." and ".."; none if there is no such folder.
Result<std::vector<std::string>> names_in(const std::string& path);

/// Keeps bytes under their digest, durably; what is there already stays. Returns the path
/// below the log's folder.
Result<std::string> keep_evidence(const Folder& folder, std::string_view bytes);
std::string evidence_path(std::string_view sha256);

}  // namespace assay::log
