// crash [SHARE]: kills a process that appends to the log before and after each of
// its system calls, and lets each write reach half its bytes first. After each
// death the log is recovered, twice, and must hold every entry that was told, once,
// no verdict it does not hold, and the same after the second time. SHARE asks every
// so many-th point only.

#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "crypto/digest.h"
#include "log/append.h"
#include "log/audit.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;

/// Where and how one process dies.
struct Point {
  int stop = 0;       ///< the n-th stop at a call's entry or end; 0: it lives
  bool torn = false;  ///< a write that is entered there does half its work first
};

/// What stood in the log before, and what is appended.
struct Scene {
  const char* name;
  std::uint64_t before;
  int entries;
  int spooled = 0;  ///< others' entries that wait
};
constexpr Scene kScenes[] = {{"first", 0, 1},         {"second", 1, 1},
                             {"some", 20, 3},         {"others wait", 7, 1, 5},
                             {"bundle full", 255, 1}, {"bundle new", 256, 1},
                             {"across", 250, 12},     {"second bundle full", 511, 1}};

std::string entry_of(const std::string& what, std::uint64_t n) {
  return fmt::format("{} {} {}", what, n, std::string(200, 'x'));
}

std::vector<std::string> appended(const Scene& scene) {
  std::vector<std::string> entries;
  for (int i = 0; i < scene.entries; ++i) {
    entries.push_back(entry_of("new", static_cast<std::uint64_t>(i)));
  }
  return entries;
}

class Campaign {
 public:
  explicit Campaign(std::string folder) : folder_(std::move(folder)) {}

  int run(int share) {
    for (const Scene& scene : kScenes) {
      prepare(scene);
      const int stops = die(scene, {});
      check(scene, {}, true);
      for (int stop = 1; stop < stops; ++stop) {
        if (++asked_ % share == 0) attempt(scene, {.stop = stop});
        if (is_write_entry_.contains(stop) && ++asked_ % share == 0) {
          attempt(scene, {.stop = stop, .torn = true});
        }
      }
    }
    fmt::print("{} points, {} of them torn writes: {} wrong\n", points_, torn_, wrong_);
    return wrong_ == 0 && points_ > 0 ? 0 : 1;
  }

 private:
  std::string log() const { return folder_ + "/log"; }
  std::string told() const { return folder_ + "/verdict"; }

  void complain(const Scene& scene, const Point& point, const std::string& what) {
    fmt::print("{}, stop {}{}: {}\n", scene.name, point.stop, point.torn ? " torn" : "", what);
    ++wrong_;
  }

  void prepare(const Scene& scene) {
    fs::remove_all(folder_ + "/scene");
    const Folder made = Folder::create(folder_ + "/scene", "crash.example/log", key_).take();
    std::vector<std::string> entries;
    for (std::uint64_t i = 0; i < scene.before; ++i) entries.push_back(entry_of("old", i));
    if (!entries.empty()) append(made, entries, key_).take();
    for (int i = 0; i < scene.spooled; ++i) {
      const std::string entry = entry_of("other", static_cast<std::uint64_t>(i));
      static_cast<void>(write_file(
          made.path(".state/spool/" + sha256_hex(as_bytes(entry)) + ".leaf"), entry));
    }
  }

