// Runs a target without libFuzzer: its seeds, each cut at every length and
// changed a few thousand times, always in the same way, or the files named on
// the command line.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>

#include "base/file.h"
#include "fuzz.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMutations = 4000;             // of all seeds together
constexpr std::chrono::milliseconds kBudget{3'000};  // for cuts, and again for mutations

std::size_t executions = 0;
std::string_view current;  // what the target is given just now

/// Writes what the target could not stand where it can be run again.
void keep_current(int signal) {
  const int fd = ::open("reproducer", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  (void)!::write(fd, current.data(), current.size());
  constexpr std::string_view kSaid = "the input is kept in ./reproducer\n";
  (void)!::write(STDERR_FILENO, kSaid.data(), kSaid.size());
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

void run(std::string_view input) {
  // A copy of its own size, so that a sanitizer sees one byte too many.
  const std::vector<std::uint8_t> copy(input.begin(), input.end());
  current = input;
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
  ++executions;
}

/// Every length, or as many as the time allows: the strides get shorter.
void run_cuts(const std::string& seed, Clock::time_point end) {
  std::size_t stride = 1;
  while (stride < seed.size()) stride *= 2;
  for (std::size_t first = 0; stride > 0; first = stride, stride /= 2) {
    const std::size_t step = first == 0 ? stride : 2 * stride;
    for (std::size_t size = first == 0 ? 0 : stride; size < seed.size(); size += step) {
      if (Clock::now() > end) return;
      run(std::string_view(seed).substr(0, size));
    }
  }
}

/// One to four changes: a bit, a byte, a byte more, a byte less, or a piece of the
/// seed somewhere else.
std::string changed(std::string bytes, std::mt19937& random) {
  for (std::size_t count = 1 + random() % 4; count > 0 && !bytes.empty(); --count) {
    const std::size_t at = random() % bytes.size();
    switch (random() % 5) {
      case 0: bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8); break;
      case 1: bytes[at] = static_cast<char>(random()); break;
      case 2: bytes.insert(at, 1, static_cast<char>(random())); break;
      case 3: bytes.erase(at, 1); break;
      default:
        const std::string piece = bytes.substr(at, 1 + random() % 16);
        bytes.insert(random() % bytes.size(), piece);
    }
  }
  return bytes;
}

int run_seeds() {
  const std::vector<std::string> seeds = assay::fuzz::seeds();
  assay::fuzz::expect(!seeds.empty(), "there are seeds");
  for (const std::string& seed : seeds) {
    assay::fuzz::expect(!seed.empty(), "a seed could be made");
    run(seed);
  }
  const auto share = kBudget / seeds.size();
  std::mt19937 random(20260101);
  for (const std::string& seed : seeds) {
    run_cuts(seed, Clock::now() + share);
    const auto end = Clock::now() + share;
    for (std::size_t n = 0; n < kMutations / seeds.size() && Clock::now() < end; ++n) {
      run(changed(seed, random));
    }
  }
  std::printf("%zu seeds, %zu executions\n", seeds.size(), executions);
  return 0;
}

int run_files(int count, char** paths) {
  for (int i = 0; i < count; ++i) {
    run(assay::read_file(paths[i]).take());
    std::printf("%s: nothing found\n", paths[i]);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  assay::fuzz::prepare();
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE}) std::signal(signal, keep_current);
  return argc > 1 ? run_files(argc - 1, argv + 1) : run_seeds();
}
