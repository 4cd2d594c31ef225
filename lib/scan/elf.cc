// Programs and libraries of Linux by what the loader reads of them: functions of the C
// library a shared object stands in front of, and what it asks the loader for.

#include "scan/elf_image.h"
#include "scan/facts.h"

namespace assay {
namespace {

/// What lists, opens or tells about files, processes and logins. A shared object that
/// defines one of them stands in front of the C library where it is preloaded.
constexpr std::string_view kInterposed[] = {"readdir",
                                            "readdir64",
                                            "readdir_r",
                                            "readdir64_r",
                                            "getdents",
                                            "getdents64",
                                            "scandir",
                                            "scandir64",
                                            "opendir",
                                            "fdopendir",
                                            "open",
                                            "open64",
                                            "openat",
                                            "openat64",
                                            "fopen",
                                            "fopen64",
                                            "freopen",
                                            "stat",
                                            "stat64",
                                            "lstat",
                                            "lstat64",
                                            "__xstat",
                                            "__xstat64",
                                            "__lxstat",
                                            "__lxstat64",
                                            "fstatat",
                                            "fstatat64",
                                            "statx",
                                            "access",
                                            "unlink",
                                            "unlinkat",
                                            "rename",
                                            "accept",
                                            "accept4",
                                            "execve",
                                            "kill",
                                            "ptrace",
                                            "getpwnam",
                                            "getpwnam_r",
                                            "getpwuid",
                                            "getspnam",
                                            "pam_authenticate",
                                            "pam_open_session",
                                            "pam_acct_mgmt",
                                            "pam_get_password",
                                            "pcap_loop",
                                            "ssl_read",
                                            "SSL_write"};
/// By which the one behind is found.
constexpr std::string_view kImported[] = {"dlsym", "dlvsym", "process_vm_writev", "init_module",
                                          "finit_module"};
/// Runtimes that stand in front of everything to watch the program they are part of.
constexpr std::string_view kWatchers[] = {"__asan_init", "__tsan_init", "__msan_init",
                                          "__hwasan_init", "__lsan_init_recovers"};
constexpr std::string_view kMentioned[] = {"/proc/", "ld.so.preload", "/proc/net/tcp"};
constexpr std::size_t kFewFunctions = 8;

constinit const Names kInterposedNames(kInterposed), kImportedNames(kImported),
    kWatcherNames(kWatchers);

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type != "elf" || content.size() > kLargestHeldElf) return {};
  const auto image = ElfImage::read(content);
  if (!image || image->type() == ElfImage::relocatable) return {};
  Facts facts;
  std::size_t defined = 0;
  bool stands_in_front = false;
  const bool is_library = image->type() == ElfImage::shared && !image->has_interpreter();
  image->dynamic_symbols([&](const ElfSymbol& symbol) {
    if (!symbol.is_defined) {
      if (kImportedNames.has(symbol.name)) facts.add("imports " + std::string(symbol.name));
      return;
    }
    if (symbol.is_function) ++defined;
    if (!is_library) return;
    if (kInterposedNames.has(symbol.name)) {
      facts.add("stands in front of " + std::string(symbol.name));
      stands_in_front = true;
    }
    if (kWatcherNames.has(symbol.name)) facts.add("is a sanitizer's");
  });
  // Nothing else is worth a rule's time.
  if (!stands_in_front) return {};
  if (defined <= kFewFunctions) facts.add("defines few functions");
  for (const std::string_view word : kMentioned) {
    if (as_text(content).find(word) != std::string_view::npos) {
      facts.add("mentions " + std::string(word));
    }
  }
  views.push_back(facts.view("elf-facts", 0));
  return {};
}

}  // namespace

extern const Inspector elf_inspector;
constinit const Inspector elf_inspector = {"elf", inspect, true};

}  // namespace assay
