#include "log/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/c_handle.h"
#include "base/file.h"
#include "crypto/digest.h"

namespace assay::log {
namespace {

constexpr std::size_t kMaxNames = 100'000;

Error not_durable(const std::string& what, const std::string& path, int number) {
  return assay::log::not_durable(what + " '" + printable(path) + "'", number);
}

Error coded(std::string code, std::string what, std::string hint = {}) {
  return {.kind = Error::Kind::durability,
          .code = std::move(code),
          .what = std::move(what),
          .hint = std::move(hint)};
}

std::string parent(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

Result<void> sync_folder(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return not_durable("cannot sync", path, errno);
  return {};
}

/// A folder and what it stands in, down from `root`, each made durable.
Result<void> make_below(const std::string& root, const std::string& path) {
  for (std::size_t end = root.size(); end != path.npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0755) == 0) {
      TRY(sync_folder(parent(part)));
    } else if (errno != EEXIST) {
      return not_durable("cannot make", part, errno);
    }
  }
  return {};
}

/// Written, and on its way to the disk; not yet there.
Result<Fd> write_unsynced(const std::string& path, std::string_view content) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd) return not_durable("cannot write", path, errno);
  while (!content.empty()) {
    const ssize_t n = ::write(fd.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return not_durable("cannot write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  // Where blocks are found only when data is written out, as on ext4, many files then take
  // one commit of the journal together.
  ::sync_file_range(fd.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
  return fd;
}

Result<void> check_file_system(const std::string& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return not_durable("cannot use", path, errno);
  if (!is_remote_file_system(status.f_type)) return {};
  return coded("log-file-system",
               fmt::format("'{}' is on a file system of kind {:#x}, whose locks and syncs "
                           "reach other machines or programs",
                           printable(path), static_cast<std::uint64_t>(status.f_type)),
               "keep the log on a local disk: ext4, XFS, btrfs, ZFS");
}

bool is_absent(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) != 0 && errno == ENOENT;
}

/// A tile's file, or nothing if there is none.
Result<std::optional<std::string>> maybe_read(const std::string& path) {
  auto bytes = read_file(path, kMaxBundleBytes);
  if (bytes) return std::optional(*std::move(bytes));
  if (bytes.error().kind == Error::Kind::usage) return std::optional<std::string>();
  bytes.error().kind = Error::Kind::durability;
  return std::move(bytes.error());
}

/// The narrowest partial tile of at least that width; 0 if there is none.
Result<std::uint64_t> narrowest(const std::string& folder, std::uint64_t width) {
  std::uint64_t best = 0;
  for (const std::string& name : TRY(names_in(folder))) {
    if (name.empty() || name.size() > 3 || name.find_first_not_of("0123456789") != name.npos) {
      continue;
    }
    const std::uint64_t found = std::stoull(name);
    if (found >= width && (best == 0 || found < best)) best = found;
  }
  return best;
}

}  // namespace

Error not_durable(std::string what, int number) {
  Error error = io_error(std::move(what), number);
  error.kind = Error::Kind::durability;
  return error;
}

bool is_remote_file_system(std::int64_t magic) {
  // statfs(2), linux/magic.h: NFS, SMB, CIFS, SMB2, 9P, FUSE, AFS, Coda, Ceph, OCFS2, GFS2,
  // Lustre, GPFS.
  constexpr std::int64_t kRemote[] = {
      0x6969,     0x517B,     0xFF534D42, 0xFE534D42, 0x01021997, 0x65735546, 0x5346414F,
      0x73757245, 0x00C36400, 0x7461636F, 0x01161970, 0x0BD00BD0, 0x47504653};
  // f_type is signed on some machines.
  return std::ranges::find(kRemote, magic & 0xFFFFFFFF) != std::end(kRemote);
}

Result<std::vector<std::string>> names_in(const std::string& path) {
  std::vector<std::string> names;
  const CHandle<DIR, ::closedir> folder(::opendir(path.c_str()));
  if (folder == nullptr) {
    if (errno == ENOENT) return names;
    return not_durable("cannot list", path, errno);
  }
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == "..") continue;
    if (names.size() == kMaxNames) {
      return coded("log-damaged", "'" + printable(path) + "' holds more files than a log has");
    }
    names.emplace_back(name);
  }
  if (errno != 0) return not_durable("cannot list", path, errno);
  std::ranges::sort(names);
  return names;
}

Result<Folder> Folder::open(const std::string& path) {
  if (is_absent(path + "/checkpoint")) {
    return coded("log-missing", "there is no log in '" + printable(path) + "'",
                 "`assay init` makes one; a log that was there and is gone is an incident");
  }
  TRY(check_file_system(path));
  TRY(check_not_writable_by_others(path));
  std::string vkey = TRY(read_file(path + "/log.vkey", 1024));
  if (vkey.ends_with('\n')) vkey.pop_back();
  return Folder(path, TRY(parse_vkey(vkey)));
}

Result<Folder> Folder::create(const std::string& path, const std::string& origin,
                              const Signer& signer) {
  if (!is_note_name(origin)) {
    return fail(Error::Kind::usage, "a log cannot be called '" + printable(origin) + "'",
                "a name without spaces and plus signs, like logs.example.org/verdicts");
  }
  if (!is_absent(path + "/checkpoint")) {
    return fail(Error::Kind::usage, "there is a log in '" + printable(path) + "' already");
  }
  TRY(make_folder(path));
  TRY(check_file_system(path));
  Folder folder(path, {.name = origin, .public_key = signer.public_key()});
  for (const char* name : {"/tile", "/tile/0", "/tile/entries", "/evidence", "/.state",
                           "/.state/spool", "/.state/tmp"}) {
    TRY(make_below(path, path + name));
  }
  const Checkpoint empty{.origin = origin, .tree = {.size = 0, .root = empty_root()}};
  Step step(folder);
  TRY(step.put("log.vkey", to_vkey(folder.key_) + "\n"));
  TRY(step.put(".state/lock", ""));
  TRY(step.put(".state/tree", format_checkpoint(empty)));
  TRY(step.put(".state/published", format_checkpoint(empty)));
  TRY(step.commit());
  Step last(folder);
  TRY(last.put("checkpoint", TRY(sign_checkpoint(empty, signer))));
  TRY(last.commit());
  return folder;
}

