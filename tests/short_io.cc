// A library to preload: reads and writes give and take a few bytes at a time, as
// pipes, signals and network file systems make them do.

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace {
constexpr std::size_t kRead = 509, kWrite = 7;
}

extern "C" {
ssize_t read(int fd, void* buffer, std::size_t count) {
  return ::syscall(SYS_read, fd, buffer, std::min(count, kRead));
}
ssize_t pread(int fd, void* buffer, std::size_t count, off_t offset) {
  return ::syscall(SYS_pread64, fd, buffer, std::min(count, kRead), offset);
}
ssize_t write(int fd, const void* buffer, std::size_t count) {
  return ::syscall(SYS_write, fd, buffer, std::min(count, kWrite));
}
}
