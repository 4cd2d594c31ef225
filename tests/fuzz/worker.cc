// The whole body of the worker over any bytes, without its wall.

#include <algorithm>

#include "base/bytes.h"
#include "bundle/testing.h"
#include "examine/testing.h"
#include "examine/wire.h"
#include "fuzz.h"
#include "verify/registry.h"

namespace assay::fuzz {
namespace {

constexpr std::string_view kMarker = "marker-of-the-test";

const RuleSet& rules() {
  static const RuleSet rules = testing::marker_rules();
  return rules;
}

Limits small_limits() {
  return {.total_bytes = 4U << 20,
          .member_bytes = 1U << 20,
          .scan_bytes = 1U << 20,
          .members = 100,
          .depth = 4,
          .name_bytes = 256,
          .decoder_memory = 16U << 20,
          .seconds = 8};
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string marker(kMarker);
  const std::string tar = testing::tar_of({{.name = "a", .content = marker}, {.name = "b/"}});
  return {
      marker,
      testing::filtered("gzip -n", tar),
      testing::filtered("xz -0", tar),
      testing::filtered("zstd -q", tar),
      testing::filtered("bzip2", tar),
      testing::filtered("xz -0 --format=lzma", tar),
      testing::deb_of(tar, tar),
      testing::zip_of({{.name = "a.tar", .content = tar}, {.name = "b", .content = marker}}),
      testing::packed_by("echo in | cpio -o -H newc > out", {{"in", marker}}),
      testing::packed_by("mkdir o && 7z a o.7z in || cat in > out",
                         {{"in", "7z\xbc\xaf\x27\x1c"}}),
      "\x7f"
      "ELF\2\1\1" +
          std::string(57, '\0') + marker + testing::gzip_of("x"),
      "MZ" + std::string(62, '\0') + marker,
      "#!/bin/sh\nexit\n" + testing::filtered("gzip -n", tar)};
}

namespace {

/// What everybody after the worker takes for granted.
void try_examination(const Examination& found, std::string_view input) {
  const auto has_member = [&](const std::string& path) {
    return std::ranges::find(found.members, path, &Member::path) != found.members.end();
  };
  for (const Finding& it : found.findings)
    expect(has_member(it.member), "findings are in members");
  for (const Problem& it : found.problems) {
    expect(find_reason(it.code) != nullptr, "problems have reasons");
    expect(std::ranges::all_of(it.detail, [](char c) { return c >= 0x20 && c < 0x7f; }),
           "and printable details");
  }
  expect(!found.format.empty() || !found.problems.empty(), "a bundle is something");
  expect(found.coverage.scanned <= found.coverage.members, "no more scanned than there is");
  if (!found.problems.empty() || !found.coverage.complete) return;
  expect(found.coverage.scanned == found.coverage.members, "without a problem all is scanned");
  for (const Member& it : found.members) {
    expect(it.sha256.empty() || it.sha256.size() == 64, "digests are digests");
  }
  if (found.coverage.depth == 0 && input.find(kMarker) != input.npos) {
    expect(!found.findings.empty(), "what stands in a bare file is found");
  }
}

/// What was found arrives on the other side of the pipe.
void try_wire(const Examination& found, std::uint64_t size) {
  const std::string level = encode_level("seccomp");
  const std::string stream = level + encode_examination(found, level);
  const auto received = decode_examination(stream, rules(), small_limits(), size);
  if (!received) std::fprintf(stderr, "%s\n", to_text(received.error()).c_str());
  expect(bool(received), "an honest worker is believed");
  expect(received->contents_sha256 == found.contents_sha256, "and says the same");
  expect(received->findings.size() == found.findings.size() &&
             received->problems.size() == found.problems.size(),
         "all of it");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const InProcessExaminer examiner(fuzz::rules(), bundle_formats(), 1);
  const auto source = Source::from_bytes("x", as_bytes(input));
  if (!source) return 0;
  const auto found = examiner.examine(*source, fuzz::small_limits());
  fuzz::expect(bool(found), "whatever the bundle is, it is no error of ours");
  fuzz::try_examination(*found, input);
  fuzz::try_wire(*found, size);
  return 0;
}
