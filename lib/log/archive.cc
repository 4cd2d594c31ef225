#include "log/archive.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "crypto/digest.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{16} << 20;

Error not_kept(std::string what) {
  return fail(Error::Kind::durability, std::move(what),
              "what verdicts are made by is kept beside the log, in archive/");
}

/// A relative path of plain parts, which stays where it is put.
bool stays_inside(const std::string& name) {
  const fs::path path(name);
  return !name.empty() && name.find('\0') == name.npos && path.is_relative() &&
         path.lexically_normal() == path && path.lexically_normal().string() == name &&
         std::ranges::none_of(
             path,
             [](const fs::path& part) { return part.empty() || part.string() == ".."; }) &&
         name != ".";
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Result<void> sync(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && ::fsync(fd.get()) == 0) return {};
  Error error = io_error("cannot sync '" + printable(path) + "'", errno);
  error.kind = Error::Kind::durability;
  return error;
}

/// A folder of its own that is gone with the object, unless it was moved away.
class Workplace {
 public:
  static Result<Workplace> in(const std::string& folder) {
    std::string path = folder + "/.new.XXXXXX";
    if (::mkdtemp(path.data()) != nullptr && ::chmod(path.c_str(), 0755) == 0) {
      return Workplace(std::move(path));
    }
    Error error = io_error("cannot write in '" + printable(folder) + "'", errno);
    error.kind = Error::Kind::durability;
    return error;
  }
  Workplace(Workplace&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Workplace& operator=(Workplace&&) = delete;
  ~Workplace() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  /// To its place; another process may have been faster, with the same.
  Result<void> move_to(const std::string& target) {
    if (::rename(path_.c_str(), target.c_str()) == 0) {
      path_.clear();
      return {};
    }
    if (errno == EEXIST || errno == ENOTEMPTY) return {};
    Error error = io_error("cannot write '" + printable(target) + "'", errno);
    error.kind = Error::Kind::durability;
    return error;
  }

 private:
  explicit Workplace(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Result<std::vector<ArchivedFile>> read_set(const std::string& folder) {
  std::vector<ArchivedFile> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_directory(error)) continue;
    const std::string path = it->path().string();
    std::string bytes = TRY(read_file(path, kMaxFile));
    files.push_back({it->path().lexically_relative(folder).string(), std::move(bytes)});
  }
  if (error) return not_kept("cannot list '" + printable(folder) + "'");
  return files;
}

/// The digest of what stands there; empty if it cannot be read.
std::string digest_of(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(fs::symlink_status(path, ignored))) {
    auto files = read_set(path);
    return files ? set_sha256(*std::move(files)) : std::string();
  }
  const auto bytes = read_file(path, kMaxFile);
  return bytes ? sha256_hex(as_bytes(*bytes)) : std::string();
}

}  // namespace

std::string set_sha256(std::vector<ArchivedFile> files) {
  std::ranges::sort(files, {}, &ArchivedFile::name);
  std::string all;
  for (const ArchivedFile& file : files) {
    all += file.name;
    all += '\0';
    all += sha256_hex(as_bytes(file.bytes)) + "\n";
  }
  return sha256_hex(as_bytes(all));
}

std::string archive_path(std::string_view kind, std::string_view sha256) {
  const std::string_view ending = kind == "policy" ? ".toml" : kind == "waiver" ? ".json" : "";
  return fmt::format("archive/{}/{}{}", kind, sha256, ending);
}

bool is_archived(const Folder& folder, std::string_view kind, std::string_view sha256) {
  return exists(folder.path(archive_path(kind, sha256)));
}

Result<void> archive_file(const Folder& folder, std::string_view kind, std::string_view bytes) {
  const std::string path = folder.path(archive_path(kind, sha256_hex(as_bytes(bytes))));
  if (exists(path)) return {};
  const std::string above = fs::path(path).parent_path().string();
  TRY(make_folder(above));
  TRY(sync(fs::path(above).parent_path().string()));
  TRY(sync(folder.root()));
  return write_file(path, bytes, 0444);
}

Result<void> archive_set(const Folder& folder, std::string_view kind, std::string_view sha256,
                         const std::vector<ArchivedFile>& files) {
  const std::string target = folder.path(archive_path(kind, sha256));
  if (exists(target)) return {};
  if (set_sha256(files) != sha256) {
    return not_kept(fmt::format("the {} changed while it was in use", kind));
  }
  const std::string above = fs::path(target).parent_path().string();
  TRY(make_folder(above));
  Workplace workplace = TRY(Workplace::in(above));
  for (const ArchivedFile& file : files) {
    if (!stays_inside(file.name)) {
      return not_kept(fmt::format("'{}' of the {} cannot be a file's name in its folder",
                                  printable(file.name), kind));
    }
    const fs::path path = fs::path(workplace.path()) / file.name;
    TRY(make_folder(path.parent_path().string()));
    TRY(write_file(path.string(), file.bytes, 0444));
  }
  std::error_code error;
  for (fs::recursive_directory_iterator it(workplace.path(), error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_directory(error)) TRY(sync(it->path().string()));
  }
  TRY(sync(workplace.path()));
  TRY(workplace.move_to(target));
  TRY(sync(above));
  TRY(sync(fs::path(above).parent_path().string()));
  return sync(folder.root());
}

Result<std::vector<std::string>> check_archive(const Folder& folder) {
  std::vector<std::string> faults;
  for (const std::string& kind : TRY(names_in(folder.path("archive")))) {
    const std::string below = "archive/" + kind;
    for (const std::string& name : TRY(names_in(folder.path(below)))) {
      // One that died while it wrote left it.
      if (name.starts_with(".new.")) continue;
      const std::string path = below + "/" + name;
      const std::string digest = digest_of(folder.path(path));
      if (digest.empty() || archive_path(kind, digest) != path) {
        faults.push_back("'" + printable(path) + "' is not what its name says");
      }
    }
  }
  return faults;
}

}  // namespace assay::log
