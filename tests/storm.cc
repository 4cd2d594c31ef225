// storm COMMAND...: runs the command under a signal every few hundred microseconds
// that it neither asked for nor handles: calls are interrupted, and that is all.

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <csignal>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const pid_t child = ::fork();
  if (child == 0) {
    ::execvp(argv[1], argv + 1);
    ::_exit(2);
  }
  int status = 0;
  const timespec pause{.tv_sec = 0, .tv_nsec = 300'000};
  while (::waitpid(child, &status, WNOHANG) == 0) {
    ::nanosleep(&pause, nullptr);
    // Stopped and continued: sleeping calls return early, without a handler.
    ::kill(child, SIGSTOP);
    ::kill(child, SIGCONT);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
