#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <csignal>

int main(int count, char** arguments) {
  // As cmd/main.cc does: who writes to nobody gets an error to handle.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  return doctest::Context(count, arguments).run();
}
