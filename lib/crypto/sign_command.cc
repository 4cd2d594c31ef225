#include "crypto/sign_command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <thread>

#include "base/fd.h"

extern char** environ;

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  Fd read{}, write{};
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("cannot make a pipe", errno);
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

/// A running program in a process group of its own, which ends with the object.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
  }

  /// True once it ended by itself, with 0; nothing while it runs.
  std::optional<bool> ended() {
    siginfo_t end{};
    const int flags = WEXITED | WNOHANG | WNOWAIT;
    if (::waitid(P_PID, static_cast<id_t>(id_), &end, flags) != 0 || end.si_pid != id_) {
      return std::nullopt;
    }
    ::kill(-id_, SIGKILL);  // what it left running, while its number is still its own
    int status = 0;
    ::waitpid(id_, &status, 0);
    id_ = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t id_;
};

Result<pid_t> start(const std::vector<std::string>& words, int input, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  ::posix_spawnattr_init(&attributes);
  // We ignore these; it may want to end by them.
  sigset_t ours{};
  ::sigemptyset(&ours);
  ::sigaddset(&ours, SIGPIPE);
  ::sigaddset(&ours, SIGXFSZ);
  ::posix_spawnattr_setsigdefault(&attributes, &ours);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, words.front().c_str(), &files, &attributes,
                                   arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  if (failed == 0) return child;
  Error error = io_error("cannot run '" + printable(words.front()) + "'", failed);
  error.kind = Error::Kind::config;
  return error;
}

/// Writes the message and reads the answer, as either side is ready, until both are done or
/// it is too late. The answer may be one byte longer than a signature, and is then none.
class Talk {
 public:
  Talk(Fd to, Fd from, std::string_view message)
      : to_(std::move(to)), from_(std::move(from)), rest_(message) {
    ::fcntl(to_.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(from_.get(), F_SETFL, O_NONBLOCK);
  }

  /// False if the time was over first.
  bool hold(Clock::time_point end) {
    while (from_) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
      if (left <= 0) return false;
      std::array<pollfd, 2> ready = {pollfd{from_.get(), POLLIN, 0},
                                     pollfd{to_ ? to_.get() : -1, POLLOUT, 0}};
      if (::poll(ready.data(), ready.size(), static_cast<int>(std::min<long>(left, 1000))) <
              0 &&
          errno != EINTR) {
        return false;
      }
      if (ready[0].revents != 0) read_some();
      if (ready[1].revents != 0) write_some();
    }
    return true;
  }

  const std::string& answer() const { return answer_; }

 private:
  void read_some() {
    std::array<char, 256> buffer{};
    const ssize_t n = ::read(from_.get(), buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n > 0) answer_.append(buffer.data(), static_cast<std::size_t>(n));
    if (n <= 0 || answer_.size() > sizeof(Ed25519Signature)) from_ = Fd();
  }
  void write_some() {
    const ssize_t n = ::write(to_.get(), rest_.data(), rest_.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n > 0) rest_.remove_prefix(static_cast<std::size_t>(n));
    // It may answer without having read all of it; then the signature does not fit.
    if (n < 0 || rest_.empty()) to_ = Fd();
  }

  Fd to_, from_;
  std::string_view rest_;
  std::string answer_{};
};

}  // namespace

Result<CommandSigner> CommandSigner::create(std::vector<std::string> words,
                                            const Ed25519Public& key,
                                            std::chrono::milliseconds patience) {
  if (!words.empty() && words.front().starts_with('/')) {
    return CommandSigner(std::move(words), key, patience);
  }
  return fail(Error::Kind::config, "the command that signs must begin with an absolute path",
              "no shell and no PATH is asked: --sign-command '/usr/local/bin/sign --slot 0'");
}

Result<Ed25519Signature> CommandSigner::sign(Bytes message) const {
  const std::string name = "'" + printable(words_.front()) + "'";
  Pipe input = TRY(make_pipe());
  Pipe output = TRY(make_pipe());
  Child child(TRY(start(words_, input.read.get(), output.write.get())));
  input.read = Fd();
  output.write = Fd();
  const auto end = Clock::now() + patience_;
  Talk talk(std::move(input.write), std::move(output.read), as_text(message));
  bool in_time = talk.hold(end);
  std::optional<bool> well = child.ended();
  while (in_time && !well) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    in_time = Clock::now() < end;
    well = child.ended();
  }
  if (!well) return fail(Error::Kind::config, name + " took too long to sign");
  if (!*well) return fail(Error::Kind::config, name + " could not sign");
  Ed25519Signature signature{};
  if (talk.answer().size() != signature.size()) {
    return fail(Error::Kind::config, name + " did not answer with the 64 bytes of a signature");
  }
  std::ranges::copy(as_bytes(talk.answer()), signature.begin());
  if (verify_ed25519(key_, message, signature)) return signature;
  return fail(Error::Kind::config, name + " signed with another key, or something else",
              "the public key it must fit is that of --key, else keys/verdict.pub.pem");
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

}  // namespace assay
