// crowd PROCESSES APPENDS: so many processes append so often to one log, a tenth of
// them killed at some moment and started again, while another verifies it over and over.
// In the end every told entry is in, none is in twice, and no two checkpoints that the
// verifier saw contradict each other. Prints how many entries a second that were.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "base/file.h"
#include "log/append.h"
#include "log/audit.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::string entry_of(int process, int n) {
  return fmt::format("{} {} {}", process, n, std::string(1200, 'x'));
}

/// Appends from where it was, and writes down what it was told.
[[noreturn]] void work(const std::string& root, const SigningKey& key, int process,
                       int appends) {
  const std::string diary = fmt::format("{}/told.{}", root, process);
  const auto folder = Folder::open(root + "/log");
  const auto text = read_file(diary);
  int n = text ? std::atoi(text->c_str()) : 0;
  for (; folder && n < appends; ++n) {
    const std::vector<std::string> entries{entry_of(process, n)};
    const auto proofs = append(*folder, entries, key, {.patience = std::chrono::seconds(100)});
    if (!proofs) {
      fmt::print("{}: {}\n", process, proofs.error().what);
      ::_exit(1);
    }
    const std::string temporary = diary + ".new";
    FILE* file = std::fopen(temporary.c_str(), "w");
    fmt::print(file, "{}", n + 1);
    if (std::fclose(file) != 0) ::_exit(1);
    fs::rename(temporary, diary);
  }
  ::_exit(folder ? 0 : 1);
}

/// Until it is killed: every checkpoint is whole and continues the one before.
[[noreturn]] void verify(const std::string& root) {
  std::optional<TreeHead> before;
  const auto folder = Folder::open(root + "/log");
  while (folder) {
    const auto checked = check_log(*folder, folder->key(), before);
    if (!checked) {
      fmt::print("verifier: {}\n", checked.error().what);
      ::_exit(1);
    }
    before = checked->tree;
    ::usleep(2000);
  }
  ::_exit(1);
}

pid_t start(const auto& what) {
  const pid_t child = ::fork();
  if (child == 0) what();
  return child;
}

int run(const std::string& root, int processes, int appends) {
  const SigningKey key = SigningKey::generate().take();
  const Folder folder = Folder::create(root + "/log", "crowd.example/log", key).take();
  const pid_t verifier = start([&] { verify(root); });
  std::map<pid_t, int> running;
  const auto began = Clock::now();
  for (int i = 0; i < processes; ++i) {
    running[start([&] { work(root, key, i, appends); })] = i;
  }
  std::mt19937 random(7);
  int to_kill = std::max(1, processes / 10) * 4;
  int wrong = 0;
  while (!running.empty()) {
    int status = 0;
    pid_t ended = ::waitpid(-1, &status, to_kill > 0 ? WNOHANG : 0);
    if (ended == 0) {
      ::usleep(static_cast<unsigned>(random() % 40'000));
      auto victim = running.begin();
      std::advance(victim, static_cast<long>(random() % running.size()));
      ::kill(victim->first, SIGKILL);
      --to_kill;
      continue;
    }
    if (ended == verifier) return 1;
    const int process = running[ended];
    running.erase(ended);
    if (WIFSIGNALED(status)) {
      running[start([&] { work(root, key, process, appends); })] = process;
    } else if (status != 0) {
      ++wrong;
    }
  }
  const std::chrono::duration<double> took = Clock::now() - began;
  ::kill(verifier, SIGKILL);
  int status = 0;
  ::waitpid(verifier, &status, 0);
  if (!WIFSIGNALED(status)) ++wrong;

  if (!settle(folder, key)) ++wrong;
  for (const Fault& fault : fsck(folder, folder.key())) {
    fmt::print("{}: {}\n", fault.code, fault.what);
    ++wrong;
  }
  const std::uint64_t size = folder.read_checkpoint().take().tree.size;
  std::map<std::string, int> seen;
  const auto read = for_each_entry(folder, 0, size, [&](std::uint64_t, const std::string& e) {
    ++seen[e];
    return Result<void>();
  });
  int missing = 0, doubled = 0;
  for (const auto& one : seen) doubled += one.second - 1;
  for (int i = 0; i < processes; ++i) {
    for (int n = 0; n < appends; ++n) missing += seen.contains(entry_of(i, n)) ? 0 : 1;
  }
  fmt::print("{} processes x {}: {} entries, {} missing, {} twice, {} other faults; {:.0f}/s\n",
             processes, appends, size, missing, doubled, wrong,
             static_cast<double>(size) / took.count());
  return read && wrong + missing + doubled == 0 ? 0 : 1;
}

}  // namespace
}  // namespace assay::log

int main(int argc, char** argv) {
  const int processes = argc > 1 ? std::max(1, std::atoi(argv[1])) : 8;
  const int appends = argc > 2 ? std::max(1, std::atoi(argv[2])) : 20;
  std::string root = std::string(argc > 3 ? argv[3] : "/tmp") + "/assay-crowd.XXXXXX";
  if (::mkdtemp(root.data()) == nullptr) return 1;
  const int code = assay::log::run(root, processes, appends);
  std::filesystem::remove_all(root);
  return code;
}
