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

TEST_CASE("gzip: nothing of size hides in the header") {
  const std::string plain = gzip_of(tar_of({{.name = "a", .content = "x"}}));
  const auto with = [&](unsigned flag, const std::string& field) {
    std::string bytes = plain;
    bytes[3] = static_cast<char>(flag);
    return walk_bytes("x", bytes.insert(10, field));
  };
  const auto extra = [](std::size_t size) { return little(size, 2) + std::string(size, 'e'); };
  CHECK(with(4, extra(1024)).clean());
  CHECK(with(8, "caf\xe9\0"s).clean());
  CHECK(with(16, "two\nlines\0"s).clean());
  for (const Outcome& seen : {with(4, extra(1025)), with(8, std::string(1100, 'n') + '\0'),
                              with(16, std::string(1100, 'n') + '\0'), with(8, "a\x1b[2J\0"s),
                              with(16, "a\x7f\0"s)}) {
    CHECK(seen.has("unaccounted-bytes", "x"));
    CHECK_FALSE(seen.summary.complete);
    CHECK(seen.leaves.contains("x!/a"));  // looked at all the same
  }
  CHECK(with(8, "../up\0"s).has("unsafe-name", "x"));
  CHECK(with(4, extra(2000)).problems.at(0).detail ==
        "gzip: 2000 bytes at 12 in the header's extra field");
}

TEST_CASE("gzip: the length is held against the content") {
  std::string bytes = gzip_of("content");
  bytes[bytes.size() - 4] ^= 1;
  CHECK(walk_bytes("x.gz", bytes).has("checksum-mismatch"));
}

TEST_CASE("gzip: every bit changed, where the decoder reads beyond the data") {
  const std::string whole = filtered("gzip -n", std::string(1000, 'x'));
  REQUIRE(walk_bytes("x.gz", whole).clean());
  for (std::size_t bit = 80; bit < 8 * whole.size(); ++bit) {
    std::string changed = whole;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const Outcome seen = walk_bytes("x.gz", changed);
    CAPTURE(bit);
    if (seen.clean()) CHECK(seen.leaves.at("x.gz!/x") == std::string(1000, 'x'));
  }
}

