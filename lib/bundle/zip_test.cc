// Zips that programs read differently (hostile names, counts, places).

#include <doctest/doctest.h>

#include "bundle/testing.h"
#include "bundle/zip_index.h"

namespace assay {
namespace {

using namespace testing;

TEST_CASE("what the usual tools write is read") {
  const std::map<std::string, std::string> files = {{"a", "alpha"},
                                                    {"b", std::string(9000, 'b')}};
  for (const std::string command :
       {"zip -q out.zip a b && mv out.zip out", "zip -q0 out.zip a b && mv out.zip out",
        "zip -q - a b | cat > out", "zip -qfz out.zip a b && mv out.zip out",
        "zip -q -Z bzip2 out.zip a b && mv out.zip out",
        "echo note | zip -qz out.zip a b && mv out.zip out",
        "python3 -m zipfile -c out.zip a b && mv out.zip out"}) {
    CAPTURE(command);
    const std::string bytes = packed_by(command, files);
    if (bytes.empty()) continue;  // that tool is not here
    const Outcome seen = walk_bytes("x.zip", bytes);
    CHECK(seen.clean());
    CHECK(seen.leaves.at("x.zip!/a") == "alpha");
    CHECK(seen.leaves.at("x.zip!/b") == std::string(9000, 'b'));
  }
}

TEST_CASE("encrypted members are told, the others looked at") {
  const std::string bytes =
      packed_by("zip -q -P x out.zip a && zip -q out.zip b && mv out.zip out",
                {{"a", "aa"}, {"b", "bb"}});
  const Outcome seen = walk_bytes("x.zip", bytes);
  CHECK(seen.has("encrypted-member", "x.zip!/a"));
  CHECK_FALSE(seen.summary.complete);
  CHECK(seen.leaves == std::map<std::string, std::string>{{"x.zip!/b", "bb"}});
}

TEST_CASE("two hundred names for one local header") {
  const ZipFile real{.name = "aaaa", .content = "x"};
  const std::string local = zip_local(real);
  std::string central;
  for (int i = 0; i < 200; ++i) {
    ZipFile alias = real;
    alias.name = std::to_string(1000 + i);
    central += zip_central(alias, 0);
  }
  const Outcome seen =
      walk_bytes("x.zip", local + central + zip_end(200, central.size(), local.size()));
  CHECK(seen.has("ambiguous-type"));
  CHECK_FALSE(seen.summary.complete);
}

TEST_CASE("headers that disagree") {
  CHECK(walk_bytes("x", zip_of({{.name = "good", .content = "x", .local_name = "evil"}}))
            .has("ambiguous-type"));
  const ZipFile a{.name = "a", .content = "first"};
  const std::string local = zip_local(a);
  const std::string central = zip_central(a, 0);
  const auto with = [&](const std::string& middle, std::size_t count, std::uint64_t offset) {
    return walk_bytes("x", local + middle + central + zip_end(count, central.size(), offset));
  };
  CHECK(with("", 1, local.size()).clean());
  CHECK(with("", 2, local.size()).has("ambiguous-type"));
  CHECK(with("hidden", 1, local.size() + 6).has("corrupt-stream"));
  CHECK_FALSE(with("", 1, local.size() - 1).clean());
  // A member the directory does not list.
  const std::string extra = zip_local({.name = "b", .content = "second"});
  CHECK(with(extra, 1, local.size() + extra.size()).has("corrupt-stream"));
  // Bytes before the first member.
  CHECK(walk_bytes(
            "x", "PK\x03\x04 stub" + local + central + zip_end(1, central.size(), local.size()))
            .has("ambiguous-type"));
  // Two end records.
  const std::string end = zip_end(1, central.size(), local.size());
  std::string first = end;
  first[20] = 22;
  CHECK_FALSE(walk_bytes("x", local + central + first + end).clean());
}

TEST_CASE("overlapping members are refused before they are unpacked") {
  // The second header lies inside the first member's content.
  const ZipFile inner{.name = "in", .content = "x"};
  const ZipFile outer{.name = "out", .content = zip_local(inner)};
  const std::string local = zip_local(outer);
  const std::string central = zip_central(outer, 0) + zip_central(inner, 30 + 3);
  const Outcome seen =
      walk_bytes("x", local + central + zip_end(2, central.size(), local.size()));
  CHECK(seen.has("ambiguous-type"));
  CHECK(seen.leaves.empty());
}

TEST_CASE("doubles and hostile names in a zip") {
  CHECK(walk_bytes("x", zip_of({{.name = "a", .content = "1"}, {.name = "a", .content = "2"}}))
            .has("duplicate-name"));
  CHECK(walk_bytes("x", zip_of({{.name = "../a", .content = "1"}})).has("unsafe-name"));
  CHECK(walk_bytes("x", zip_of({{.name = "a\0b"s, .content = "1"}})).has("unsafe-name"));
  CHECK(walk_bytes("x", zip_of({{.name = "d/", .content = "1"}})).has("ambiguous-type"));
}

TEST_CASE("links in a zip have paths for content") {
  const TemporaryFolder folder;
  REQUIRE(folder.run("echo x > a && ln -s a l && zip -qy out.zip a l"));
  const Outcome link = walk_bytes("x", folder.read("out.zip"));
  CHECK(link.clean());
  CHECK(link.leaves.at("x!/l") == "a");  // a file elsewhere
  std::string payload = zip_of({{.name = "l", .content = std::string(5000, 'x')}});
  const std::size_t attributes = payload.find("PK\x01\x02") + 38;
  payload.replace(attributes, 4, little(0xa1ff0000, 4));
  CHECK(walk_bytes("x", payload).has("ambiguous-type"));
}

TEST_CASE("an empty zip is an empty bundle") {
  CHECK(walk_bytes("x", zip_end(0, 0, 0)).has("empty-bundle"));
}

TEST_CASE("what is found as a zip and cannot be read as one is told") {
  const std::string zip = zip_of({{.name = "a", .content = "1"}});
  const Outcome seen = walk_bytes("x.bin", "stub\x01" + zip + "\n");
  CHECK(seen.has("ambiguous-type", "x.bin"));
  CHECK(seen.has("trailing-data", "x.bin"));
  CHECK_FALSE(seen.summary.complete);
}

/// A zip whose offsets count from `base`, and whose comment takes `comment` bytes more.
std::string zip_at(std::size_t base, std::size_t comment) {
  const ZipFile file{.name = "in", .content = "hidden"};
  const std::string local = zip_local(file);
  const std::string central = zip_central(file, base);
  std::string end = zip_end(1, central.size(), base + local.size());
  end.replace(20, 2, little(comment, 2));
  return local + central + end;
}

TEST_CASE("a container that ends as a zip") {
  // In a member of a tar, up to the tar's end.
  const std::string content = zip_at(512, 512 - zip_at(0, 0).size() % 512 + 1024);
  CHECK(walk_bytes("x", tar_of({{.name = "a", .content = content}})).has("ambiguous-type"));
  // In a gzip header's extra field.
  const std::string plain = gzip_of("text\n");
  const std::string zip = zip_at(12, plain.size() - 10);
  const std::string gzip =
      "\x1f\x8b\x08\x04\0\0\0\0\0\x03"s + little(zip.size(), 2) + zip + plain.substr(10);
  CHECK(walk_bytes("x", gzip).has("ambiguous-type", "x"));
  CHECK(
      walk_bytes("o", tar_of({{.name = "x", .content = gzip}})).has("ambiguous-type", "o!/x"));
  // A zip that is the last member is that and no more.
  CHECK(walk_bytes("x", tar_of({{.name = "a.zip", .content = zip_at(0, 0)}})).clean());
}

TEST_CASE("stored content whose size follows it") {
  const ZipFile file{.name = "a", .content = "x", .flags = 8};
  const std::string local =
      zip_local(file) + "PK\x07\x08" + little(crc32_of("x"), 4) + little(1, 4) + little(1, 4);
  const std::string central = zip_central(file, 0);
  CHECK(walk_bytes("x", local + central + zip_end(1, central.size(), local.size()))
            .has("ambiguous-type"));
}

TEST_CASE("folders and devices with content") {
  for (const std::uint64_t mode : {0x41ed0000U, 0x61a40000U, 0xc1ff0000U}) {
    std::string zip =
        zip_of({{.name = "d", .content = "payload"}, {.name = "e", .content = "e"}});
    zip.replace(zip.find("PK\x01\x02") + 38, 4, little(mode, 4));
    const Outcome seen = walk_bytes("x", zip);
    CHECK(seen.has("ambiguous-type", "x!/d"));
    CHECK(seen.leaves.at("x!/e") == "e");
  }
}

TEST_CASE("a file ends as a zip only if its directory is there") {
  const std::string zip = zip_of({{.name = "a", .content = "1"}});
  CHECK(ends_as_zip(as_bytes(zip)));
  CHECK(ends_as_zip(as_bytes("stub" + zip)));
  CHECK(ends_as_zip(as_bytes("stub" + zip + "\n")));  // found all the same
  std::string uncounted = zip;
  uncounted[zip.size() - 12] = 0;
  CHECK(ends_as_zip(as_bytes("stub" + uncounted)));
  CHECK_FALSE(ends_as_zip(as_bytes("text about " + zip_end(1, 50, 0))));
  CHECK_FALSE(ends_as_zip({}));
}

}  // namespace
}  // namespace assay
