#include "base/bytes.h"
#include "bundle/format.h"
#include "fuzz.h"
#include "scan/hidden_text.h"
#include "scan/inspector.h"
#include "scan/pickle.h"
#include "scan/program_test.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {test::pe_program({.imports = {"ReadFile", "VirtualAlloc"}, .exports = {"f"}}),
          test::elf_library({.defines = {"readdir"}, .needs = {"dlsym"}}),
          test::kernel_object({"register_kprobe"}, std::string("license=GPL\0", 12)),
          std::string("\x80\x04\x8c\x02os\x94\x8c\x06system\x93(tR.", 19),
          "[Service]\nExecStart=/bin/sh -c /tmp/x\nRestart=always\n",
          R"({"manifest_version": 3, "permissions": ["tabs"], "content_scripts": []})"};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  static const HiddenText hidden;
  const std::string_view input = fuzz::text(data, size);
  Member member;
  member.type = sniff_content(as_bytes(input)).type;
  for (const char* const name : {"manifest.json", "package.json"}) {
    member.path = name;
    for (const Inspector* inspector : inspectors()) {
      std::vector<View> views;
      (void)inspector->inspect({.hidden = hidden}, member, as_bytes(input), views);
      for (const View& view : views) {
        fuzz::expect(!view.is_facts || view.owned.size() < 8192, "facts are few");
        fuzz::expect(view.offset <= size, "a view stands in the member");
      }
    }
  }
  return 0;
}
