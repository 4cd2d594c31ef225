#include <algorithm>

#include "bundle/elf_overlay.h"
#include "bundle/payload.h"
#include "bundle/pe_overlay.h"
#include "bundle/testing.h"
#include "fuzz.h"
#include "model/reason.h"
#include "verify/registry.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  const std::string zip = testing::zip_of({{.name = "x", .content = "content"}});
  const std::string elf = testing::packed_by("head -c 64 /bin/true > out", {});
  return {zip,
          "#!/bin/sh\nexit 0\n" + zip,
          "MZ" + std::string(62, '\0') + zip,
          elf,
          elf + std::string(2000, '\0') + testing::gzip_of("x"),
          "{\"json\": 1}\n",
          std::string(600, 'a') + "Cr24\3\0\0\0"};
}

namespace {

/// A type goes over the wire and into file names of reports.
bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '+';
  });
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const Bytes whole = as_bytes(fuzz::text(data, size));
  const Bytes head = whole.first(std::min<std::size_t>(512, size));
  for (const Codec* it : bundle_formats().codecs) (void)it->matches(head);
  for (const Container* it : bundle_formats().containers) (void)it->matches(head);
  const Sniff first = sniff(head);
  const Sniff seen = sniff_content(whole);
  fuzz::expect(fuzz::is_word(first.type) && fuzz::is_word(seen.type), "a type is a word");
  fuzz::expect(!first.opaque || seen.opaque, "the whole shows no less than its head");
  // Some magics count only where a payload is looked for at one place.
  (void)begins_payload(whole);
  (void)contains_payload(whole);
  (void)is_text_with_payload(whole);
  return 0;
}