Result<std::string> Folder::read_tile(const Tile& tile) const {
  const Tile full{.level = tile.level, .index = tile.index};
  // What is exactly wanted goes when wider ones come, these when the full one comes; a
  // reader can be overtaken, and looks again.
  for (int tries = 0; tries < 3; ++tries) {
    if (auto bytes = TRY(maybe_read(path(tile_path(tile))))) return *std::move(bytes);
    const std::string partial = path(partial_folder(tile));
    if (const std::uint64_t width = TRY(narrowest(partial, tile.width)); width != 0) {
      if (auto bytes = TRY(maybe_read(partial + "/" + std::to_string(width)))) {
        return *std::move(bytes);
      }
    }
    if (auto bytes = TRY(maybe_read(path(tile_path(full))))) return *std::move(bytes);
  }
  return coded("log-truncated", fmt::format("'{}' is missing", tile_path(tile)),
               "the log lost entries: keep it as it is, and look for a copy");
}

ReadTile Folder::reader() const {
  return [folder = *this](const Tile& tile) { return folder.read_tile(tile); };
}

Result<std::vector<std::string>> Folder::read_bundle(std::uint64_t bundle,
                                                     std::uint64_t size) const {
  const Tile tile = tile_of(Tile::kEntries, bundle * kTileWidth, size);
  std::vector<std::string> entries = TRY(parse_entries(TRY(read_tile(tile))));
  if (entries.size() < tile.width) {
    return coded("log-truncated", fmt::format("'{}' holds {} entries instead of {}",
                                              tile_path(tile), entries.size(), tile.width));
  }
  entries.resize(tile.width);
  return entries;
}

Result<std::string> Folder::read_entry(std::uint64_t index, std::uint64_t size) const {
  if (index >= size) {
    return fail(Error::Kind::usage,
                fmt::format("there is no entry {}, the log has {}", index, size));
  }
  return TRY(read_bundle(index / kTileWidth, size))[index % kTileWidth];
}

Result<std::string> Folder::read_note() const {
  auto note = read_file(path("checkpoint"), kMaxNoteBytes);
  if (!note) note.error().kind = Error::Kind::durability;
  return note;
}

Result<Checkpoint> Folder::read_checkpoint() const {
  return open_checkpoint(TRY(read_note()), key_);
}

std::optional<TreeHead> Folder::read_state(std::string_view name) const {
  const auto text = read_file(path(".state/" + std::string(name)), 1024);
  const auto checkpoint = text ? parse_checkpoint(*text) : Result<Checkpoint>(text.error());
  const bool ours = checkpoint && checkpoint->origin == key_.name;
  return ours ? std::optional(checkpoint->tree) : std::nullopt;
}

Result<std::vector<std::string>> Folder::spooled() const {
  return names_in(path(".state/spool"));
}

Result<void> Step::put(const std::string& name, std::string content) {
  const std::string temporary = folder_.path(fmt::format(".state/tmp/{}", written_.size()));
  Fd file = TRY(write_unsynced(temporary, content));
  contents_[name] = std::move(content);
  // Renamed in the order of their numbers, which is that of putting.
  written_.push_back({.name = name, .stage = stage_, .file = std::move(file)});
  return {};
}

Result<void> Step::sync_contents() {
  for (Written& one : written_) {
    if (::fsync(one.file.get()) != 0 || !one.file.close()) {
      return not_durable("cannot write", folder_.path(one.name), errno);
    }
  }
  return {};
}

Result<void> Step::rename(const std::string& temporary, const std::string& name) {
  const std::string target = folder_.path(name);
  TRY(make_below(folder_.root(), parent(target)));
  if (::rename(temporary.c_str(), target.c_str()) == 0) return {};
  return not_durable("cannot write", target, errno);
}

Result<void> Step::commit() {
  TRY(sync_contents());
  std::size_t next = 0;
  for (int stage = 0; stage <= stage_; ++stage) {
    std::set<std::string> folders;
    for (; next < written_.size() && written_[next].stage == stage; ++next) {
      const std::string& name = written_[next].name;
      TRY(rename(folder_.path(fmt::format(".state/tmp/{}", next)), name));
      folders.insert(parent(folder_.path(name)));
    }
    for (const std::string& folder : folders) TRY(sync_folder(folder));
  }
  return {};
}

ReadTile Step::reader() const {
  return [this](const Tile& tile) -> Result<std::string> {
    const auto found = contents_.find(tile_path(tile));
    return found == contents_.end() ? folder_.read_tile(tile) : found->second;
  };
}

std::string evidence_path(std::string_view sha256) {
  return fmt::format("evidence/{}/{}.json", sha256.substr(0, 2), sha256.substr(2));
}

Result<std::string> keep_evidence(const Folder& folder, std::string_view bytes) {
  const std::string name = evidence_path(sha256_hex(as_bytes(bytes)));
  const std::string path = folder.path(name);
  TRY(make_below(folder.root(), parent(path)));
  const auto there = read_file(path, bytes.size());
  if (there && *there == bytes) return name;
  TRY(write_file(path, bytes, 0444));
  return name;
}

}  // namespace assay::log
