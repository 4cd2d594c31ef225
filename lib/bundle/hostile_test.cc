// Every format cut at every length, with bytes behind it, and with every byte
// changed: nothing crashes, and nothing passes as whole that is not.

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

const std::string kContent = [] {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "line " + std::to_string(i * i) + "\n";
  return text;
}();
const std::map<std::string, std::string> kFiles = {{"a", "alpha"}, {"b", kContent}};

struct Sample {
  std::string name;
  std::string bytes;
  bool checked;  ///< the format has checksums over the content
};

std::vector<Sample> samples() {
  const std::string tar =
      tar_of({{.name = "a", .content = "alpha"}, {.name = "b", .content = kContent}});
  return {
      {"gzip", filtered("gzip", kContent), true},
      {"xz", filtered("xz", kContent), true},
      {"zstd", filtered("zstd", kContent), true},
      {"bzip2", filtered("bzip2", kContent), true},
      {"tar.gz", filtered("gzip", tar), true},
      {"tar.xz", filtered("xz", tar), true},
      {"zip", packed_by("zip -X out.zip a b && mv out.zip out", kFiles), true},
      {"zip, streamed", packed_by("zip -X - a b | cat > out", kFiles), true},
      {"tar", tar, false},
      {"ar", packed_by("ar rc out a b", kFiles), false},
      {"cpio", packed_by("printf 'a\\nb\\n' | cpio -o -H newc > out", kFiles), false},
      {"deb",
       "!<arch>\n" + ar_member("debian-binary", "2.0\n") +
           ar_member("control.tar", tar_of({{.name = "control", .content = "x"}})) +
           ar_member("data.tar.gz", gzip_of(tar)),
       false},
  };
}

/// Zeros at the end of a tar or cpio may be missing in part: they say nothing.
bool only_padding_missing(const Sample& sample, std::size_t length) {
  const bool padded = sample.name == "tar" || sample.name == "cpio";
  return padded && sample.bytes.find_first_not_of('\0', length) == std::string::npos;
}

TEST_CASE("whole, cut, and with bytes behind") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    REQUIRE_FALSE(sample.bytes.empty());
    const Outcome whole = walk_bytes("x", sample.bytes);
    CHECK(whole.clean());
    CHECK_FALSE(whole.leaves.empty());
    const std::size_t step = sample.bytes.size() > 3000 ? 7 : 1;
    for (std::size_t length = 1; length < sample.bytes.size(); length += step) {
      const Outcome cut = walk_bytes("x", std::string_view(sample.bytes).substr(0, length));
      // Cut before it can be told from text or data, it is a bare file and no archive.
      if (!cut.clean() || cut.summary.depth == 0 || only_padding_missing(sample, length))
        continue;
      // ar has no end mark: cut between members it is a smaller ar.
      if (sample.name == "ar" && cut.leaves.size() < whole.leaves.size()) continue;
      CAPTURE(length);
      FAIL_CHECK("whole, though cut");
    }
    const Outcome behind = walk_bytes("x", sample.bytes + "junk that some programs run");
    CHECK_FALSE(behind.clean());
  }
}

TEST_CASE("bytes behind the end are trailing data") {
  for (const std::string command : {"gzip", "xz", "zstd", "bzip2"}) {
    CAPTURE(command);
    const std::string one = filtered(command, kContent);
    CHECK(walk_bytes("x", one + "junk").has("trailing-data"));
    const Outcome twice = walk_bytes("x", one + one);
    CHECK(twice.has("trailing-data"));
    CHECK(twice.problems.at(0).detail == "a second " + command + " member follows");
    // What came before is still looked at.
    CHECK(twice.leaves.empty());
    CHECK_FALSE(twice.summary.complete);
  }
  const std::string tar = tar_of({{.name = "a", .content = "x"}});
  CHECK(walk_bytes("x", tar + tar).has("second-archive"));
  CHECK(walk_bytes("x", gzip_of(tar + tar)).has("second-archive"));
  CHECK(walk_bytes("x", tar + std::string(512 * 300, '\0') + tar).has("second-archive"));
  CHECK(walk_bytes("x", tar + tar.substr(0, 200)).has("trailing-data"));
  CHECK(walk_bytes("x", tar + std::string(10'000, '\0')).clean());
  CHECK(walk_bytes("x", tar + std::string(9'999, '\0') + "x").has("trailing-data"));
  CHECK(walk_bytes("x", zip_of({{.name = "a", .content = "x"}}) + "junk").has("trailing-data"));
  const std::string cpio = packed_by("echo a | cpio -o -H newc > out", kFiles);
  CHECK(walk_bytes("x", cpio + "070701").has("second-archive"));
  CHECK(walk_bytes("x", cpio + "07070").has("trailing-data"));
  CHECK(walk_bytes("x", tar.substr(0, 1024)).has("truncated"));
}

TEST_CASE("one byte changed") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    const Outcome whole = walk_bytes("x", sample.bytes);
    const std::size_t step = sample.bytes.size() > 1500 ? sample.bytes.size() / 1000 : 1;
    for (std::size_t at = 0; at < sample.bytes.size(); at += step) {
      std::string changed = sample.bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
      const Outcome seen = walk_bytes("x", changed);
      if (!sample.checked || !seen.clean() || seen.summary.depth == 0) continue;
      // A zip's file attributes are under no checksum: a file turned link is told as one.
      if (seen.members.size() != whole.members.size()) continue;
      CAPTURE(at);
      CHECK(seen.leaves == whole.leaves);
    }
  }
}

TEST_CASE("random bytes behind every magic") {
  std::uint32_t state = 1;
  for (const Sample& sample : samples()) {
    for (int round = 0; round < 40; ++round) {
      std::string bytes = sample.bytes.substr(0, 12);
      for (int i = 0; i < 700; ++i) {
        state = state * 1664525 + 1013904223;
        bytes += static_cast<char>(state >> 24);
      }
      const Outcome seen = walk_bytes("x", bytes);
      CHECK((!seen.clean() || seen.summary.depth == 0));
    }
  }
}

}  // namespace
}  // namespace assay
