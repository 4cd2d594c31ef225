#include "log/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include "base/file.h"
#include "crypto/digest.h"

namespace assay::log {
namespace {

constexpr std::time_t kStaleAge = 60;  // seconds before a dead writer's file is removed

std::string leaf_name(std::string_view entry) {
  return sha256_hex(as_bytes(entry)) + ".leaf";
}

/// What a killed writer left unfinished: "PID.SHA256.leaf".
void remove_if_abandoned(const std::string& path, const std::string& name) {
  struct stat status {};
  const pid_t writer = std::atoi(name.c_str());
  if (::stat(path.c_str(), &status) != 0 || writer <= 0) return;
  const bool dead = ::kill(writer, 0) != 0 && errno == ESRCH;
  if (dead && std::time(nullptr) - status.st_mtime > kStaleAge) ::unlink(path.c_str());
}

bool is_leaf_name(const std::string& name) {
  return name.size() == 69 && name.ends_with(".leaf") && name.find('.') == 64;
}

}  // namespace

std::string spool_path(const Folder& folder, const std::string& entry) {
  return folder.path(".state/spool/" + leaf_name(entry));
}

Result<void> spool(const Folder& folder, const std::string& entry) {
  const std::string name = leaf_name(entry);
  const std::string temporary =
      folder.path(fmt::format(".state/spool/{}.{}", ::getpid(), name));
  Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd) return not_durable("cannot write to the log's spool", errno);
  std::string_view rest = entry;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd.get(), rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int number = errno;
      ::unlink(temporary.c_str());
      return not_durable("cannot write to the log's spool", number);
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::rename(temporary.c_str(), spool_path(folder, entry).c_str()) == 0) return {};
  return not_durable("cannot write to the log's spool", errno);
}

Result<std::vector<Spooled>> take_spool(const Folder& folder, std::size_t most) {
  std::vector<Spooled> taken;
  for (const std::string& name : TRY(folder.spooled())) {
    const std::string path = folder.path(".state/spool/" + name);
    if (!is_leaf_name(name)) {
      remove_if_abandoned(path, name);
      continue;
    }
    if (taken.size() == most) break;
    auto entry = read_file(path, kMaxEntry);
    if (!entry) {
      entry.error().kind = Error::Kind::durability;
      return std::move(entry.error());
    }
    if (leaf_name(*entry) != name) {
      if (::unlink(path.c_str()) != 0)
        return not_durable("cannot empty the log's spool", errno);
      continue;
    }
    const Hash hash = leaf_hash(as_bytes(*entry));
    taken.push_back({.path = path, .entry = *std::move(entry), .hash = hash});
  }
  return taken;
}

Result<void> empty_spool(const std::vector<Spooled>& entries) {
  for (const Spooled& spooled : entries) {
    if (::unlink(spooled.path.c_str()) != 0 && errno != ENOENT) {
      return not_durable("cannot empty the log's spool", errno);
    }
  }
  return {};
}

Result<void> sync_spool(const Folder& folder) {
  const Fd fd(::open(folder.path(".state/spool").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return not_durable("cannot sync the log's spool", errno);
  return {};
}

}  // namespace assay::log
