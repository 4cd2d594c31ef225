// The shipped rules about injectors and rootkits, over their indicators and over near misses.

#include "scan/pack_test.h"

namespace assay {
namespace {

TEST_CASE("injection functions are a note, with a second sign a finding") {
  CHECK(fires("DUAL010", "x.exe", pe(kInject)));
  CHECK_FALSE(fires("DUAL010", "x.exe", pe(text_of("VirtualAlloc", "Ex"))));
  CHECK(is_quiet("x.exe", pe(kInject)));
  CHECK(fires("INJECT001", "x.exe",
              pe(kInject + text_of("Amsi", "ScanBuffer ") + text_of("EtwEvent", "Write"))));
  CHECK(fires("INJECT001", "x.exe", pe(kInject + "--" + kDonate)));
  CHECK_FALSE(fires("INJECT001", "x", elf(kInject + "--" + kDonate)));
}

TEST_CASE("hollowing") {
  const std::string tuple =
      join({text_of("NtUnmapView", "OfSection"), text_of("WriteProcess", "Memory"),
            text_of("SetThread", "Context"), text_of("Resume", "Thread")},
           '\0');
  CHECK(fires("INJECT002", "x.exe", pe(bytes("42534a42") + bytes("01000100") + tuple)));
  CHECK(fires(
      "INJECT003", "x.exe",
      pe(tuple + text_of("C:\\Windows\\svc", "host.exe") + '\0' + wide("\\explorer.exe"))));
  CHECK(is_quiet("x.exe", pe(tuple)));
}

TEST_CASE("doppelganging") {
  const std::string tuple =
      join({text_of("NtCreate", "ProcessEx"), text_of("NtCreate", "Section"),
            text_of("RtlCreateProcess", "ParametersEx"), text_of("NtCreate", "ThreadEx")},
           '\0');
  const std::string transaction = text_of("NtRollback", "Transaction");
  CHECK(fires("INJECT004", "x.exe",
              pe(tuple + transaction + text_of(" NtCreate", "Transaction"))));
  CHECK(is_quiet("x.exe", pe(tuple)));
}

TEST_CASE("system calls past the system") {
  const std::string stub = bytes("4c8bd1b8180000000f05c3");
  CHECK(fires("DUAL011", "x.exe", pe(stub + stub + stub)));
  CHECK(is_quiet("x.exe", pe(stub + stub + stub)));
  CHECK(fires("INJECT005", "x.exe", pe(bytes("0d202020203d6e74646c") + bytes("3d6c2e646c75"))));
  CHECK(fires("INJECT006", "x.exe", pe(bytes("6a33e8000000008304") + bytes("2405cb"))));
  CHECK(is_quiet("x.exe", pe("ntdll.dll")));
}

TEST_CASE("the script scanner switched off") {
  const std::string line = text_of("'amsiInit", "Failed','NonPublic,") + "Static').SetValue";
  CHECK(fires("INJECT007", "x.ps1", line));
  CHECK(is_quiet("x.txt", line));
}

TEST_CASE("loaders") {
  CHECK(fires("INJECT010", "x.dll", pe(join({text_of("Reflective", "Loader")}, '\0'))));
  CHECK(is_quiet("x.dll", pe(text_of("a Reflective", "Loader is"))));
  CHECK(fires("INJECT012", "x.bin",
              bytes("e8000000005949") + bytes("89c8ba0000000049") + bytes("81c00000000041b9") +
                  bytes("000000005648") + bytes("89e64883e4f0")));
  CHECK(is_quiet("x.bin", bytes("e8000000005949") + bytes("89c8ba0000000049")));
  CHECK(fires("INJECT013", "x.bin",
              bytes("595548") + bytes("89e54883e4f04883ec20e805") + bytes("0000004889ec5dc3") +
                  std::string(40, '\0')));
  CHECK(is_quiet("x.bin", bytes("595548") + bytes("89e54883e4f04883ec20e805")));
}

TEST_CASE("hashed names count only close together") {
  const std::string kernel32 = bytes("5bbc4a6a");
  const std::string load = bytes("8e4e0eec");
  const std::string find = bytes("aafc0d7c");
  const std::string far(5000, '\0');
  CHECK(fires("INJECT011", "x.bin", far + kernel32 + "..." + load + "..." + find));
  CHECK(is_quiet("x.bin", far + kernel32 + far + load + far + find));
  CHECK(is_quiet("x.bin", far + kernel32 + "..." + load));
}

TEST_CASE("r77") {
  CHECK(fires("ROOT001", "x.exe",
              pe(wide(text_of("SOFTWARE\\$77", "config")) + wide(text_of("$77", "dll64")))));
  CHECK(is_quiet("x.exe", pe(wide(text_of("$77", "config")))));
}

TEST_CASE("libraries that hide processes") {
  const std::string base = join({text_of("read", "dir"), text_of("dl", "sym")}, '\0');
  CHECK(fires("ROOT002", "x.so",
              elf(base + text_of("process_to", "_filter ") + text_of("get_process", "_name"),
                  kShared)));
  CHECK(fires(
      "ROOT003", "x.so",
      elf(base + text_of("/proc/self", "/fd/%d ") + text_of("/proc/", "%s/stat"), kShared)));
  CHECK(fires("ROOT004", "x.so",
              elf(base + text_of("/etc/ld.so", ".preload ") + text_of("pam_", "authenticate ") +
                      text_of("/proc/net", "/tcp"),
                  kShared)));
  CHECK(is_quiet("libfakeroot.so", elf(base + "/proc/self/exe", kShared)));
  CHECK(is_quiet("usermod", elf("/lib64/ld-linux-x86-64.so.2" + base +
                                    text_of("/proc/", "%s/stat /proc/") + "%s/status",
                                kShared)));
}

TEST_CASE("code from memory") {
  const std::string tuple = join({text_of("memfd_", "create"), text_of("fex", "ecve")}, '\0');
  CHECK(fires("DUAL020", "x", elf(tuple)));
  CHECK(is_quiet("x", elf(tuple)));
  CHECK(fires("INJECT020", "x", elf(tuple + kScheme)));
  CHECK(fires("INJECT021", "x.py",
              text_of("import urllib\nfd = os.memfd_", "create('')\nos.execve(") +
                  "'/proc/self/fd/3')"));
  CHECK(is_quiet("x.py", text_of("fd = os.memfd_", "create('')")));
}

TEST_CASE("code put into other processes") {
  const std::string tuple = join({"ptrace", "waitpid"}, '\0') + text_of("/proc/%d", "/maps ");
  CHECK(fires("DUAL021", "gdb", elf(tuple + "dlopen")));
  CHECK_FALSE(fires("DUAL021", "gdb", elf(tuple)));
  CHECK_FALSE(fires("INJECT022", "gdb", elf(tuple + "dlopen")));
  CHECK(is_quiet("gdb", elf(tuple + "dlopen")));
  CHECK(fires("INJECT022", "x", elf(tuple + text_of("__libc_", "dlopen_mode"))));
}

TEST_CASE("kernel rootkits") {
  const std::string module = text_of(".gnu.linkonce.this", "_module ");
  const std::string back_door = text_of("kallsyms_", "lookup_name ");
  CHECK(fires("ROOT010", "x.ko",
              elf(module + text_of("dia", "morphine_init ") + text_of("author=m0", "nad ") +
                      text_of("hacked_", "getdents ") + text_of("hacked_", "kill"),
                  kObject)));
  CHECK(fires("ROOT011", "x.ko",
              elf(module + text_of("kho", "ok_init ") + text_of("fill", "dir64 ") +
                      text_of("next_", "tgid"),
                  kObject)));
  CHECK(fires("ROOT013", "x.ko",
              elf(text_of("adore_", "init adore_") + text_of("proc_", "readdir adore_") +
                      text_of("root_", "readdir adore_") + text_of("root_", "filldir adore_") +
                      text_of("opt_", "filldir"),
                  kObject)));
  CHECK(fires("ROOT014", "x.ko",
              elf(module + text_of("ftrace_set_", "filter_ip register_") +
                      text_of("ftrace_function ", "tcp4_seq_show"),
                  kObject)));
  CHECK(
      fires("ROOT015", "x.ko",
            elf(module + back_door + text_of("sys_call", "_table get") + "dents64", kObject)));
  CHECK(fires("DUAL030", "x.ko", elf(module + back_door, kObject)));
  CHECK(is_quiet("x.ko", elf(module + back_door, kObject)));
  CHECK(
      is_quiet("x.o", elf(back_door + text_of("sys_call", "_table get") + "dents64", kObject)));
  CHECK(fires(
      "ROOT012", "x",
      elf(text_of("sys", "_abinit") + text_of("cc_", "modddule") + std::string(1, '\0'))));
  CHECK(is_quiet("x", elf(text_of("sys_init_", "module") + std::string(1, '\0'))));
}

}  // namespace
}  // namespace assay
