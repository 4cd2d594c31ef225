// Disc images as genisoimage and xorriso write them, cut, changed and added to.

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {

extern const Container iso_container, seven_zip_container;

namespace {

using namespace testing;

const std::map<std::string, std::string> kFiles = {
    {"read_me_first.txt", "alpha"}, {"large.bin", std::string(5000, 'b')}, {"empty", ""}};

Outcome walk_iso(const std::string& name, std::string_view bytes, const Limits& limits = {}) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  static constexpr const Container* kBoth[] = {&iso_container, &seven_zip_container,
                                               &tar_container};
  Outcome outcome;
  const auto source = Source::from_bytes(name, as_bytes(bytes)).take();
  const auto summary = walk(source, limits, {.containers = kBoth}, outcome);
  if (summary) outcome.summary = *summary;
  for (const Problem& problem : outcome.problems) INFO(problem.code, " ", problem.detail);
  return outcome;
}

std::string made_by(const std::string& command) {
  return packed_by("mkdir d && mv large.bin d/ && ln -s d/large.bin l && " + command, kFiles);
}
const std::string& plain() {
  static const std::string made =
      made_by("genisoimage -quiet -l -o out read_me_first.txt empty d");
  REQUIRE_FALSE(made.empty());
  return made;
}

std::string with(std::string bytes, std::size_t at, const std::string& text) {
  return bytes.replace(at, text.size(), text);
}

TEST_CASE("iso: by two programs, with and without longer names") {
  const std::string root =
      "-graft-points read_me_first.txt=read_me_first.txt empty=empty d/=d ";
  for (const std::string& command :
       {"genisoimage -quiet -J -o out " + root, "genisoimage -quiet -R -o out " + root + "l=l",
        "genisoimage -quiet -r -J -o out " + root,
        "genisoimage -quiet -R -no-pad -o out " + root,
        "xorriso -as mkisofs -quiet -R -J -o out l read_me_first.txt empty d && true"s}) {
    CAPTURE(command);
    const std::string sample = made_by(command);
    REQUIRE_FALSE(sample.empty());
    const Outcome seen = walk_iso("x.iso", sample);
    for (const Problem& problem : seen.problems) MESSAGE(problem.code, " ", problem.detail);
    CHECK(seen.clean());
    CHECK(seen.summary.format == "iso");
    CHECK(seen.leaves.at("x.iso!/read_me_first.txt") == "alpha");
    CHECK(adds_up_to(seen.summary.ledger, sample.size()));
    CHECK(seen.summary.ledger.unknown == 0);
  }
}

TEST_CASE("iso: in a tar, and with a 7z in it") {
  const std::string disc =
      packed_by("7zz a a.7z a && genisoimage -quiet -J -o out a.7z", {{"a", "alpha"}});
  REQUIRE_FALSE(disc.empty());
  CHECK(walk_iso("x.iso", disc).leaves.at("x.iso!/a.7z!/a") == "alpha");
  const Outcome seen = walk_iso("x.tar", tar_of({{.name = "x.iso", .content = disc}}));
  CHECK(seen.clean());
  CHECK(seen.leaves.at("x.tar!/x.iso!/a.7z!/a") == "alpha");
}

TEST_CASE("iso: cut, and with bytes behind it or between") {
  const std::string& good = plain();
  CHECK(walk_iso("x.iso", good).clean());
  for (std::size_t size = 34000; size < good.size(); size += 9001) {
    CHECK_FALSE(walk_iso("x.iso", good.substr(0, size)).clean());
  }
  CHECK(walk_iso("x.iso", good + "more").has("trailing-data"));
  const std::size_t file = good.find(std::string(5000, 'b'));
  REQUIRE(file != std::string::npos);
  CHECK(walk_iso("x.iso", with(good, file + 5000, "x")).has("unaccounted-bytes"));
  CHECK(walk_iso("x.iso", with(good, good.size() - 10, "x")).has("unaccounted-bytes"));
}

TEST_CASE("iso: trees and tables that do not agree") {
  const std::string& good = plain();
  constexpr std::size_t kVolume = 16 * 2048;
  CHECK(walk_iso("x.iso", with(good, kVolume + 80, "\1")).has("ambiguous-type"));
  CHECK(walk_iso("x.iso", with(good, kVolume + 158, "\x70")).has("ambiguous-type"));
  CHECK(walk_iso("x.iso", with(good, kVolume + 2048, "\3")).has("unsupported-feature"));
  CHECK(walk_iso("x.iso", with(good, kVolume + 1400, "x")).has("corrupt-stream"));
  const auto table = static_cast<std::size_t>(static_cast<unsigned char>(good[kVolume + 140]));
  CHECK(walk_iso("x.iso", with(good, table * 2048 + 2, "\x60")).has("ambiguous-type"));
  // A file in the place of another thing.
  const std::size_t record = good.find("READ_ME") - 33;
  CHECK_FALSE(walk_iso("x.iso", with(good, record + 2, "\x10\0\0\0\0\0\0\x10"s)).clean());
  CHECK(walk_iso("x.iso", with(good, record + 25, "\4")).has("unsupported-feature"));
  CHECK(walk_iso("x.iso", with(good, record + 25, "\x80")).has("corrupt-stream"));
  CHECK(walk_iso("x.iso", with(good, record, "\x10")).has("corrupt-stream"));
}

TEST_CASE("iso: what a computer starts from") {
  const std::string boot =
      packed_by("genisoimage -quiet -R -b boot.img -no-emul-boot -c boot.cat -o out boot.img",
                {{"boot.img", std::string(4096, 'B')}});
  REQUIRE_FALSE(boot.empty());
  CHECK(walk_iso("x.iso", boot).clean());
  // A first sector that says where partitions are.
  const Outcome hybrid = walk_iso("x.iso", with(boot, 100, "code"));
  CHECK(hybrid.has("unsupported-feature"));
  CHECK(hybrid.leaves.contains("x.iso!/%system-area"));
  CHECK(hybrid.leaves.contains("x.iso!/boot.img"));
}

TEST_CASE("iso: limits, and one too large to be held") {
  Limits limits;
  limits.scan_bytes = 6000;
  const Outcome large = walk_iso("x.iso", plain(), limits);
  CHECK(large.clean());
  CHECK_FALSE(large.leaves.contains("x.iso"));
  limits = {};
  limits.members = 2;
  CHECK(walk_iso("x.iso", plain(), limits).has("limit-members"));
}

}  // namespace
}  // namespace assay
