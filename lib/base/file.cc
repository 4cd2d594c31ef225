#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/bytes.h"
#include "base/fd.h"

namespace assay {
namespace {

std::string quoted(const std::string& path) {
  return "'" + printable(path) + "'";
}

Error not_durable(const std::string& path, int number) {
  Error error = io_error("cannot write " + quoted(path), number);
  error.kind = Error::Kind::durability;
  return error;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// The new bytes, complete and on disk, beside their place; 0 or an errno.
int write_beside(const std::string& temporary, std::string_view content, unsigned mode) {
  Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd) return errno;
  const bool written = ::fchmod(fd.get(), mode) == 0 && write_all(fd.get(), content) &&
                       ::fsync(fd.get()) == 0 && fd.close();
  return written ? 0 : (errno != 0 ? errno : EIO);
}

/// Replacing a device, pipe or folder by a file is nobody's wish.
bool can_be_replaced(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

/// Puts `content` at `path`; `replace` says whether something may stand there.
Result<void> put_file(const std::string& path, std::string_view content, unsigned mode,
                      bool replace) {
  if (!can_be_replaced(path)) {
    return fail(Error::Kind::usage, quoted(path) + " is there, and is no regular file",
                "name a file; standard output is what is written to without it");
  }
  const Fd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return not_durable(path, errno);
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  int number = write_beside(temporary, content, mode);
  if (number == 0) {
    const int moved = replace ? ::rename(temporary.c_str(), path.c_str())
                              : ::link(temporary.c_str(), path.c_str());
    number = moved == 0 ? 0 : errno;
  }
  // After a rename there is nothing left to unlink; in every other case it must go.
  if (number != 0 || !replace) ::unlink(temporary.c_str());
  if (number == EEXIST && !replace) {
    return fail(Error::Kind::usage, quoted(path) + " is there already",
                "move it away first; nothing was changed");
  }
  if (number != 0) return not_durable(path, number);
  if (::fsync(folder.get()) != 0) return not_durable(path, errno);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    const bool absent = errno == ENOENT;
    Error error = io_error("cannot open " + quoted(path), errno);
    if (absent) error.kind = Error::Kind::usage;  // the order names something that is not there
    return error;
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return io_error("cannot read " + quoted(path), errno);
  if (!S_ISREG(status.st_mode))
    return fail(Error::Kind::io, quoted(path) + " is not a regular file");
  // The size is a guess (0 under /proc); the byte more sees the end without growing.
  const auto size = static_cast<std::size_t>(status.st_size);
  std::string content(std::min(size, max_bytes) + 1, '\0');
  std::size_t used = 0;
  while (used <= max_bytes) {
    if (used == content.size()) content.resize(used + 65536);
    const ssize_t n = ::read(fd.get(), content.data() + used, content.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot read " + quoted(path), errno);
    used += static_cast<std::size_t>(n);
    if (n != 0) continue;
    content.resize(used);
    return content;
  }
  return fail(Error::Kind::io,
              fmt::format("{} is larger than the {} bytes such a file may have", quoted(path),
                          max_bytes));
}

Result<void> write_file(const std::string& path, std::string_view content, unsigned mode) {
  return put_file(path, content, mode, true);
}

Result<void> create_file(const std::string& path, std::string_view content, unsigned mode) {
  return put_file(path, content, mode, false);
}

Result<void> make_folder(const std::string& path, unsigned mode) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  std::filesystem::create_directories(path, error);
  if (error) return not_durable(path, error.value());
  if (::chmod(path.c_str(), mode) != 0) return not_durable(path, errno);
  return {};
}

Result<void> check_not_writable_by_others(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    Error error = io_error("cannot read " + quoted(path), errno);
    error.kind = Error::Kind::config;
    return error;
  }
  if (S_ISLNK(status.st_mode)) {
    return fail(Error::Kind::config, quoted(path) + " is a symbolic link",
                "put the file itself there: a link can be pointed elsewhere");
  }
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    return fail(Error::Kind::config, quoted(path) + " is neither a file nor a folder");
  }
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return fail(Error::Kind::config, fmt::format("{} belongs to user {}, not to you or root",
                                                 quoted(path), status.st_uid));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(Error::Kind::config, quoted(path) + " can be written by others",
                fmt::format("chmod go-w {}", quoted(path)));
  }
  return {};
}

Result<void> check_private(const std::string& path) {
  TRY(check_not_writable_by_others(path));
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0)
    return io_error("cannot read " + quoted(path), errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(Error::Kind::config, quoted(path) + " can be read by others",
                fmt::format("chmod 600 {}", quoted(path)));
  }
  return {};
}

}  // namespace assay
