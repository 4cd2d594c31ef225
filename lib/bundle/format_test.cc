// What single formats allow and refuse, beyond what hostile_test.cc does to all.

#include <doctest/doctest.h>

#include "bundle/names.h"
#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

TEST_CASE("gzip: optional header fields are read, reserved flags refused") {
  const std::string plain = gzip_of("x");
  std::string named = plain;
  named[3] = 8 | 16 | 4;
  named.insert(10, "\x03\0abc"s + "name\0"s + "comment\0"s);
  CHECK(walk_bytes("x.gz", named).leaves.at("x.gz!/x") == "x");
  std::string checked = plain;
  checked[3] = 2;
  checked.insert(10, little(crc32_of(checked.substr(0, 10)) & 0xffffU, 2));
  CHECK(walk_bytes("x.gz", checked).clean());
  checked[10] ^= 1;
  CHECK(walk_bytes("x.gz", checked).has("checksum-mismatch"));
  std::string reserved = plain;
  reserved[3] = 0x20;
  const Outcome refused = walk_bytes("x.gz", reserved);
  CHECK(refused.has("corrupt-stream"));
  CHECK(refused.summary.format == "gzip");  // the worker must name one
}

TEST_CASE("gzip: a bundle cut off in its header is still one") {
  const Outcome seen = walk_bytes("x.gz", gzip_of("x").substr(0, 8));
  CHECK(seen.has("truncated", "x.gz"));
  CHECK(seen.summary.format == "gzip");
}

TEST_CASE("gzip: bad deflate data after which ISA-L has more left than it was given") {
  const std::string bad = gzip_of("x").substr(0, 10) +
                          "\xab\0\x83\x16\xdc\x8c\x01\xaf\0\x1f\x8b\x08\0\0\0\0\0\0\0"s;
  CHECK(walk_bytes("x.gz", bad).has("corrupt-stream", "x.gz"));
}

