// Kernel modules by what they need of the kernel: symbols they are linked with, what they
// say of themselves, whether a signature stands behind them.

#include <algorithm>

#include "scan/elf_image.h"
#include "scan/facts.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kNeeded[] = {"kallsyms_lookup_name",
                                        "kallsyms_on_each_symbol",
                                        "register_kprobe",
                                        "register_kretprobe",
                                        "register_ftrace_function",
                                        "ftrace_set_filter_ip",
                                        "set_memory_rw",
                                        "set_memory_x",
                                        "set_memory_ro",
                                        "lookup_address",
                                        "commit_creds",
                                        "prepare_creds",
                                        "prepare_kernel_cred",
                                        "nf_register_net_hook",
                                        "nf_register_net_hooks",
                                        "stop_machine",
                                        "text_poke",
                                        "call_usermodehelper",
                                        "module_alloc",
                                        "lookup_module",
                                        "proc_root",
                                        "init_task",
                                        "security_add_hooks"};
constexpr std::string_view kMentioned[] = {
    "getdents",          "sys_call_table", "tcp4_seq_show",  "tcp6_seq_show",
    "udp4_seq_show",     "filldir",        "iterate_shared", "sys_kill",
    "find_task_by_vpid", "next_tgid",      "load_elf_binary"};
constexpr std::string_view kSignature = "~Module signature appended~\n";
constexpr std::size_t kLargest = std::size_t{16} << 20;

constinit const Names kNeededNames(kNeeded);

/// The value of `key` in .modinfo, a row of texts "key=value".
std::string_view modinfo(std::string_view rows, std::string_view key) {
  while (!rows.empty()) {
    const std::string_view row = rows.substr(0, rows.find('\0'));
    rows.remove_prefix(std::min(row.size() + 1, rows.size()));
    if (row.size() > key.size() && row.starts_with(key) && row[key.size()] == '=') {
      return row.substr(key.size() + 1);
    }
  }
  return {};
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type != "elf" || content.size() < 20) return {};
  const auto image = ElfImage::read(content);
  if (!image || image->type() != ElfImage::relocatable) return {};
  const ElfSection* const info = image->section(".modinfo");
  if (info == nullptr && image->section(".gnu.linkonce.this_module") == nullptr) return {};
  Facts facts;
  image->linked_symbols([&](const ElfSymbol& symbol) {
    if (!symbol.is_defined && kNeededNames.has(symbol.name)) {
      facts.add("needs " + std::string(symbol.name));
    }
  });
  const bool needs_any = !facts.empty();
  const std::string_view licence =
      info == nullptr ? ""sv : modinfo(as_text(info->content), "license");
  facts.add(licence.find("GPL") != std::string_view::npos ? "licence is the GPL"
                                                          : "licence is another than the GPL");
  facts.add(as_text(content).ends_with(kSignature) ? "is signed" : "is not signed");
  for (const std::string_view word : kMentioned) {
    if (!needs_any || content.size() > kLargest) break;
    if (as_text(content).find(word) != std::string_view::npos) {
      facts.add("mentions " + std::string(word));
    }
  }
  views.push_back(
      facts.view("module-facts", info == nullptr || info->content.empty() ? 0 : info->offset));
  return {};
}

}  // namespace

extern const Inspector kernel_module_inspector;
constinit const Inspector kernel_module_inspector = {"kernel module", inspect, true};

}  // namespace assay
