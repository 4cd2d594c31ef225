// log_bench [ENTRIES [FOLDER]]: figures of the log, each beside its peer's of the same run, in
// turns. The large log has a million entries unless said otherwise.
//
//   32 processes that append           32 that each write and fdatasync under flock
//   an append to the large log         an append to one of a thousand entries
//   fsck of the large log              -

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "base/fd.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "log/append.h"
#include "log/audit.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kProcesses = 32;
constexpr int kAppends = 50;  // of each process
constexpr int kTurns = 3;
constexpr std::size_t kEntryBytes = 2200;  // as a verdict's envelope has

std::string entry_of(std::uint64_t n) {
  std::string entry = std::to_string(n) + " ";
  while (entry.size() < kEntryBytes) entry += sha256_hex(as_bytes(entry));
  entry.resize(kEntryBytes);
  return entry;
}

double seconds_of(const std::function<void()>& work) {
  const auto began = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - began).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void must(bool well, const char* what) {
  if (well) return;
  fmt::print("cannot {}\n", what);
  std::exit(1);
}

void row(std::string_view work, std::string_view name, double ours, double peer, double ratio,
         double goal, bool at_least) {
  const bool reached = at_least ? ratio >= goal : ratio <= goal;
  fmt::print("{:<34} {:<30} {:>9.4g} {:>8} {:>6} {:>6}  {}\n", work, name, ours,
             peer == 0 ? "-" : fmt::format("{:.4g}", peer),
             peer == 0 ? "-" : fmt::format("{:.2f}", ratio), goal, reached ? "ok" : "short");
}

/// So many processes at once; each calls `work` with its number.
void crowd(const std::function<void(int)>& work) {
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      work(i);
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    must(WIFEXITED(status) && WEXITSTATUS(status) == 0, "append in every process");
  }
}

void append_by_crowd(const Folder& folder, const Signer& key, std::uint64_t first) {
  crowd([&](int process) {
    for (int n = 0; n < kAppends; ++n) {
      const std::vector<std::string> entries = {
          entry_of(first + static_cast<std::uint64_t>(process * kAppends + n))};
      must(bool(append(folder, entries, key)), "append");
    }
  });
}

/// What somebody would write who wants durable lines in one file and no more.
void write_by_crowd(const std::string& path) {
  crowd([&](int process) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    for (int n = 0; n < kAppends; ++n) {
      const std::string entry = entry_of(static_cast<std::uint64_t>(process * kAppends + n));
      must(::flock(fd.get(), LOCK_EX) == 0 &&
               ::write(fd.get(), entry.data(), entry.size()) ==
                   static_cast<ssize_t>(entry.size()) &&
               ::fdatasync(fd.get()) == 0 && ::flock(fd.get(), LOCK_UN) == 0,
           "write");
    }
  });
}

void put(const Folder& folder, const std::string& name, std::string_view bytes) {
  const std::string path = folder.path(name);
  fs::create_directories(fs::path(path).parent_path());
  FILE* file = std::fopen(path.c_str(), "w");
  must(file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
           std::fclose(file) == 0,
       "write a tile");
}

/// Hashes of one level become its tiles, and the hashes of the next.
std::vector<Hash> write_level(const Folder& folder, int level,
                              const std::vector<Hash>& hashes) {
  std::vector<Hash> above;
  for (std::size_t at = 0; at < hashes.size(); at += kTileWidth) {
    const std::size_t end = std::min<std::size_t>(at + kTileWidth, hashes.size());
    const std::vector<Hash> tile(hashes.begin() + static_cast<std::ptrdiff_t>(at),
                                 hashes.begin() + static_cast<std::ptrdiff_t>(end));
    put(folder, tile_path({.level = level, .index = at / kTileWidth, .width = tile.size()}),
        format_hashes(tile));
    if (tile.size() == kTileWidth) above.push_back(fold(tile));
  }
  return above;
}

