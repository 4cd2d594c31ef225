#include "bundle/walk.h"

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

const std::string kTar = tar_of({{.name = "a", .content = "alpha"},
                                 {.name = "d/", .type = '5'},
                                 {.name = "d/b", .content = std::string(3000, 'b')},
                                 {.name = "l", .type = '2', .link = "a"}});

TEST_CASE("a bare file is a leaf named as the bundle") {
  const Outcome seen = walk_bytes("notes.txt", "hello\n");
  CHECK(seen.clean());
  CHECK(seen.summary.format == "text");
  CHECK(seen.summary.depth == 0);
  CHECK(seen.leaves == std::map<std::string, std::string>{{"notes.txt", "hello\n"}});
}

TEST_CASE("members of a tar: files, folders, links") {
  const Outcome seen = walk_bytes("x.tar", kTar);
  CHECK(seen.clean());
  CHECK(seen.summary.format == "tar");
  CHECK(seen.leaves.at("x.tar!/a") == "alpha");
  CHECK(seen.leaves.at("x.tar!/d/b") == std::string(3000, 'b'));
  REQUIRE(seen.find("x.tar!/d") != nullptr);
  CHECK(seen.find("x.tar!/d")->kind == MemberKind::directory);
  REQUIRE(seen.find("x.tar!/l") != nullptr);
  CHECK(seen.find("x.tar!/l")->link_target == "a");
}

TEST_CASE("every codec around a tar is one layer with it") {
  for (const auto& codec : std::map<std::string, std::string>{
           {"gzip", "tar.gz"}, {"xz", "tar.xz"}, {"zstd", "tar.zst"}, {"bzip2", "tar.bz2"}}) {
    CAPTURE(codec.first);
    const Outcome seen = walk_bytes("x", filtered(codec.first, kTar));
    CHECK(seen.clean());
    CHECK(seen.summary.format == codec.second);
    CHECK(seen.summary.depth == 1);
    CHECK(seen.leaves.at("x!/a") == "alpha");
  }
}

TEST_CASE("a lone compressed file holds one member") {
  const Outcome seen =
      walk_bytes("x.tar", tar_of({{.name = "ls.1.gz", .content = gzip_of("man")},
                                  {.name = "odd", .content = gzip_of("odd")}}));
  CHECK(seen.clean());
  CHECK(seen.leaves.at("x.tar!/ls.1.gz!/ls.1") == "man");
  CHECK(seen.leaves.at("x.tar!/odd!/odd.out") == "odd");
  const Member* const packed = seen.find("x.tar!/ls.1.gz");
  REQUIRE(packed != nullptr);
  CHECK(packed->type == "gzip");
  CHECK(packed->scanned);
  CHECK(packed->sha256 == sha256_hex(as_bytes(gzip_of("man"))));
  CHECK(packed->size == gzip_of("man").size());
}

TEST_CASE("a deb holds its tars, a zip inside a stream is opened") {
  const std::string zip = zip_of({{.name = "in.txt", .content = "zipped"}});
  const std::string data =
      tar_of({{.name = "./", .type = '5'}, {.name = "./z.zip", .content = zip}});
  const std::string deb =
      deb_of(tar_of({{.name = "./control", .content = "Package: x\n"}}), data);
  const Outcome seen = walk_bytes("x.deb", deb);
  CHECK(seen.clean());
  CHECK(seen.summary.format == "deb");
  CHECK(seen.summary.depth == 3);
  CHECK(seen.leaves.at("x.deb!/debian-binary") == "2.0\n");
  CHECK(seen.leaves.at("x.deb!/control.tar!/control") == "Package: x\n");
  CHECK(seen.leaves.at("x.deb!/data.tar!/z.zip!/in.txt") == "zipped");
  REQUIRE(seen.find("x.deb!/data.tar!/z.zip") != nullptr);
  CHECK(seen.find("x.deb!/data.tar!/z.zip")->sha256 == sha256_hex(as_bytes(zip)));
  CHECK(seen.find("x.deb!/data.tar")->sha256 == sha256_hex(as_bytes(data)));
}

