// cpio archives that unpackers read differently, and those the usual tools write.

#include "bundle/cpio_index.h"

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

struct CpioFile {
  std::string name{};
  std::string content{};
  std::uint64_t mode = 0100644;
  std::uint64_t inode = 1;
  std::uint64_t links = 1;
  std::uint64_t checksum = 0;
  std::string magic = "070701";
};

std::string hex(std::uint64_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08llx", static_cast<unsigned long long>(value));
  return text;
}

void fill_up(std::string& bytes) {
  while (bytes.size() % 4 != 0) bytes += '\0';
}

std::string cpio_member(const CpioFile& file) {
  std::string bytes = file.magic + hex(file.inode) + hex(file.mode) + hex(0) + hex(0) +
                      hex(file.links) + hex(0) + hex(file.content.size()) + hex(8) + hex(1) +
                      hex(0) + hex(0) + hex(file.name.size() + 1) + hex(file.checksum) +
                      file.name + '\0';
  fill_up(bytes);
  bytes += file.content;
  fill_up(bytes);
  return bytes;
}

std::string cpio_of(std::vector<CpioFile> files, const std::string& magic = "070701") {
  files.push_back({.name = "TRAILER!!!", .mode = 0, .inode = 0});
  std::string bytes;
  for (CpioFile& file : files) {
    if (file.magic == "070701") file.magic = magic;
    bytes += cpio_member(file);
  }
  return bytes;
}

const CpioFile kFile{.name = "f", .content = "hello"};

TEST_CASE("cpio: what the usual tools write") {
  const TemporaryFolder folder;
  REQUIRE(
      folder.run("mkdir -p s/d && echo payload > s/a && ln s/a s/b && ln -s ../s/a s/l && "
                 "head -c 700000 /dev/zero > s/d/zeros && mkfifo s/p && rm s/p"));
  for (const std::string command :
       {"find s | cpio -o -H newc > out", "find s | cpio -o -H crc > out",
        "find s | cpio --reproducible -o -H newc > out", "bsdtar --format=newc -cf out s"}) {
    CAPTURE(command);
    if (!folder.run(command)) continue;  // that tool is not here
    const Outcome seen = walk_bytes("x", folder.read("out"));
    CHECK(seen.clean());
    CHECK(seen.leaves.at("x!/s/d/zeros").size() == 700000);
    REQUIRE(seen.find("x!/s/l") != nullptr);
    CHECK(seen.find("x!/s/l")->link_target == "../s/a");
  }
}

TEST_CASE("cpio: older forms are not judged, and looked at all the same") {
  for (const std::string form : {"odc", "bin"}) {
    CAPTURE(form);
    const std::string bytes = packed_by("printf 'a\\nb\\n' | cpio -o -H " + form + " > out",
                                        {{"a", "alpha"}, {"b", std::string(200, 'b')}});
    REQUIRE_FALSE(bytes.empty());
    const Outcome seen = walk_bytes("x", bytes);
    CHECK(seen.has("unsupported-feature"));
    CHECK_FALSE(seen.summary.complete);
    CHECK(seen.leaves.at("x!/a") == "alpha");
  }
  CHECK(walk_bytes("x", "07070X00000000").has("unsupported-feature"));
}

TEST_CASE("cpio: headers") {
  CHECK(walk_bytes("x", cpio_of({kFile})).leaves.at("x!/f") == "hello");
  CHECK(walk_bytes("x", cpio_of({kFile})).clean());
  std::string odd = cpio_of({kFile});
  odd.replace(6, 8, "0x000001");
  CHECK(walk_bytes("x", odd).has("corrupt-stream"));
  odd.replace(6, 8, "      01");
  CHECK(walk_bytes("x", odd).has("corrupt-stream"));
  const CpioFile summed{.name = "g", .content = "a", .checksum = 'a', .magic = "070702"};
  CHECK(walk_bytes("x", cpio_of({kFile, summed})).has("ambiguous-type"));
  CHECK(walk_bytes("x", cpio_of({summed}, "070702")).clean());
  CpioFile wrong = summed;
  wrong.checksum = 'b';
  CHECK(walk_bytes("x", cpio_of({wrong}, "070702")).has("checksum-mismatch"));
}

