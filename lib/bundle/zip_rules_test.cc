// Zips whose headers say more than content: each rule once, broken and kept. The whole
// catalogue stands in tests/hostile.

#include <doctest/doctest.h>

#include "bundle/testing.h"
#include "bundle/zip_index.h"

namespace assay {
namespace {

using namespace testing;

constexpr std::uint32_t kFile = 0x81a40000, kLink = 0xa1ff0000, kFolder = 0x41ed0000;

/// One stored member; what is not said is as it should be.
struct Odd {
  std::string name = "a";
  std::string content = "content";
  std::string local_extra{};
  std::string central_extra{};
  std::string comment{};
  std::uint64_t made_by = 0x314;
  std::uint64_t local_flags = 0;
  std::uint64_t central_flags = 0;
  std::uint64_t method = 0;
  std::uint64_t attributes = kFile;
  std::uint64_t size = 7;  ///< in the narrow fields of both headers
  std::string behind{};    ///< a descriptor
};

std::string field(std::uint64_t id, const std::string& data) {
  return little(id, 2) + little(data.size(), 2) + data;
}

std::string common(const Odd& odd, std::uint64_t flags) {
  const bool later = (flags & 8U) != 0;
  const std::uint64_t crc = later ? 0 : crc32_of(odd.content);
  const std::uint64_t size = later ? 0 : odd.size;
  return little(20, 2) + little(flags, 2) + little(odd.method, 2) + little(0x21'0000, 4) +
         little(crc, 4) + little(size, 4) + little(size, 4) + little(odd.name.size(), 2);
}

std::string zip_with(const Odd& odd, const std::string& zip_comment = {}) {
  const std::string local = "PK\x03\x04" + common(odd, odd.local_flags) +
                            little(odd.local_extra.size(), 2) + odd.name + odd.local_extra +
                            odd.content + odd.behind;
  std::string head = common(odd, odd.central_flags & ~8U);
  head.replace(2, 2, little(odd.central_flags, 2));
  const std::string central =
      "PK\x01\x02" + little(odd.made_by, 2) + head + little(odd.central_extra.size(), 2) +
      little(odd.comment.size(), 2) + little(0, 2) + little(0, 2) + little(odd.attributes, 4) +
      little(0, 4) + odd.name + odd.central_extra + odd.comment;
  std::string end = zip_end(1, central.size(), local.size());
  end.replace(20, 2, little(zip_comment.size(), 2));
  return local + central + end + zip_comment;
}

Outcome walk_odd(const Odd& odd) {
  return walk_bytes("x", zip_with(odd));
}

TEST_CASE("the builder itself is clean") {
  CHECK(walk_odd({}).clean());
}

TEST_CASE("a Unicode path must be the name") {
  const auto path = [](const std::string& name, int version = 1) {
    return field(0x7075, little(static_cast<std::uint64_t>(version), 1) +
                             little(crc32_of("a"), 4) + name);
  };
  CHECK(walk_odd({.central_extra = path("a")}).clean());
  CHECK(walk_odd({.central_extra = path("b")}).has("ambiguous-type"));
  CHECK(walk_odd({.local_extra = path("b")}).has("ambiguous-type"));
  CHECK(walk_odd({.local_extra = path("a", 2)}).has("ambiguous-type"));
}

TEST_CASE("a zip64 field stands where it is asked for, in both headers") {
  const std::string both = field(1, little(7, 8) + little(7, 8));
  const std::uint64_t missing = 0xffffffff;
  CHECK(walk_odd({.local_extra = both, .central_extra = both, .size = missing}).clean());
  CHECK(walk_odd({.central_extra = both}).has("ambiguous-type"));
  CHECK(walk_odd({.local_extra = both}).has("ambiguous-type"));
  CHECK(walk_odd({.central_extra = both, .size = missing}).has("ambiguous-type"));
  CHECK(walk_odd({.local_extra = both, .central_extra = both + both, .size = missing})
            .has("ambiguous-type"));
  const std::string other = field(1, little(9, 8) + little(7, 8));
  CHECK(walk_odd({.local_extra = other, .central_extra = both, .size = missing})
            .has("ambiguous-type"));
}

TEST_CASE("extra fields are whole, and none comes twice") {
  CHECK(walk_odd({.local_extra = "\0\0\0"s}).clean());  // zipalign
  CHECK(walk_odd({.local_extra = "xyz"}).has("corrupt-stream"));
  CHECK(walk_odd({.central_extra = little(0x5455, 2) + little(9, 2)}).has("corrupt-stream"));
  const std::string time = field(0x5455, "\1\0\0\0\0"s);
  CHECK(walk_odd({.local_extra = time}).clean());
  CHECK(walk_odd({.local_extra = time + time}).has("ambiguous-type"));
  CHECK(
      walk_odd({.local_extra = field(0x4242, zip_of({{.name = "in"}}))}).has("ambiguous-type"));
  CHECK(walk_odd({.local_extra = field(0x756e, std::string(14, '\0'))}).has("ambiguous-type"));
}

TEST_CASE("name and attributes tell one kind") {
  const Odd empty{.content = "", .size = 0};
  const auto as = [&](const std::string& name, std::uint64_t attributes,
                      std::uint64_t made_by = 0x314) {
    Odd odd = empty;
    odd.name = name;
    odd.attributes = attributes;
    odd.made_by = made_by;
    return walk_odd(odd);
  };
  CHECK_FALSE(as("d/", kFolder | 0x10U).has("ambiguous-type"));
  CHECK_FALSE(as("d/", 0x10, 20).has("ambiguous-type"));
  CHECK(as("d/", kFile).has("ambiguous-type"));
  CHECK(as("d", kFolder).has("ambiguous-type"));
  CHECK(as("d", 0x10, 20).has("ambiguous-type"));
  CHECK(as("d", 0x11a40000).has("unsafe-type"));
  CHECK(as("d", 0xf1a40000).has("ambiguous-type"));
  CHECK(walk_odd({.made_by = 20, .attributes = kLink}).has("ambiguous-type"));
}

TEST_CASE("a link's target fits its checksum") {
  std::string zip = zip_with({.attributes = kLink});
  CHECK(walk_bytes("x", zip).leaves.at("x!/a") == "content");
  CHECK_FALSE(walk_bytes("x", zip).has("checksum-mismatch"));
  const std::string crc = little(crc32_of("content"), 4);
  zip.replace(zip.find(crc), 4, "crc!");
  zip.replace(zip.find(crc), 4, "crc!");
  CHECK(walk_bytes("x", zip).has("checksum-mismatch"));
}

TEST_CASE("a descriptor is signed, where it must be, and says the same") {
  const std::string fields = little(0, 4) + little(0, 4) + little(0, 4);
  const auto with = [](const std::string& behind) {
    return walk_odd(
        {.content = "", .local_flags = 8, .central_flags = 8, .size = 0, .behind = behind});
  };
  CHECK_FALSE(with("PK\x07\x08" + fields).has("ambiguous-type"));
  CHECK(with(fields).has("ambiguous-type"));
  CHECK(with("").has("ambiguous-type"));
  CHECK(with("PK\x07\x08" + little(1, 4) + little(0, 8)).has("ambiguous-type"));
}

TEST_CASE("names are UTF-8 with slashes") {
  CHECK(walk_odd({.name = "\xc3\xbc", .local_flags = 0x800, .central_flags = 0x800}).clean());
  CHECK(walk_odd({.name = "\xc3\xbc", .central_flags = 0x800}).has("ambiguous-type"));
  CHECK(walk_odd({.name = "u\xcc\x88", .local_flags = 0x800, .central_flags = 0x800}).clean());
  CHECK(walk_odd({.name = "\x81"}).has("unsafe-name"));
  CHECK(walk_odd({.name = "a\\b"}).has("unsafe-name"));
}

TEST_CASE("methods and flags nobody here reads leave it undecided") {
  for (const Odd& odd : {Odd{.method = 9}, Odd{.method = 14}, Odd{.method = 93},
                         Odd{.method = 98}, Odd{.local_flags = 0x20, .central_flags = 0x20},
                         Odd{.local_flags = 0x2000, .central_flags = 0x2000},
                         Odd{.comment = "a note of its own"}}) {
    const Outcome seen = walk_odd(odd);
    CHECK(seen.has("unsupported-feature"));
    CHECK_FALSE(seen.summary.complete);
  }
}

TEST_CASE("comments hold no part of an archive") {
  CHECK(walk_bytes("x", zip_with({}, "a note")).clean());
  CHECK(walk_bytes("x", zip_with({}, "PK\x01\x02")).has("ambiguous-type"));
  CHECK(walk_bytes("x", zip_with({}, "PK\x05\x06")).has("ambiguous-type"));
  CHECK(walk_bytes("x", zip_with({}, gzip_of("x"))).has("ambiguous-type"));
  CHECK(walk_odd({.comment = zip_of({{.name = "in"}})}).has("ambiguous-type"));
}

TEST_CASE("the zip64 end record stands where its locator says") {
  const std::string zip = zip_with({});
  const std::size_t end_at = zip.size() - 22;
  const std::size_t central_at = zip.find("PK\x01\x02");
  const auto with = [&](std::uint64_t place, std::uint64_t count = 1) {
    const std::string record = "PK\x06\x06" + little(44, 8) + little(45, 2) + little(45, 2) +
                               little(0, 8) + little(count, 8) + little(count, 8) +
                               little(end_at - central_at, 8) + little(central_at, 8);
    const std::string locator = "PK\x06\x07" + little(0, 4) + little(place, 8) + little(1, 4);
    return walk_bytes("x", zip.substr(0, end_at) + record + locator + zip.substr(end_at));
  };
  CHECK(with(end_at).clean());
  CHECK(with(0).has("ambiguous-type"));
  CHECK(with(end_at, 2).has("ambiguous-type"));
}

TEST_CASE("links, and two orders of the members") {
  const auto swapped = [](std::uint64_t attributes) {
    const ZipFile first{.name = "a", .content = "b"}, second{.name = "b", .content = "x"};
    const std::string local = zip_local(first) + zip_local(second);
    std::string central = zip_central(second, zip_local(first).size()) + zip_central(first, 0);
    central.replace(47 + 38, 4, little(attributes, 4));
    return walk_bytes("x", local + central + zip_end(2, central.size(), local.size()));
  };
  CHECK(swapped(kFile).clean());
  CHECK(swapped(kLink).has("ambiguous-type"));
}

TEST_CASE("a directory larger than the limit is not read to its end") {
  Limits limits;
  limits.members = 1;
  const Outcome seen = walk_bytes("x", zip_of({{.name = "a"}, {.name = "b"}}), limits);
  CHECK(seen.has("limit-members"));
  CHECK(seen.members.empty());
}

}  // namespace
}  // namespace assay