TEST_CASE("three deep: tar in tar.gz in zip") {
  const std::string middle = gzip_of(tar_of({{.name = "in.tar", .content = kTar}}));
  const Outcome seen = walk_bytes("o.zip", zip_of({{.name = "m.tgz", .content = middle}}));
  CHECK(seen.clean());
  CHECK(seen.summary.depth == 3);
  CHECK(seen.leaves.at("o.zip!/m.tgz!/in.tar!/a") == "alpha");
}

TEST_CASE("nothing in the bundle is not success") {
  CHECK(walk_bytes("e", "").has("empty-bundle"));
  CHECK(walk_bytes("e", std::string(10240, '\0')).has("empty-bundle"));
  CHECK(walk_bytes("e.tar", tar_of({{.name = "d/", .type = '5'}})).has("empty-bundle"));
  CHECK(walk_bytes("e.tar.gz", gzip_of(tar_of({{.name = "d/", .type = '5'}})))
            .has("empty-bundle"));
}

TEST_CASE("names that no unpacker should create") {
  for (const std::string name :
       {"/etc/passwd", "../x", "a/../../x", "a\\..\\..\\x", "C:\\x", "a\x1b[2Jb", "a\x7f"}) {
    CAPTURE(name);
    const Outcome seen = walk_bytes("x.tar", tar_of({{.name = name, .content = "evil"}}));
    CHECK(seen.has("unsafe-name"));
    CHECK(seen.leaves.size() == 1);  // looked at all the same
  }
  Limits limits;
  limits.name_bytes = 4;
  CHECK(walk_bytes("x.tar", tar_of({{.name = "abcde", .content = "x"}}), limits)
            .has("limit-name-bytes"));
}

TEST_CASE("devices and doubles") {
  CHECK(walk_bytes("x.tar", tar_of({{.name = "f", .type = '6'}, {.name = "a", .content = "x"}}))
            .has("unsafe-type", "x.tar!/f"));
  const Outcome twice = walk_bytes(
      "x.tar", tar_of({{.name = "a", .content = "1"}, {.name = "a", .content = "2"}}));
  CHECK(twice.has("duplicate-name", "x.tar!/a"));
}

TEST_CASE("what is known and cannot be opened is scanned raw and said") {
  const Outcome seen =
      walk_bytes("x.tar", tar_of({{.name = "p.7z", .content = "7z\xbc\xaf\x27\x1c\0\4rest"s}}));
  CHECK(seen.has("unsupported-container", "x.tar!/p.7z"));
  CHECK_FALSE(seen.summary.complete);
  CHECK(seen.leaves.contains("x.tar!/p.7z"));
}

TEST_CASE("two formats at once") {
  // A zip behind something else is opened as both.
  const std::string zip = zip_of({{.name = "in", .content = "hidden"}});
  const Outcome tail =
      walk_bytes("x.tar", tar_of({{.name = "pic", .content = "GIF89a" + zip}}));
  CHECK(tail.has("ambiguous-type", "x.tar!/pic"));
  CHECK(tail.leaves.contains("x.tar!/pic"));
  CHECK(tail.leaves.at("x.tar!/pic!/in") == "hidden");
  const Outcome bare = walk_bytes("setup.bin", "data\x01" + zip);
  CHECK(bare.has("ambiguous-type", "setup.bin"));
  CHECK(bare.leaves.at("setup.bin!/in") == "hidden");
  // Java modules and browser extensions are zips behind a header.
  const Outcome module = walk_bytes("m.jmod", "JM\x01\0"s + zip);
  CHECK(module.clean());
  CHECK(module.leaves.at("m.jmod!/in") == "hidden");
  CHECK(walk_bytes("m.crx", "Cr24 and no zip").has("unsupported-container"));
  // A head that two formats claim is opened as none.
  std::string both = kTar;
  both.replace(0, 8, "!<arch>\n");
  const Outcome head = walk_bytes("x", both);
  CHECK(head.has("ambiguous-type"));
  CHECK_FALSE(head.summary.complete);
}

