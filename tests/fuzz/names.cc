#include "bundle/names.h"

#include <algorithm>

#include "fuzz.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {"./usr//bin/x", "../../etc/passwd",  "a/../b",  "C:\\x\\..\\y", "/abs",
          "link\n../up",  "caf\xc3\xa9\nx/..", "a/b\nc/d"};
}

namespace {

bool leads_up(std::string_view name) {
  return ("/" + std::string(name) + "/").find("/../") != std::string::npos;
}

}  // namespace
}  // namespace assay::fuzz

/// The first line is a name, the rest a link's target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const std::string_view name = input.substr(0, input.find('\n'));
  const Limits limits{.name_bytes = 300};
  (void)unpacked_name(name, "gz");
  fuzz::expect(shown_name(name, MemberKind::file, limits).size() <= 300 + 64,
               "what is shown is no longer than the limit");
  const std::string folded = folded_name(name);
  fuzz::expect(folded_name(folded) == folded, "folding twice changes nothing");
  if (!name_fault(name, MemberKind::file, limits)) {
    fuzz::expect(!folded.starts_with('/') && !fuzz::leads_up(folded),
                 "a name without a fault stays inside");
    fuzz::expect(name.size() <= 300, "within the limit");
    const auto control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; };
    fuzz::expect(std::ranges::none_of(name, control), "and is shown as it is");
  }
  if (name.size() == size) return 0;
  const std::string_view target = input.substr(name.size() + 1);
  if (!target_fault(name, target)) {
    fuzz::expect(!target.empty() && target.size() <= 4096, "a target is something");
  }
  return 0;
}
