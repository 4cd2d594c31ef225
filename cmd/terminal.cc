#include "cmd/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/bytes.h"

namespace assay::cmd {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// What cannot be told to stderr cannot be told at all.
void tell(std::string_view text) {
  static_cast<void>(write_all(STDERR_FILENO, text));
}

}  // namespace

Result<void> print(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return {};
  Error error = io_error("cannot write to standard output", errno);
  error.kind = Error::Kind::durability;
  return error;
}

void note(std::string_view text) {
  tell(fmt::format("assay: note: {}\n", text));
}

void print_error(const Error& error) {
  tell(to_text(error));
}

Style terminal_style(bool verbose) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  const bool refused = no_color != nullptr && *no_color != '\0';
  return {.color = ::isatty(STDOUT_FILENO) == 1 && !dumb && !refused, .verbose = verbose};
}

struct Progress::State {
  std::string what;
  std::mutex mutex{};
  std::condition_variable done{};
  bool over = false;
  std::thread thread{};

  void run() {
    using std::chrono::seconds;
    std::unique_lock lock(mutex);
    for (int elapsed = 1; !done.wait_for(lock, seconds(1), [this] { return over; });
         ++elapsed) {
      tell(fmt::format("\r{} … {} s", what, elapsed));
    }
    tell("\r\x1b[K");
  }
};

Progress::Progress(std::string what, bool quiet) {
  if (quiet || ::isatty(STDERR_FILENO) != 1) return;
  state_ = std::make_unique<State>();
  state_->what = printable(what);
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Progress::~Progress() {
  if (state_ == nullptr) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->over = true;
  }
  state_->done.notify_one();
  state_->thread.join();
}

}  // namespace assay::cmd