TEST_CASE("xz: nothing stands behind the stream, not even its padding") {
  const std::string xz = filtered("xz", "content");
  for (const std::size_t count : {1U, 3U, 4U, 8U, 100'000U}) {
    CHECK(walk_bytes("x.xz", xz + std::string(count, '\0')).has("trailing-data"));
  }
  CHECK(walk_bytes("x.xz", xz + std::string(4, '\0') + xz).has("trailing-data"));
  CHECK(walk_bytes("x.xz", xz + "\0\0\0x"s).has("trailing-data"));
}

TEST_CASE("zstd: the window is read before memory is asked for") {
  // Magic, no single segment, the window; no block need follow.
  const auto asks = [](unsigned window) {
    Limits limits;
    limits.decoder_memory = 300 << 20;  // no power of two: libzstd's own limit is below
    return walk_bytes(
        "x.zst", "\x28\xb5\x2f\xfd\x00"s + little(window, 1) + std::string(20, 'x'), limits);
  };
  CHECK(asks(0xff).has("limit-decoder-memory"));
  CHECK(asks(0x98).has("limit-decoder-memory"));  // 512 MiB
  CHECK_FALSE(asks(0x50).has("limit-decoder-memory"));
  CHECK(
      walk_bytes("x.zst", "\x28\xb5\x2f\xfd\xe0"s + little(std::uint64_t{1} << 40, 8) + "xxxxx")
          .has("limit-decoder-memory"));
  for (std::size_t length = 4; length < 12; ++length) {
    const std::string whole = "\x28\xb5\x2f\xfd\xe0"s + little(5, 8);
    CHECK_FALSE(walk_bytes("x.zst", whole.substr(0, length)).clean());
  }
  std::string summed = filtered("zstd --check", "content");
  summed.back() ^= 1;
  CHECK(walk_bytes("x.zst", summed).has("checksum-mismatch"));
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

TEST_CASE("ar: numbers are numbers, padding is a newline") {
  const std::string good = "!<arch>\n" + ar_member("a", "odd") + ar_member("b", "x");
  CHECK(walk_bytes("x.a", good).clean());
  for (const std::size_t at : {24U, 36U, 42U, 48U, 56U, 66U, 71U}) {
    std::string bad = good;
    bad[at] = 'x';
    CHECK(walk_bytes("x.a", bad).has("corrupt-stream"));
  }
}

TEST_CASE("ar: padding as Go's tools write it, all of one kind") {
  const auto padded = [](const std::string& name, char byte) {
    std::string member = ar_member(name, "odd");
    member.back() = byte;
    return member;
  };
  const std::string head = "!<arch>\n";
  CHECK(walk_bytes("x", head + padded("a", '\0') + padded("b", '\0')).clean());
  CHECK(walk_bytes("x", head + padded("a", '\0') + padded("b", '\n')).has("corrupt-stream"));
  CHECK(walk_bytes("x", head + padded("a", '\n') + padded("b", '\0')).has("corrupt-stream"));
  CHECK(walk_bytes("x", head + padded("a", '\1')).has("corrupt-stream"));
}

TEST_CASE("ar: one table of names, before what it names") {
  const std::string head = "!<arch>\n";
  const std::string table = ar_member("//", "a_very_long_member_name.o/\n");
  const std::string symbols = ar_member("/", "sym");
  CHECK(walk_bytes("x", head + symbols + table + ar_member("/0", "x")).clean());
  CHECK_FALSE(walk_bytes("x", head + table + table + ar_member("/0", "x")).clean());
  CHECK_FALSE(
      walk_bytes("x", head + ar_member("a/", "x") + table + ar_member("/0", "x")).clean());
  CHECK(walk_bytes("x", head + table + ar_member("/2", "x")).has("ambiguous-type"));
  CHECK_FALSE(walk_bytes("x", head + table + ar_member("#1/3", "bsdx")).clean());
  CHECK_FALSE(walk_bytes("x", head + ar_member("#1/3", "a/bx")).clean());
  CHECK(walk_bytes("x", head + ar_member("a/", "x") + ar_member("debian-binary", "2.0\n"))
            .has("ambiguous-type"));
}

TEST_CASE("deb: names stand in the headers, and signatures alone follow") {
  const std::string tar = tar_of({{.name = "f", .content = "x"}});
  const std::string version = "!<arch>\n" + ar_member("debian-binary", "2.0\n");
  const std::string control = ar_member("control.tar", tar);
  const std::string data = ar_member("data.tar", tar);
  CHECK(walk_bytes("x", version + ar_member("#1/11", "control.tar" + tar) + data)
            .has("corrupt-stream"));
  CHECK(
      walk_bytes("x", version + ar_member("//", "control.tar/\n") + ar_member("/0", tar) + data)
          .has("corrupt-stream"));
  CHECK(walk_bytes("x", version + control + ar_member("control.tar.gz", gzip_of(tar)) + data)
            .has("duplicate-name"));
  for (const std::string name : {"debian-binary", "control.tar", "data.tar.xz"}) {
    CHECK(
        walk_bytes("x", version + control + data + ar_member(name, "s")).has("duplicate-name"));
  }
  for (const std::string name : {"_payload", "extra"}) {
    CHECK(
        walk_bytes("x", version + control + data + ar_member(name, "s")).has("corrupt-stream"));
  }
  std::string mark = ar_member("_gpgorigin", "s\n\n");
  CHECK(walk_bytes("x", version + control + data + mark).clean());
  mark.back() = '\0';
  CHECK(walk_bytes("x", version + control + data + mark).has("corrupt-stream"));
  mark = ar_member("_gpgorigin", "s\n");
  CHECK(walk_bytes("x", version + control + data + mark + mark).has("duplicate-name"));
  CHECK_FALSE(walk_bytes("x", version + control + data + "\n").clean());
  for (const std::string odd : {"2.1\n", "2.0", "2.0\nx\n", "2.0 \n"}) {
    CHECK(walk_bytes("x", "!<arch>\n" + ar_member("debian-binary", odd) + control + data)
              .has("corrupt-stream"));
  }
}

TEST_CASE("deb: as dpkg-deb writes it") {
  const TemporaryFolder folder;
  if (!folder.run("command -v dpkg-deb")) return;
  REQUIRE(
      folder.run("mkdir -p p/DEBIAN p/usr/bin && echo x > p/usr/bin/x && printf 'Package: "
                 "p\\nVersion: 1\\nArchitecture: all\\nMaintainer: m <m@example.org>\\n"
                 "Description: d\\n' > p/DEBIAN/control"));
  for (const std::string packer : {"xz", "zstd", "gzip", "none"}) {
    CAPTURE(packer);
    REQUIRE(folder.run("dpkg-deb --root-owner-group -Z" + packer + " -b p out"));
    const Outcome seen = walk_bytes("x", folder.read("out"));
    CHECK(seen.clean());
    CHECK(seen.summary.format == "deb");
  }
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
  CHECK(walk_bytes("x", head + version + control + data + data).has("duplicate-name"));
  CHECK(walk_bytes("x", head + version + control + control + data).has("duplicate-name"));
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
