// A library to preload: where the content of a member fails for good, asks for the next
// member all the same, as many programs do. libarchive may then only be freed: a
// malformed cabinet makes the packaged one crash (3.6.2: upstream's pull request 2900).

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>

#include <cstddef>

extern "C" int archive_read_data_block(archive* handle, const void** data, std::size_t* size,
                                       la_int64_t* offset) {
  using Call = int (*)(archive*, const void**, std::size_t*, la_int64_t*);
  static const auto real = reinterpret_cast<Call>(::dlsym(RTLD_NEXT, __func__));
  const int status = real(handle, data, size, offset);
  if (status != ARCHIVE_FATAL) return status;
  archive_entry* entry = nullptr;
  archive_read_next_header(handle, &entry);
  return status;
}