/// A log of so many entries, as its writer would have left it, without its syncs.
Folder make_log(const std::string& path, const Signer& key, std::uint64_t size) {
  Folder folder = Folder::create(path, "bench.example/log", key).take();
  std::vector<Hash> hashes;
  std::string bundle;
  for (std::uint64_t n = 0; n < size; ++n) {
    const std::string entry = entry_of(n);
    hashes.push_back(leaf_hash(as_bytes(entry)));
    bundle += frame(entry);
    if (n + 1 != size && (n + 1) % kTileWidth != 0) continue;
    put(folder, tile_path(tile_of(Tile::kEntries, n, size)), bundle);
    bundle.clear();
  }
  TreeHead tree{.size = size};
  Edge edge;
  for (const Hash& hash : hashes) edge.push(hash);
  tree.root = edge.root();
  for (int level = 0; !hashes.empty(); ++level) hashes = write_level(folder, level, hashes);
  const Checkpoint checkpoint{.origin = "bench.example/log", .tree = tree};
  put(folder, ".state/tree", format_checkpoint(checkpoint));
  put(folder, ".state/published", format_checkpoint(checkpoint));
  put(folder, "checkpoint", sign_checkpoint(checkpoint, key).take());
  return folder;
}

void bench_crowd(const std::string& root, const Signer& key) {
  const Folder folder = Folder::create(root + "/crowd", "crowd.example/log", key).take();
  std::vector<double> ours, peer;
  for (int turn = 0; turn <= kTurns; ++turn) {
    const auto first = static_cast<std::uint64_t>(turn) * kProcesses * kAppends;
    const double mine = seconds_of([&] { append_by_crowd(folder, key, first); });
    const double other = seconds_of([&] { write_by_crowd(root + "/lines"); });
    if (turn == 0) continue;  // it warms both up
    ours.push_back(kProcesses * kAppends / mine);
    peer.push_back(kProcesses * kAppends / other);
  }
  row("appends a second, 32 processes", "write, fdatasync under flock", median(ours),
      median(peer), median(ours) / median(peer), 3, true);
}

void bench_size(const Folder& large, const Folder& small, const Signer& key) {
  std::vector<double> ours, peer;
  for (std::uint64_t n = 0; n < 60; ++n) {
    const std::vector<std::string> entries = {entry_of((std::uint64_t{1} << 40) + n)};
    const double mine =
        seconds_of([&] { must(bool(append(large, entries, key)), "append to the large log"); });
    const double other =
        seconds_of([&] { must(bool(append(small, entries, key)), "append to the small log"); });
    if (n < 10) continue;
    ours.push_back(mine * 1000);
    peer.push_back(other * 1000);
  }
  row("an append to the large log, ms", "to one of a thousand", median(ours), median(peer),
      median(ours) / median(peer), 1.2, false);
}

void bench_fsck(const Folder& large) {
  bool clean = false;
  const double took = seconds_of([&] { clean = fsck(large, large.key()).empty(); });
  must(clean, "find the large log in order");
  row("fsck of the large log, s", "-", took, 0, took, 60, false);
}

void run(const std::string& root, std::uint64_t size) {
  const SigningKey key = SigningKey::generate().take();
  fmt::print("the large log has {} entries of {} bytes\n\n", size, kEntryBytes);
  fmt::print("{:<34} {:<30} {:>9} {:>8} {:>6} {:>6}\n", "work", "peer", "ours", "peer", "ratio",
             "goal");
  bench_crowd(root, key);
  const Folder large = make_log(root + "/large", key, size);
  // As far into its last bundle, which an append writes anew.
  const Folder small = make_log(root + "/small", key, 1024 + size % kTileWidth);
  ::sync();  // else the first turns wait for the disk that still writes the logs
  bench_size(large, small, key);
  bench_fsck(large);
}

}  // namespace
}  // namespace assay::log

int main(int argc, char** argv) {
  const std::uint64_t size = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  std::string root = std::string(argc > 2 ? argv[2] : "/tmp") + "/assay-log-bench.XXXXXX";
  if (::mkdtemp(root.data()) == nullptr) return 1;
  assay::log::run(root, std::max<std::uint64_t>(1, size));
  std::filesystem::remove_all(root);
  return 0;
}
