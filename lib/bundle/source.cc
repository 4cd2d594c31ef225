#include "bundle/source.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/priority.h"
#include "crypto/digest.h"

namespace assay {
namespace {

constexpr std::uint64_t kMemoryMax = std::uint64_t{64} << 20;
constexpr std::size_t kChunk = std::size_t{1} << 20;

/// Pages that are never used cost as much as a small bundle; one byte more sees its end.
std::size_t chunk_for(std::uint64_t size) {
  return size < kChunk ? size + 1 : kChunk;
}

std::string in_quotes(const std::string& path) {
  return "'" + printable(path) + "'";
}

std::string base_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

Error not_a_file(const std::string& path, mode_t mode) {
  std::string what = "is no regular file";
  if (S_ISDIR(mode)) what = "is a directory, not a file";
  if (S_ISFIFO(mode)) what = "is a FIFO, not a file";
  if (S_ISSOCK(mode)) what = "is a socket, not a file";
  if (S_ISCHR(mode) || S_ISBLK(mode)) what = "is a device, not a file";
  std::string hint = "a bundle is one regular file";
  if (S_ISDIR(mode)) hint += "; pack the folder, or use `assay scan` on it";
  return fail(Error::Kind::io, in_quotes(path) + " " + what, std::move(hint));
}

Result<Fd> open_file(const std::string& path) {
  // O_NONBLOCK: a FIFO shall be refused, not waited for.
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file) return file;
  if (errno == ENXIO) return not_a_file(path, S_IFSOCK);
  Error error = io_error("cannot open " + in_quotes(path), errno);
  if (errno == ENOENT || errno == ENOTDIR) error.kind = Error::Kind::usage;
  return error;
}

Result<Fd> new_memory_file() {
  Fd file(memfd_create("bundle", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return io_error("cannot create a memory file", errno);
  return file;
}

/// A file without a name, in $TMPDIR or /var/tmp.
Result<Fd> new_temporary_file() {
  const char* const chosen = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe)
  const std::string folder = chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
  Fd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  std::string name = folder + "/assay-XXXXXX";
  file = Fd(mkostemp(name.data(), O_CLOEXEC));
  if (!file) {
    Error error = io_error("cannot create a temporary file in " + in_quotes(folder), errno);
    error.hint = "set TMPDIR to a folder with room for the bundle";
    return error;
  }
  unlink(name.c_str());
  return file;
}

Result<void> write_all(int fd, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      Error error = io_error("cannot write the snapshot", errno);
      error.hint = "set TMPDIR to a folder with room for the bundle";
      return error;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

/// Copies what is left of `from` behind what stands in `to`; gives the count.
Result<std::uint64_t> copy_by_hand(int from, int to, const std::string& path,
                                   std::uint64_t most) {
  std::vector<std::byte> buffer(chunk_for(most));
  std::uint64_t total = 0;
  while (total <= most) {
    const ssize_t n = read(from, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot read " + in_quotes(path), errno);
    if (n == 0) break;
    TRY(write_all(to, Bytes(buffer).first(static_cast<std::size_t>(n))));
    total += static_cast<std::uint64_t>(n);
  }
  return total;
}

/// Bytes now in `to`. One byte more than `size` is enough to know that the file grew.
Result<std::uint64_t> copy_large(int from, int to, const std::string& path,
                                 std::uint64_t size) {
  if (ioctl(to, FICLONE, from) == 0) {
    struct stat cloned {};
    if (fstat(to, &cloned) != 0) return io_error("cannot read the snapshot", errno);
    return static_cast<std::uint64_t>(cloned.st_size);
  }
  std::uint64_t total = 0;
  while (total <= size) {
    const ssize_t n = copy_file_range(from, nullptr, to, nullptr, kChunk * 64, 0);
    if (n <= 0) break;
    total += static_cast<std::uint64_t>(n);
  }
  // What copy_file_range could not do (other file system, interrupted) goes by hand;
  // both descriptors stand where it stopped.
  if (total > size) return total;
  return total + TRY(copy_by_hand(from, to, path, size - total));
}

bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

void seal(int fd) {
  // Best effort: nobody but us holds the descriptor; the seals are for the worker.
  static_cast<void>(
      fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL));
}

Result<std::size_t> read_some(int fd, std::uint64_t offset, std::span<std::byte> buffer) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t n = pread(fd, buffer.data() + done, buffer.size() - done,
                            static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot read the snapshot", errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

/// Near the processor for both digests.
constexpr std::size_t kHashChunk = std::size_t{128} << 10;

/// Both digests of the whole file; they stay empty if it cannot be read to its end.
void hash_file(int fd, Subject& subject) {
  Hasher sha256(HashAlgorithm::sha256), sha512(HashAlgorithm::sha512);
  std::vector<std::byte> buffer(std::min<std::uint64_t>(kHashChunk, subject.size));
  std::uint64_t offset = 0;
  while (offset < subject.size) {
    const auto n = read_some(fd, offset, buffer);
    if (!n || *n == 0) return;
    sha256.update(Bytes(buffer).first(*n));
    sha512.update(Bytes(buffer).first(*n));
    offset += *n;
  }
  subject.sha256 = sha256.finish_hex();
  subject.sha512 = sha512.finish_hex();
}

}  // namespace

struct Source::State {
  /// Digests are taken only from start() on; the snapshot may be somebody else's.
  State(Fd snapshot, std::string name, std::uint64_t size)
      : file(std::move(snapshot)), subject{.name = std::move(name), .size = size} {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { join(); }

  /// A machine out of threads is no reason to end the process.
  Result<void> start() {
    try {
      hashing = std::thread([this] { hash(); });
    } catch (const std::system_error& error) {
      return io_error("cannot start a thread", error.code().value());
    }
    return {};
  }

  /// An empty digest equals nothing, so a failure here refuses.
  void hash() noexcept {
    lower_priority();  // nobody asks before the examination is over
    try {
      hash_file(file.get(), subject);
    } catch (...) {
      subject.sha256.clear();
      subject.sha512.clear();
    }
  }

  void join() {
    std::call_once(joined, [this] {
      if (hashing.joinable()) hashing.join();
    });
  }

  Fd file;
  Subject subject;
  std::once_flag joined;
  std::thread hashing;
};

Source::Source(std::unique_ptr<State> state) : state_(std::move(state)) {}
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;
Source::~Source() = default;

Result<Source> Source::start(std::string name, Fd snapshot, std::uint64_t size) {
  auto state = std::make_unique<State>(std::move(snapshot), std::move(name), size);
  TRY(state->start());
  return Source(std::move(state));
}

Result<Source> Source::open(const std::string& path, const Limits& limits) {
  const Fd file = TRY(open_file(path));
  struct stat before {};
  if (fstat(file.get(), &before) != 0) return io_error("cannot read " + in_quotes(path), errno);
  if (!S_ISREG(before.st_mode)) return not_a_file(path, before.st_mode);
  const auto size = static_cast<std::uint64_t>(before.st_size);
  if (size > limits.bundle_bytes) {
    return undecided("limit-bundle-bytes", std::to_string(size) +
                                               " bytes is over the limit of " +
                                               std::to_string(limits.bundle_bytes));
  }

  const bool small = size <= kMemoryMax;
  Fd snapshot = small ? TRY(new_memory_file()) : TRY(new_temporary_file());
  const std::uint64_t copied = small ? TRY(copy_by_hand(file.get(), snapshot.get(), path, size))
                                     : TRY(copy_large(file.get(), snapshot.get(), path, size));
  struct stat after {};
  if (fstat(file.get(), &after) != 0) return io_error("cannot read " + in_quotes(path), errno);
  if (copied != size || !same_state(before, after)) {
    return fail(Error::Kind::io, in_quotes(path) + " changed while it was read",
                "wait until the download is complete");
  }
  if (small) seal(snapshot.get());
  return start(base_name(path), std::move(snapshot), size);
}

Result<Source> Source::from_bytes(std::string name, Bytes bytes) {
  Fd snapshot = TRY(new_memory_file());
  TRY(write_all(snapshot.get(), bytes));
  seal(snapshot.get());
  return start(std::move(name), std::move(snapshot), bytes.size());
}

Source Source::from_descriptor(Fd snapshot, std::string name, std::uint64_t size) {
  return Source(std::make_unique<State>(std::move(snapshot), std::move(name), size));
}

int Source::descriptor() const {
  return state_->file.get();
}

const std::string& Source::name() const {
  return state_->subject.name;
}
std::uint64_t Source::size() const {
  return state_->subject.size;
}

const Subject& Source::subject() const {
  state_->join();
  return state_->subject;
}

Result<std::size_t> Source::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
  return read_some(state_->file.get(), offset, buffer);
}

}  // namespace assay
