// Every inspector. To add one, write its file and add its name here.

#include <algorithm>

#include "bundle/format.h"
#include "scan/inspector.h"

#define INSPECTORS(row)                                                                  \
  row(overlay) row(hidden_text) row(base64_text) row(keyed_file) row(wide_text) row(upx) \
      row(pe) row(elf) row(kernel_module) row(package_script) row(unit) row(msi_actions) \
          row(extension) row(model_file) row(safetensors) row(gguf) row(onnx) row(bpf)

namespace assay {

#define declare(name) extern const Inspector name##_inspector;
INSPECTORS(declare)
#undef declare

std::span<const Inspector* const> inspectors() {
#define address(name) &name##_inspector,
  static constexpr const Inspector* kAll[] = {INSPECTORS(address)};
#undef address
  return kAll;
}

std::string type_of_hidden(Bytes content) {
  constexpr std::size_t kHead = 512;
  const std::string_view type = sniff(content.first(std::min(content.size(), kHead))).type;
  return type == "text" || type == "data" ? "script" : std::string(type);
}

}  // namespace assay