TEST_CASE("a broken child does not hide what comes after it") {
  std::string broken = gzip_of(std::string(1000, 'x'));
  broken[broken.size() - 6] ^= 1;
  const std::string tar =
      tar_of({{.name = "bad.gz", .content = broken}, {.name = "after", .content = "seen"}});
  const Outcome seen = walk_bytes("x.tar", tar);
  CHECK(seen.problems.size() == 1);
  CHECK(seen.has("checksum-mismatch"));
  CHECK_FALSE(seen.summary.complete);
  CHECK(seen.leaves.at("x.tar!/after") == "seen");
  REQUIRE(seen.find("x.tar!/bad.gz") != nullptr);
  CHECK_FALSE(seen.find("x.tar!/bad.gz")->scanned);
  CHECK(seen.find("x.tar!/bad.gz")->sha256 == sha256_hex(as_bytes(broken)));
}

TEST_CASE("a broken outer stream is told once, whatever was open inside") {
  const std::string inner = tar_of({{.name = "in.tar", .content = kTar}});
  const std::string outer = gzip_of(inner);
  const Outcome seen = walk_bytes("x.tgz", std::string_view(outer).substr(0, 2000));
  CHECK(seen.problems.size() == 1);
  CHECK(seen.has("truncated"));
  CHECK_FALSE(seen.summary.complete);
}

TEST_CASE("an archive that contains itself") {
  // The inner zip is the outer one byte for byte only for a quine; two equal
  // layers are enough to show that digests are compared along the line.
  const std::string inner = gzip_of("x");
  const Outcome harmless = walk_bytes("x.tar", tar_of({{.name = "a.gz", .content = inner},
                                                       {.name = "b.gz", .content = inner}}));
  CHECK_FALSE(harmless.has("recursion-cycle"));
}

TEST_CASE("links that lead out, and members behind links") {
  const auto with = [](std::vector<TarFile> files) { return walk_bytes("x", tar_of(files)); };
  const TarFile file{.name = "f", .content = "x"};
  const auto link = [](const std::string& name, const std::string& target, char type = '2') {
    return TarFile{.name = name, .type = type, .link = target};
  };
  for (const std::string target : {"/usr/lib/x", "f", "../f", "./../a/.././f", "d//../../f"}) {
    CAPTURE(target);
    CHECK(with({file, link("a/l", target)}).clean());
  }
  for (const std::string target : {"../../f", "b/../../../f", "..//./../f", "a\x1b[2J"}) {
    CAPTURE(target);
    CHECK(with({file, link("a/l", target)}).has("unsafe-name", "x!/a/l"));
  }
  CHECK(with({file, link("h", "f", '1')}).clean());
  CHECK(with({file, link("h", "../f", '1')}).has("unsafe-name", "x!/h"));
  CHECK(with({file, link("h", "/etc/passwd", '1')}).has("unsafe-name", "x!/h"));
  const TarFile through{.name = "./l//f", .content = "x"};
  CHECK(with({link("l", "/etc"), through}).has("unsafe-name", "x!/l//f"));
  CHECK(with({link("l", "d"), through}).has("unsafe-name", "x!/l//f"));
  CHECK(with({link("l", "/etc"), link("h", "l/passwd", '1'), file}).has("unsafe-name", "x!/h"));
  CHECK(with({link("l", "/etc"), link("h", "l", '1'), {.name = "h/f", .content = "x"}})
            .has("unsafe-name", "x!/h/f"));
  CHECK(with({{.name = "l/f", .content = "x"}, {.name = "lib", .content = "x"}}).clean());
}

TEST_CASE("doubles by another spelling") {
  for (const std::string second : {"usr/bin/a", "usr//bin/a", "./usr/./bin/a", "usr/bin/./a"}) {
    CAPTURE(second);
    CHECK(walk_bytes("x", tar_of({{.name = "usr/bin/a", .content = "1"},
                                  {.name = second, .content = "2"}}))
              .has("duplicate-name"));
  }
}

}  // namespace
}  // namespace assay
