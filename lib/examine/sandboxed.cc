#include "examine/sandboxed.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "examine/allocation.h"
#include "examine/wire.h"
#include "examine/worker.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

/// More than the largest answer within the limits a policy may set.
constexpr std::size_t kMaxAnswer = std::size_t{1} << 30;
/// The worker watches the clock itself and says so better; this is for one that cannot.
constexpr std::chrono::milliseconds kGrace{500};

/// What came out of the pipe, and whether time ran out first.
struct Answer {
  std::string stream{};
  bool late = false;
};

Result<Answer> read_answer(int pipe, Clock::time_point deadline) {
  Answer answer;
  std::string buffer(std::size_t{1} << 16, '\0');
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd waiting{.fd = pipe, .events = POLLIN, .revents = 0};
    const int ready = ::poll(
        &waiting, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return io_error("cannot hear the worker", errno);
    if (ready == 0 && left.count() > 0) continue;
    const ssize_t count = ready == 0 ? -1 : ::read(pipe, buffer.data(), buffer.size());
    if (ready != 0 && count < 0 && errno == EINTR) continue;
    if (count == 0) return answer;
    answer.late = count < 0 || answer.stream.size() > kMaxAnswer;
    if (answer.late) return answer;
    answer.stream.append(buffer, 0, static_cast<std::size_t>(count));
  }
}

/// Stops a worker and no other process, whatever its number stands for by now.
class WorkerHandle {
 public:
  WorkerHandle(pid_t worker, pid_t nursery)
      : handle_(static_cast<int>(::syscall(SYS_pidfd_open, worker, 0))), nursery_(nursery) {}
  /// Without a handle the nursery is ended, our own child, and takes the worker along.
  void kill() const {
    if (handle_ && ::syscall(SYS_pidfd_send_signal, handle_.get(), SIGKILL, nullptr, 0) == 0) {
      return;
    }
    if (!handle_ || errno != ESRCH) ::kill(nursery_, SIGKILL);
  }

 private:
  Fd handle_;
  pid_t nursery_;
};

/// How the worker ended, if it is not how it should.
std::optional<Error> bad_end(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const char* name = ::sigabbrev_np(number);  // null for a real-time signal
    return undecided("worker-crashed", fmt::format("the worker was ended by signal {} (SIG{})",
                                                   number, name == nullptr ? "?" : name));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemory) {
    return undecided("worker-memory", "the worker could not get the memory it needed");
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
  return undecided("worker-crashed", fmt::format("the worker ended with status {}",
                                                 WIFEXITED(status) ? WEXITSTATUS(status) : -1));
}

}  // namespace

struct SandboxedExaminer::State {
  const RuleSet* rules = nullptr;
  Fd socket{};
  pid_t nursery = -1;
  bool best_effort = false;
  Keeping keep{};

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    socket = Fd();  // the nursery ends when nobody can ask it any more
    while (nursery > 0 && ::waitpid(nursery, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
};

SandboxedExaminer::SandboxedExaminer(std::unique_ptr<State> state) : state_(std::move(state)) {}
SandboxedExaminer::SandboxedExaminer(SandboxedExaminer&&) noexcept = default;
SandboxedExaminer& SandboxedExaminer::operator=(SandboxedExaminer&&) noexcept = default;
SandboxedExaminer::~SandboxedExaminer() = default;

Result<SandboxedExaminer> SandboxedExaminer::create(const RuleSet& rules, Formats formats,
                                                    unsigned jobs, bool best_effort,
                                                    Keeping keep) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return io_error("cannot start the examining process", errno);
  }
  Fd ours(ends[0]), theirs(ends[1]);
  const pid_t supervisor = ::getpid();
  const pid_t nursery = ::fork();
  if (nursery < 0) return io_error("cannot start the examining process", errno);
  if (nursery == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != supervisor) ::_exit(0);
    ours = Fd();
    const InProcessExaminer examiner(rules, formats, jobs, std::move(keep));
    run_nursery(std::move(theirs), examiner);
  }
  auto state = std::make_unique<State>();
  state->rules = &rules;
  state->socket = std::move(ours);
  state->nursery = nursery;
  state->best_effort = best_effort;
  state->keep = std::move(keep);
  return SandboxedExaminer(std::move(state));
}

Result<Examination> SandboxedExaminer::examine(const Source& source,
                                               const Limits& limits) const {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("cannot make a pipe", errno);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  WorkOrder order{.limits = limits, .size = source.size(), .best_effort = state_->best_effort};
  source.name().copy(order.name.data(), order.name.size() - 1);
  TRY(send_order(state_->socket.get(), order, source.descriptor(), writing.get()));
  writing = Fd();

  const std::int64_t worker = TRY(receive_number(state_->socket.get()));
  if (worker < 0) return fail(Error::Kind::io, "cannot fork a worker");
  const WorkerHandle process(static_cast<pid_t>(worker), state_->nursery);
  const auto deadline = Clock::now() + std::chrono::seconds(limits.seconds) + kGrace;
  const auto nothing = [&](const Error& why) { return only_problem(why, source.size()); };
  auto answer = read_answer(reading.get(), deadline);
  if (!answer || answer->late) process.kill();
  const std::int64_t status = TRY(receive_number(state_->socket.get()));

  if (!answer) return std::move(answer.error());
  if (answer->late) {
    return nothing(undecided("limit-seconds",
                             fmt::format("the worker was stopped after {} s", limits.seconds)));
  }
  if (auto why = bad_end(static_cast<int>(status))) return nothing(*why);
  auto found =
      decode_examination(answer->stream, *state_->rules, limits, source.size(), state_->keep);
  if (!found) return nothing(found.error());
  return found;
}

}  // namespace assay
