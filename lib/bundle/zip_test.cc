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
  REQUIRE(link.find("x!/l") != nullptr);
  CHECK(link.find("x!/l")->link_target == "a");
  std::string payload = zip_of({{.name = "l", .content = std::string(5000, 'x')}});
  const std::size_t attributes = payload.find("PK\x01\x02") + 38;
  payload.replace(attributes, 4, little(0xa1ff0000, 4));
  CHECK(walk_bytes("x", payload).has("ambiguous-type"));
}

TEST_CASE("an empty zip is an empty bundle") {
  CHECK(walk_bytes("x", zip_end(0, 0, 0)).has("empty-bundle"));
}

TEST_CASE("a file ends as a zip only if its directory is there") {
  const std::string zip = zip_of({{.name = "a", .content = "1"}});
  CHECK(ends_as_zip(as_bytes(zip)));
  CHECK(ends_as_zip(as_bytes("stub" + zip)));
  CHECK_FALSE(ends_as_zip(as_bytes(zip + "x")));
  CHECK_FALSE(ends_as_zip(as_bytes("text about " + zip_end(1, 50, 0))));
  CHECK_FALSE(ends_as_zip({}));
}

}  // namespace
}  // namespace assay
