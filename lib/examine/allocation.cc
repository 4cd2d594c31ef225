#include "examine/allocation.h"

#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

#include "base/sanitizer.h"

namespace assay {
namespace {

constinit std::atomic<bool> must_succeed = false;

/// What the caller asked for, or the end. Unused where malloc is a sanitizer's.
[[maybe_unused]] void* insist(void* memory, std::size_t size) {
  if (memory == nullptr && size != 0 && must_succeed.load(std::memory_order_relaxed)) {
    ::_exit(kOutOfMemory);
  }
  return memory;
}

}  // namespace

void end_on_failed_allocation() {
  must_succeed = true;
}

}  // namespace assay

#if defined(__GLIBC__) && !ASSAY_ASAN && !ASSAY_TSAN
// In front of glibc's own, so that every library in the process is covered;
// operator new calls malloc.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-inconsistent-declaration-parameter-name)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  return assay::insist(__libc_malloc(size), size);
}
void* calloc(std::size_t count, std::size_t size) {
  return assay::insist(__libc_calloc(count, size), count == 0 ? 0 : size);
}
void* realloc(void* memory, std::size_t size) {
  return assay::insist(__libc_realloc(memory, size), size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  return assay::insist(__libc_memalign(alignment, size), size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return assay::insist(__libc_memalign(alignment, size), size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  const bool power = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!power || alignment % sizeof(void*) != 0) return EINVAL;
  *memory = assay::insist(__libc_memalign(alignment, size), size);
  return *memory == nullptr ? ENOMEM : 0;
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-inconsistent-declaration-parameter-name)
#endif