TEST_CASE("gzip: content larger than every buffer, compressed at every level") {
  std::string content;
  for (std::uint32_t i = 0; i < 700'000; ++i) content += little(i * 2654435761U >> 20, 3);
  for (const std::string command : {"gzip -1", "gzip -6", "gzip -9"}) {
    const Outcome seen = walk_bytes("x.gz", filtered(command, content));
    CHECK(seen.clean());
    CHECK((seen.leaves.at("x.gz!/x") == content));
  }
}

TEST_CASE("xz: many blocks") {
  std::string content;
  for (std::uint32_t i = 0; i < 300'000; ++i) content += little(i * 2654435761U >> 20, 3);
  const Outcome seen = walk_bytes("x.xz", filtered("xz -0 --block-size=65536", content));
  CHECK(seen.clean());
  CHECK((seen.leaves.at("x.xz!/x") == content));
}

TEST_CASE("zstd: a skippable frame hides from decoders") {
  const std::string skippable = "\x50\x2a\x4d\x18\x04\0\0\0evil"s;
  const std::string frame = filtered("zstd", "x");
  CHECK(walk_bytes("x.zst", skippable + frame).has("unsupported-feature"));
  CHECK(walk_bytes("x.zst", frame + skippable).has("trailing-data"));
}

TEST_CASE("ar: long names of both kinds, and the tables are members") {
  const std::string gnu = "!<arch>\n" + ar_member("//", "a_very_long_member_name.o/\n") +
                          ar_member("/0", "gnu") + ar_member("short/", "s");
  const Outcome seen = walk_bytes("x.a", gnu);
  CHECK(seen.clean());
  CHECK(seen.leaves.at("x.a!/a_very_long_member_name.o") == "gnu");
  CHECK(seen.leaves.at("x.a!/short") == "s");
  CHECK(seen.leaves.contains("x.a!/__.NAMES"));
  const Outcome bsd =
      walk_bytes("x.a", "!<arch>\n" + ar_member("#1/8", "bsd_name" + "content"s));
  CHECK(bsd.leaves.at("x.a!/bsd_name") == "content");
  CHECK(walk_bytes("x.a", "!<arch>\n" + ar_member("/9", "x")).has("corrupt-stream"));
}

TEST_CASE("deb: order, names and version are fixed") {
  const std::string tar = tar_of({{.name = "f", .content = "x"}});
  const std::string head = "!<arch>\n";
  const std::string version = ar_member("debian-binary", "2.0\n");
  const std::string control = ar_member("control.tar", tar);
  const std::string data = ar_member("data.tar", tar);
  CHECK(walk_bytes("x", head + version + control + data).clean());
  CHECK(
      walk_bytes("x", head + version + control + data + ar_member("_gpgorigin", "s")).clean());
  CHECK(walk_bytes("x", head + version + data + control).has("corrupt-stream"));
  CHECK(walk_bytes("x", head + version + control).has("truncated"));
  CHECK(walk_bytes("x", head + version + control + data + data).has("corrupt-stream"));
  CHECK(walk_bytes("x", head + version + control + control + data).has("corrupt-stream"));
  CHECK(walk_bytes("x", head + ar_member("debian-binary", "3.0\n") + control + data)
            .has("corrupt-stream"));
}

TEST_CASE("tar: sparse members are not guessed at") {
  const TemporaryFolder folder;
  REQUIRE(folder.run("truncate -s 1M s && echo x >> s && tar -S -cf out s"));
  const Outcome seen = walk_bytes("x.tar", folder.read("out"));
  CHECK(seen.has("unsupported-feature", "x.tar!/s"));
  CHECK_FALSE(seen.summary.complete);
}

TEST_CASE("tar: pax and GNU long names, names that are no UTF-8") {
  for (const std::string format : {"pax", "gnu", "ustar"}) {
    const TemporaryFolder folder;
    const std::string name = std::string(90, 'n') + "/" + std::string(95, 'm');
    REQUIRE(folder.run("mkdir " + name.substr(0, 90) + " && echo x > " + name +
                       " && tar --format=" + format + " -cf out n*"));
    const Outcome seen = walk_bytes("x", folder.read("out"));
    CHECK(seen.clean());
    CHECK(seen.leaves.contains("x!/" + name));
  }
  const Outcome latin = walk_bytes("x", tar_of({{.name = "caf\xe9", .content = "x"}}));
  CHECK(latin.leaves.contains("x!/caf\xe9"));
}

TEST_CASE("cpio: the content of hard links is seen") {
  const TemporaryFolder folder;
  REQUIRE(
      folder.run("echo payload > a && ln a b && printf 'a\\nb\\n' | cpio -o -H newc > out"));
  const Outcome seen = walk_bytes("x", folder.read("out"));
  CHECK(seen.summary.complete);
  CHECK(std::ranges::any_of(seen.leaves,
                            [](const auto& leaf) { return leaf.second == "payload\n"; }));
}

TEST_CASE("names of what a lone codec holds") {
  CHECK(unpacked_name("b!/ls.1.gz", "gz") == "ls.1");
  CHECK(unpacked_name("x.tgz", "gz") == "x.tar");
  CHECK(unpacked_name("x", "gz") == "x.out");
  CHECK(unpacked_name(".gz", "gz") == ".gz.out");
}

TEST_CASE("deb: the tars are what they are called") {
  const std::string tar = tar_of({{.name = "f", .content = "x"}});
  const std::string head =
      "!<arch>\n" + ar_member("debian-binary", "2.0\n") + ar_member("control.tar", tar);
  CHECK(walk_bytes("x", head + ar_member("data.tar.gz", gzip_of(tar))).clean());
  for (const std::string& content : {gzip_of(tar), gzip_of("payload"), "payload"s,
                                     zip_of({{.name = "a", .content = "x"}})}) {
    CHECK(walk_bytes("x", head + ar_member("data.tar", content))
              .has("corrupt-stream", "x!/data.tar"));
  }
  CHECK(walk_bytes("x", head + ar_member("data.tar.gz", gzip_of("payload")))
            .has("corrupt-stream", "x!/data.tar.gz"));
  CHECK(walk_bytes("x", head + ar_member("data.tar.xz", gzip_of(tar)))
            .has("corrupt-stream", "x!/data.tar.xz"));
  CHECK_FALSE(
      walk_bytes("x", head + ar_member("data.tar.lzma", filtered("xz --format=lzma", tar)))
          .clean());
}

TEST_CASE("cpio: folders and links with content") {
  const TemporaryFolder folder;
  REQUIRE(folder.run("ln -s target l && echo x > f && find l f | cpio -o -H newc > out"));
  const std::string cpio = folder.read("out");
  CHECK(walk_bytes("x", cpio).clean());
  std::string changed = cpio;
  changed.replace(changed.find("000081"), 6, "000041");  // the file is called a folder
  CHECK(walk_bytes("x", changed).has("ambiguous-type", "x!/f"));
}

}  // namespace
}  // namespace assay