  /// What `verify` does: the entry first, the verdict after.
  [[noreturn]] void work(const Scene& scene) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    const auto folder = Folder::open(log());
    const auto proofs = folder ? append(*folder, appended(scene), key_)
                               : Result<std::vector<ProofFile>>(folder.error());
    const bool written = proofs && write_file(told(), format_proof(proofs->front()));
    ::_exit(written ? 0 : 1);
  }

  /// Runs it on a copy until the point; returns how many stops there were.
  int die(const Scene& scene, const Point& point) {
    fs::remove_all(log());
    fs::copy(folder_ + "/scene", log(), fs::copy_options::recursive);
    fs::remove(told());
    const pid_t child = ::fork();
    if (child == 0) work(scene);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    int stops = 0;
    bool tearing = false;
    while (true) {
      if (::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) != 0) break;
      ::waitpid(child, &status, 0);
      if (!WIFSTOPPED(status)) break;
      if (WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
      ++stops;
      if (point.stop == 0) note_write(child, stops);
      if (!tearing && stops != point.stop) continue;
      if (point.torn && !tearing) {
        tear(child);
        tearing = true;
        continue;
      }
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      break;
    }
    return stops;
  }

  void note_write(pid_t child, int stop) {
    if (stop == 1) is_write_entry_.clear();
    __ptrace_syscall_info info{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
    const bool is_write = info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_write;
    if (is_write && info.entry.args[2] > 1) is_write_entry_.insert(stop);
  }

  static void tear(pid_t child) {
#if defined(__x86_64__)
    user_regs_struct registers{};
    ::ptrace(PTRACE_GETREGS, child, nullptr, &registers);
    registers.rdx /= 2;
    ::ptrace(PTRACE_SETREGS, child, nullptr, &registers);
#else
    static_cast<void>(child);
#endif
  }

  void attempt(const Scene& scene, const Point& point) {
    ++points_;
    torn_ += point.torn ? 1 : 0;
    die(scene, point);
    check(scene, point, false);
  }

  void check(const Scene& scene, const Point& point, bool lived) {
    const auto wrong = [&](const std::string& what) { complain(scene, point, what); };
    const auto folder = Folder::open(log());
    if (!folder) return wrong("no log: " + folder.error().what);
    const NoteKey key = folder->key();
    // As it lies there: what is shown is whole, and a verdict's entry is in it.
    const auto shown = check_log(*folder, key, std::nullopt);
    if (!shown) return wrong("shown: " + shown.error().what);
    const bool told_of = fs::exists(told());
    if (told_of) {
      const std::string proof = read_file(told()).take();
      const auto included = open_proof(proof, appended(scene).front(), key);
      if (!included) wrong("a verdict without its entry: " + included.error().what);
      if (included && included->checkpoint.tree.size > shown->tree.size) {
        wrong("a verdict that was visible before its entry");
      }
    }
    if (lived && !told_of) return wrong("it does not work at all");
    if (const auto settled = settle(*folder, key_); !settled) {
      return wrong("recovery: " + settled.error().what);
    }
    const std::string once = state();
    if (!settle(*folder, key_) || state() != once) wrong("recovery is not idempotent");
    const auto grown = check_log(*folder, key, shown->tree);
    if (!grown) return wrong("recovered: " + grown.error().what);
    for (const Fault& fault : fsck(*folder, key)) wrong(fault.code + ": " + fault.what);
    count_entries(scene, point, *folder, grown->tree.size, told_of);
    // And life goes on.
    const std::vector<std::string> next{entry_of("next", 0)};
    if (const auto more = append(*folder, next, key_); !more) wrong(more.error().what);
  }

  void count_entries(const Scene& scene, const Point& point, const Folder& folder,
                     std::uint64_t size, bool told_of) {
    std::map<std::string, int> seen;
    const auto read = for_each_entry(folder, 0, size, [&](std::uint64_t, const std::string& e) {
      ++seen[e];
      return Result<void>();
    });
    if (!read) complain(scene, point, read.error().what);
    for (const auto& one : seen) {
      if (one.second != 1) complain(scene, point, "an entry stands there twice");
    }
    for (std::uint64_t i = 0; i < scene.before; ++i) {
      if (!seen.contains(entry_of("old", i))) complain(scene, point, "an old entry is lost");
    }
    for (int i = 0; i < scene.spooled; ++i) {
      if (!seen.contains(entry_of("other", static_cast<std::uint64_t>(i)))) {
        complain(scene, point, "an entry that waited is lost");
      }
    }
    for (const std::string& entry : appended(scene)) {
      if (told_of && !seen.contains(entry)) complain(scene, point, "a told entry is lost");
    }
  }

  /// Every public file and its bytes, as one text.
  std::string state() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(log())) {
      if (entry.is_regular_file() &&
          entry.path().string().find("/.state/tmp/") == std::string::npos) {
        files[entry.path().string()] = read_file(entry.path().string()).take();
      }
    }
    std::string text;
    for (const auto& [name, bytes] : files) text += name + "\n" + bytes + "\n";
    return sha256_hex(as_bytes(text));
  }

  std::string folder_;
  SigningKey key_ = SigningKey::generate().take();
  std::set<int> is_write_entry_{};
  int asked_ = 0, points_ = 0, torn_ = 0, wrong_ = 0;
};

}  // namespace
}  // namespace assay::log

int main(int argc, char** argv) {
  const int share = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  // Syncs cost nothing there; that each is asked for is what counts.
  std::string folder = std::filesystem::exists("/dev/shm") ? "/dev/shm/assay-crash.XXXXXX"
                                                           : "/tmp/assay-crash.XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const int code = assay::log::Campaign(folder).run(share);
  std::filesystem::remove_all(folder);
  return code;
}
