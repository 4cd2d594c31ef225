// Every field of Limits, breached: the code, and what the walk does then.

#include <doctest/doctest.h>

#include "bundle/meter.h"
#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

std::string nested(std::size_t depth) {
  std::string bytes = "core";
  for (std::size_t i = 0; i < depth; ++i) bytes = tar_of({{.name = "in", .content = bytes}});
  return bytes;
}

TEST_CASE("depth") {
  Limits limits;
  limits.depth = 3;
  CHECK(walk_bytes("x", nested(3), limits).clean());
  const Outcome seen = walk_bytes("x", nested(4), limits);
  CHECK(seen.has("limit-depth", "x!/in!/in!/in"));
  CHECK(seen.problems.at(0).detail == "depth 4 is over the limit of 3");
  CHECK_FALSE(seen.summary.complete);
  CHECK(seen.types.at("x!/in!/in!/in") == "tar");  // scanned raw
}

TEST_CASE("members ends the walk") {
  Limits limits;
  limits.members = 2;
  std::vector<TarFile> files;
  for (int i = 0; i < 5; ++i) files.push_back({.name = std::to_string(i), .content = "x"});
  const Outcome seen = walk_bytes("x", tar_of(files), limits);
  CHECK(seen.has("limit-members"));
  CHECK(seen.problems.size() == 1);
  CHECK(seen.leaves.size() == 2);
  CHECK_FALSE(seen.summary.complete);
}

TEST_CASE("member-bytes and scan-bytes skip one member") {
  const std::string tar = tar_of(
      {{.name = "big", .content = std::string(5000, 'x')}, {.name = "z", .content = "z"}});
  for (const bool whole : {true, false}) {
    Limits limits;
    (whole ? limits.member_bytes : limits.scan_bytes) = 4000;
    const Outcome seen = walk_bytes("x", tar, limits);
    CHECK(seen.has(whole ? "limit-member-bytes" : "limit-scan-bytes", "x!/big"));
    CHECK_FALSE(seen.summary.complete);
    CHECK(seen.leaves == std::map<std::string, std::string>{{"x!/z", "z"}});
    REQUIRE(seen.find("x!/big") != nullptr);
    CHECK_FALSE(seen.find("x!/big")->scanned);
  }
}

TEST_CASE("a zip inside a stream needs room") {
  Limits limits;
  limits.scan_bytes = 100;
  const std::string zip = zip_of({{.name = "a", .content = "aa"}});
  const Outcome seen = walk_bytes(
      "x", tar_of({{.name = "z.zip", .content = zip}, {.name = "b", .content = "b"}}), limits);
  CHECK(seen.has("limit-scan-bytes", "x!/z.zip"));
  CHECK(seen.leaves.contains("x!/b"));
  CHECK_FALSE(seen.summary.complete);
}

TEST_CASE("total-bytes and seconds end the walk") {
  Limits limits;
  limits.total_bytes = 10'000;
  const std::string tar = tar_of({{.name = "a", .content = std::string(9000, 'x')},
                                  {.name = "b", .content = std::string(9000, 'x')},
                                  {.name = "c", .content = "c"}});
  const Outcome total = walk_bytes("x", tar, limits);
  CHECK(total.has("limit-total-bytes", "x!/b"));
  CHECK(total.leaves.size() == 1);
  CHECK_FALSE(total.summary.complete);
  // What a codec gives counts even when no member does.
  CHECK(walk_bytes("x.gz",
                   gzip_of(tar_of({{.name = "a", .content = "a"}}) + std::string(20'000, '\0')),
                   limits)
            .has("limit-total-bytes"));
  limits = {};
  limits.seconds = 0;
  const Outcome late = walk_bytes("x", tar, limits);
  CHECK(late.has("limit-seconds"));
  CHECK_FALSE(late.summary.complete);
}

TEST_CASE("ratio") {
  const std::string zeros = packed_by("head -c 100000000 /dev/zero | zstd > out", {});
  REQUIRE_FALSE(zeros.empty());
  const Outcome seen = walk_bytes("z.zst", zeros);
  CHECK(seen.has("limit-ratio"));
  CHECK_FALSE(seen.summary.complete);
}

TEST_CASE("decoder-memory") {
  Limits limits;
  limits.decoder_memory = 1 << 20;
  const std::string content(200'000, 'x');
  CHECK(walk_bytes("x.xz", filtered("xz -9", content), limits).has("limit-decoder-memory"));
  CHECK(walk_bytes("x.zst", filtered("zstd --long=27 --no-content-size", content), limits)
            .has("limit-decoder-memory"));
}

TEST_CASE("bundle-bytes") {
  const TemporaryFolder folder;
  folder.write("b", "12345");
  Limits limits;
  limits.bundle_bytes = 4;
  const auto source = Source::open(folder.path("b"), limits);
  REQUIRE_FALSE(source);
  CHECK(source.error().code == "limit-bundle-bytes");
  CHECK(source.error().kind == Error::Kind::undecided);
}

TEST_CASE("names of all members together") {
  Limits limits;
  Meter meter(limits);
  CHECK(meter.add_name_bytes(std::uint64_t{64} << 20));
  const auto over = meter.add_name_bytes(1);
  REQUIRE_FALSE(over);
  CHECK(over.error().code == "limit-members");
  CHECK(Meter::ends_walk(over.error()));
}

/// A tar whose first member says its size as these twelve bytes do.
std::string tar_of_size(const std::string& field) {
  std::string block = tar_member({.name = "a", .content = "x"});
  block.replace(124, 12, field);
  block.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : block.substr(0, 512)) sum += static_cast<unsigned char>(c);
  std::string digits(6, '0');
  for (std::size_t i = 6; i > 0; --i, sum /= 8) {
    digits[i - 1] = static_cast<char>('0' + sum % 8);
  }
  return block.replace(148, 8, digits + "\0 "s) + std::string(1024, '\0');
}

TEST_CASE("declared sizes that no file has") {
  CHECK(walk_bytes("x", tar_of_size("00000000001\0"s)).clean());
  for (const std::string& field :
       {"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"s,  // 2^63 - 1
        "\x80\0\0\0\x80\0\0\0\0\0\0\0"s,                // 2^63
        "\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s,  // 2^64 - 1
        "\x80\1\0\0\0\0\0\0\0\0\0\0"s, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s,
        "777777777777"s, "-0000000001\0"s}) {
    CAPTURE(printable(field));
    const Outcome seen = walk_bytes("x", tar_of_size(field));
    CHECK_FALSE(seen.clean());
    CHECK(seen.problems.size() >= 1);
  }
}

TEST_CASE("a name or target that is longer than any path") {
  const std::string name(std::size_t{2} << 20, 'n');
  const Outcome named =
      walk_bytes("x", tar_of({{.name = "././@LongLink", .content = name + '\0', .type = 'L'},
                              {.name = name.substr(0, 100), .content = "x"}}));
  CHECK_FALSE(named.clean());
  for (const Member& member : named.members) CHECK(member.path.size() < 5000);
  for (const Problem& problem : named.problems) CHECK(problem.member.size() < 5000);
}

}  // namespace
}  // namespace assay
