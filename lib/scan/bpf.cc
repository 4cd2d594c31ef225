// eBPF programs (ELF objects for EM_BPF, alone or carried by a loader) by what they sit on and
// which helpers of the kernel they call: those that write into other programs, replace an
// answer or end a process. Instructions: RFC 9669; section names: those of libbpf.

#include <algorithm>

#include "scan/elf_image.h"
#include "scan/facts.h"

namespace assay {
namespace {

/// What somebody sits on who wants to be left out of what others are told.
constexpr std::string_view kWatched[] = {
    "getdents", "getdents64", "iterate_dir",   "filldir64", "kill",         "tgkill",
    "read",     "pread64",    "recvfrom",      "recvmsg",   "openat",       "do_sys_openat2",
    "statx",    "newfstatat", "readlinkat",    "execve",    "execveat",     "ptrace",
    "bpf",      "write",      "tcp4_seq_show", "vfs_read",  "unlinkat",     "init_module",
    "openat2",  "open",       "finit_module",  "sendto",    "udp4_seq_show"};
/// What stands in front of a system call's name in those of tracepoints and functions.
constexpr std::string_view kPrefixes[] = {"sys_enter_",  "sys_exit_",    "__x64_sys_",
                                          "__ia32_sys_", "__arm64_sys_", "__se_sys_",
                                          "__do_sys_",   "ksys_",        "sys_"};
constexpr std::string_view kReplacing = "fmod_ret";

struct Helper {
  std::uint32_t number;
  const char* fact;
};
/// By their numbers in the kernel's interface (bpf-helpers(7)), which never change.
constexpr Helper kHelpers[] = {{36, "calls bpf_probe_write_user"},
                               {58, "calls bpf_override_return"},
                               {109, "calls bpf_send_signal"},
                               {117, "calls bpf_send_signal_thread"}};

constexpr std::uint64_t kExecutable = 4;  // SHF_EXECINSTR
constexpr std::uint8_t kCall = 0x85, kWideLoad = 0x18;
constexpr std::size_t kInstruction = 8;
constexpr std::string_view kMagic =
    "\x7f"
    "ELF";
constexpr std::size_t kMachineAt = 18, kObjectsMax = 64;

constinit const Names kWatchedNames(kWatched);

/// "tp/syscalls/sys_exit_getdents64" and "fexit/__x64_sys_getdents64" sit on getdents64.
std::string_view watched_by(std::string_view section) {
  std::string_view name = section.substr(section.find_last_of('/') + 1);
  for (const std::string_view prefix : kPrefixes) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    break;
  }
  return kWatchedNames.has(name) ? name : std::string_view();
}

std::uint32_t number_at(Bytes code, std::size_t at, bool big) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = std::to_integer<std::uint32_t>(code[at + i]);
    value |= byte << (8 * (big ? 3 - i : i));
  }
  return value;
}

/// Which helpers the code calls.
void look_at_code(Bytes code, bool big, Facts& facts) {
  for (; code.size() >= kInstruction; code = code.subspan(kInstruction)) {
    const auto opcode = std::to_integer<std::uint8_t>(code[0]);
    if (opcode == kWideLoad && code.size() >= 2 * kInstruction) {
      code = code.subspan(kInstruction);  // its second half holds a number
      continue;
    }
    const auto registers = std::to_integer<unsigned>(code[1]);
    const unsigned source = big ? registers & 15U : registers >> 4U;
    if (opcode != kCall || source != 0) continue;  // else a function of its own or a module's
    const std::uint32_t called = number_at(code, 4, big);
    const auto helper = std::ranges::find(kHelpers, called, &Helper::number);
    if (helper != std::end(kHelpers)) facts.add(helper->fact);
  }
}

Facts facts_of(const ElfImage& image) {
  Facts facts;
  for (const ElfSection& section : image.sections()) {
    if ((section.flags & kExecutable) == 0 || section.content.empty()) continue;
    look_at_code(section.content, image.is_big(), facts);
    const std::string_view watched = watched_by(section.name);
    if (!watched.empty()) facts.add("sits on " + std::string(watched));
    if (section.name.starts_with(kReplacing)) facts.add("may replace an answer");
  }
  return facts;
}

bool is_for_bpf(Bytes object) {
  if (object.size() < kMachineAt + 2) return false;
  const auto low = std::to_integer<unsigned>(object[kMachineAt]);
  const auto high = std::to_integer<unsigned>(object[kMachineAt + 1]);
  return low + high == ElfImage::kBpf && (low == 0 || high == 0);
}

/// A loader carries its objects among its data, each whole.
Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type != "elf" || content.size() > kLargestElf) return {};
  const std::string_view text = as_text(content);
  std::size_t objects = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    at = text.find(kMagic, at);
    if (at == std::string_view::npos) break;
    const Bytes object = content.subspan(at);
    if (!is_for_bpf(object)) continue;
    if (++objects > kObjectsMax) {
      return undecided("scan-incomplete", "it carries more than 64 eBPF objects");
    }
    const auto image = ElfImage::read(object);
    if (!image) continue;
    const Facts facts = facts_of(*image);
    if (!facts.empty()) views.push_back(facts.view("bpf-facts", at));
  }
  return {};
}

}  // namespace

extern const Inspector bpf_inspector;
constinit const Inspector bpf_inspector = {"bpf", inspect, true};

}  // namespace assay