TEST_CASE("cpio: a checksum where none belongs, a member of no kind") {
  CHECK(walk_bytes("x", cpio_of({{.name = "f", .checksum = 1}})).has("corrupt-stream"));
  CHECK_FALSE(
      walk_bytes("x", cpio_of({kFile, {.name = "n", .mode = 0644, .inode = 2}})).clean());
}

TEST_CASE("cpio: names end where they say") {
  CHECK_FALSE(walk_bytes("x", cpio_of({{.name = "a\0b"s, .content = "x"}})).clean());
  std::string open = cpio_of({kFile});
  open[111] = 'g';
  CHECK_FALSE(walk_bytes("x", open).clean());
  CHECK(walk_bytes("x", cpio_of({{.name = std::string(3000, 'n'), .content = "x"}})).clean());
  CHECK(walk_bytes("x", cpio_of({{.name = std::string(5000, 'n'), .content = "x"}}))
            .has("limit-name-bytes"));
}

TEST_CASE("cpio: one end mark, without content, and zeros behind it") {
  const std::string whole = cpio_of({kFile});
  CHECK(walk_bytes("x", whole + std::string(5000, '\0')).clean());
  CHECK(walk_bytes("x", whole + whole).has("second-archive"));
  CHECK(walk_bytes("x", whole + std::string(512, '\0') + whole).has("second-archive"));
  CHECK_FALSE(walk_bytes("x", cpio_member(kFile)).clean());
  CHECK_FALSE(walk_bytes("x", cpio_member(kFile) +
                                  cpio_member({.name = "TRAILER!!!", .content = "hidden"}))
                  .clean());
}

TEST_CASE("cpio: bytes between two members") {
  std::string bytes = cpio_of({kFile, {.name = "g", .content = "g", .inode = 2}});
  bytes[112 + 5] = 'x';
  CHECK(walk_bytes("x", bytes).has("trailing-data"));
}

TEST_CASE("cpio: hard links are one file") {
  const auto name = [](const std::string& called, const std::string& content,
                       std::uint64_t mode = 0100644, std::uint64_t links = 2) {
    return CpioFile{
        .name = called, .content = content, .mode = mode, .inode = 7, .links = links};
  };
  CHECK(walk_bytes("x", cpio_of({name("a", ""), name("b", "x")})).clean());
  CHECK(walk_bytes("x", cpio_of({name("a", "x"), name("b", "")})).clean());
  CHECK(walk_bytes("x", cpio_of({name("a", "x"), name("b", "y")})).has("ambiguous-type"));
  CHECK(
      walk_bytes("x", cpio_of({name("a", ""), name("b", "x", 0104755)})).has("ambiguous-type"));
  CHECK_FALSE(walk_bytes("x", cpio_of({name("a", ""), name("b", ""), name("c", "x")})).clean());
  CHECK_FALSE(walk_bytes("x", cpio_of({name("a", "", 040755), name("b", "x")})).clean());
}

TEST_CASE("cpio: what is no file has no content") {
  for (const std::uint64_t mode : {0040755U, 0020644U, 0010644U, 0140644U}) {
    CAPTURE(mode);
    CHECK_FALSE(
        walk_bytes("x", cpio_of({kFile, {.name = "d", .content = "x", .mode = mode}})).clean());
  }
  const CpioFile link{.name = "l", .content = "target", .mode = 0120777, .inode = 2};
  const Outcome seen = walk_bytes("x", cpio_of({kFile, link}));
  CHECK(seen.clean());
  REQUIRE(seen.find("x!/l") != nullptr);
  CHECK(seen.find("x!/l")->link_target == "target");
  CHECK_FALSE(
      walk_bytes(
          "x", cpio_of({kFile,
                        {.name = "l", .content = "a\0payload"s, .mode = 0120777, .inode = 2}}))
          .clean());
}

TEST_CASE("cpio: the same in pieces of any size") {
  // Inside a tar, behind a codec: the pieces end anywhere.
  std::vector<CpioFile> files;
  for (std::uint64_t i = 0; i < 50; ++i) {
    files.push_back(
        {.name = "n" + std::to_string(i), .content = std::string(i * 37, 'x'), .inode = i + 1});
  }
  const std::string tar =
      tar_of({{.name = "p", .content = "x"}, {.name = "c", .content = cpio_of(files)}});
  CHECK(walk_bytes("x", filtered("zstd", tar)).clean());
}

}  // namespace
}  // namespace assay
