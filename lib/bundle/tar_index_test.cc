// Tars that unpackers read differently: by kind, by size, by name.

#include "bundle/tar_index.h"

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

const TarFile kFirst{.name = "readme", .content = "hello\n"};

Outcome walk_tar(std::vector<TarFile> files) {
  files.insert(files.begin(), kFirst);
  return walk_bytes("x", tar_of(files));
}

TarFile extension(char type, const std::string& content) {
  return {.name = "././@Extended", .content = content, .type = type};
}

TEST_CASE("only files have content") {
  const TarFile decoy{.name = "decoy", .content = std::string(1024, 'x')};
  for (const std::string& magic : {"ustar\0"s + "00", "ustar  \0"s, std::string(8, '\0')}) {
    for (const char type : "123456DMNSVXAZxgI"s) {
      CAPTURE(type);
      const Outcome seen = walk_tar(
          {{.name = "d", .content = "payload", .type = type, .link = "readme", .magic = magic},
           decoy});
      CHECK_FALSE(seen.problems.empty());
      CHECK_FALSE(seen.summary.complete);
      CHECK(seen.leaves.at("x!/readme") == "hello\n");
    }
  }
  // What libarchive passes over as a folder's content, GNU tar unpacks.
  const std::string body = tar_member(decoy);
  const Outcome folder = walk_tar({{.name = "d/", .content = body, .type = '5'}});
  CHECK_FALSE(folder.problems.empty());
  CHECK_FALSE(walk_tar({{.name = "d/", .content = "payload"}}).clean());
  CHECK(walk_tar({{.name = "seven", .content = "x", .type = '7'}}).clean());
  CHECK(walk_tar({{.name = "old/", .type = '\0', .magic = std::string(8, '\0')}}).clean());
}

TEST_CASE("pax: what not every unpacker heeds") {
  const TarFile file{.name = "f", .content = "content"};
  const auto with = [&](char type, const std::string& records) {
    return walk_tar({extension(type, records), file});
  };
  CHECK(with('x', pax_record("path", "other")).leaves.at("x!/other") == "content");
  CHECK(with('x', pax_record("path", "other") + pax_record("mtime", "1.5")).clean());
  CHECK(with('x', pax_record("size", "7")).clean());
  CHECK(with('x', pax_record("comment", std::string(200, 'c'))).clean());
  CHECK(with('g', pax_record("comment", "0123456789abcdef")).clean());
  CHECK(with('x', pax_record("size", "8")).has("ambiguous-type"));
  CHECK(with('x', pax_record("path", "a") + pax_record("path", "b")).has("ambiguous-type"));
  CHECK(with('x', pax_record("path", "a\0b"s)).has("ambiguous-type"));
  CHECK(with('x', pax_record("path", "")).has("ambiguous-type"));
  CHECK(with('x', pax_record("hdrcharset", "KOI8")).has("ambiguous-type"));
  CHECK(with('x', pax_record("SCHILY.filetype", "dir")).has("ambiguous-type"));
  CHECK(with('x', pax_record("SCHILY.realsize", "9")).has("unsupported-feature"));
  CHECK(with('x', pax_record("GNU.sparse.name", "../x")).has("unsupported-feature"));
  for (const std::string key : {"path", "linkpath", "size", "hdrcharset", "vendor.key"}) {
    CAPTURE(key);
    CHECK(with('g', pax_record(key, "1")).has("ambiguous-type"));
  }
  CHECK_FALSE(walk_tar({extension('x', pax_record("mtime", "1"))}).clean());
  const TarFile time = extension('x', pax_record("mtime", "1"));
  CHECK_FALSE(walk_tar({time, time, file}).clean());
}

TEST_CASE("pax: records that are none") {
  for (const std::string& body :
       {"x"s, "6 a=b"s, "7 a=b\n"s, "5 a=b\n"s, "06 ab\n"s, "6 abc\n"s, "5 =b\n"s,
        "99999999999999999999999 a=b\n"s, "-6 a=b\n"s, "12 size=abc\n"s, "\n"s, "6  a=b\n"s}) {
    CAPTURE(printable(body));
    CHECK_FALSE(read_pax_records(body, false));
  }
  const std::string good = pax_record("path", "name") + pax_record("mtime", "12345.678");
  REQUIRE(read_pax_records(good, false));
  for (std::size_t length = 1; length < good.size(); ++length) {
    if (length == pax_record("path", "name").size()) continue;
    CHECK_FALSE(read_pax_records(good.substr(0, length), false));
  }
}

TEST_CASE("long names of two kinds at once") {
  const TarFile file{.name = "f", .content = "x"};
  const TarFile name = extension('L', "safe\0"s);
  const TarFile link = extension('K', "readme\0"s);
  const TarFile path = extension('x', pax_record("path", "other"));
  const TarFile time = extension('x', pax_record("mtime", "1"));
  CHECK(walk_tar({name, file}).leaves.at("x!/safe") == "x");
  CHECK(walk_tar({link, name, {.name = "f", .type = '2', .link = "r"}}).clean());
  CHECK(walk_tar({name, name, file}).has("ambiguous-type"));
  CHECK(walk_tar({link, link, file}).has("ambiguous-type"));
  CHECK(walk_tar({name, path, file}).has("ambiguous-type"));
  CHECK(walk_tar({path, name, file}).has("ambiguous-type"));
  CHECK(walk_tar({time, name, file}).has("ambiguous-type"));
  CHECK(walk_tar({extension('L', "a\0b"s), file}).has("ambiguous-type"));
}

TEST_CASE("a name's first part counts where all programs read it") {
  const TarFile file{.name = "passwd", .content = "x", .prefix = "../../etc"};
  CHECK(walk_tar({file}).has("unsafe-name", "x!/../../etc/passwd"));
  TarFile gnu = file;
  gnu.magic = "ustar  \0"s;
  CHECK(walk_tar({gnu}).has("ambiguous-type"));
  TarFile unknown = file;
  unknown.magic = "ustar!00";
  CHECK(walk_tar({unknown}).has("ambiguous-type"));
  CHECK(walk_tar({{.name = "b", .content = "x", .prefix = "a"}}).leaves.contains("x!/a/b"));
}

/// A v7 header whose checksum is written as `form` has it.
std::string v7_with(const std::string& form) {
  std::string tar = tar_of({{.name = "f", .content = "x", .magic = std::string(8, '\0')}});
  const std::string digits = tar.substr(148, 6);
  if (form == "base-256") {
    const auto sum = std::stoul(digits, nullptr, 8);
    std::string field = "\x80\0\0\0\0\0"s;
    field += static_cast<char>(sum >> 8);
    field += static_cast<char>(sum & 0xffU);
    return tar.replace(148, 8, field);
  }
  return tar.replace(148, 8, form + digits + "\0"s);
}

TEST_CASE("a header some program accepts is never plain data") {
  for (const std::string& form : {"\0"s, "\t"s, " "s, "base-256"s}) {
    CAPTURE(printable(form));
    const std::string tar = v7_with(form);
    CHECK(is_tar_header(as_bytes(tar)));
    const Outcome seen = walk_bytes("x", tar);
    CHECK(seen.summary.format == "tar");
    CHECK((seen.leaves.contains("x!/f") || seen.has("corrupt-stream")));
  }
  // Old programs add up signed bytes.
  std::string tar =
      tar_of({{.name = "caf\xe9", .content = "x", .magic = std::string(8, '\0')}});
  const auto sum = std::stoul(tar.substr(148, 6), nullptr, 8) - 256;
  std::string octal(6, '0');
  for (std::size_t i = 6, rest = sum; i > 0; --i, rest /= 8) {
    octal[i - 1] = static_cast<char>('0' + rest % 8);
  }
  CHECK(walk_bytes("x", tar.replace(148, 6, octal)).leaves.contains("x!/caf\xe9"));
  CHECK_FALSE(is_tar_header(as_bytes(std::string(512, '\0'))));
  CHECK_FALSE(is_tar_header(as_bytes(std::string(512, 'a'))));
  CHECK_FALSE(is_tar_header({}));
}

TEST_CASE("bytes between two members") {
  std::string tar = tar_of({kFirst, {.name = "b", .content = "bb"}});
  CHECK(walk_bytes("x", tar).clean());
  tar[600] = 'x';
  const Outcome seen = walk_bytes("x", tar);
  CHECK(seen.has("trailing-data", "x"));
  CHECK(seen.leaves.at("x!/b") == "bb");
}

TEST_CASE("sizes written in odd ways") {
  const auto with = [](const std::string& field) {
    std::string header = tar_member({.name = "f"});
    header.replace(124, 12, field);
    header.replace(148, 8, std::string(8, ' '));
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    std::string digits(6, '0');
    for (std::size_t i = 6; i > 0; --i, sum /= 8) {
      digits[i - 1] = static_cast<char>('0' + sum % 8);
    }
    header.replace(148, 8, digits + "\0 "s);
    return read_tar_header(as_bytes(header));
  };
  REQUIRE(with("00000000017\0"s));
  CHECK(with("00000000017\0"s)->size == 15);
  CHECK(with("         17 ")->size == 15);
  CHECK(with("777777777777")->size == 0777777777777);
  CHECK(with("\x80\0\0\0\0\0\0\x02\0\0\0\0"s)->size == std::uint64_t{2} << 32);
  CHECK_FALSE(with("\x80\0\0\0\0\0\0\0\0\0\0\x01"s));  // octal could say it
  CHECK_FALSE(with("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
  CHECK_FALSE(
      with("\0"
           "0000000017"s +
           "\0"s));
  CHECK_FALSE(with("0000 000017\0"s));
  CHECK_FALSE(with("0000000001x\0"s));
  CHECK_FALSE(with("        -17\0"s));
}

TEST_CASE("what the usual tools write") {
  const std::string deep = std::string(120, 'd');
  for (const std::string format : {"v7", "oldgnu", "gnu", "ustar", "pax"}) {
    CAPTURE(format);
    const TemporaryFolder folder;
    const std::string long_ones = format == "gnu" || format == "oldgnu" || format == "pax"
                                      ? "mkdir s/" + deep + " && ln -s " +
                                            std::string(150, 'x') + " s/long && echo y > s/" +
                                            deep + "/y"
                                      : "true";
    REQUIRE(folder.run("mkdir s && echo x > s/a && ln s/a s/b && ln -s ../s/a s/l && " +
                       long_ones + " && tar --format=" + format + " -cf out s"));
    CHECK(walk_bytes("x", folder.read("out")).clean());
  }
  const TemporaryFolder folder;
  if (folder.run("git init -q . && echo x > a && git add a && git -c user.name=x -c "
                 "user.email=x@example.org commit -qm x && git archive HEAD > out")) {
    CHECK(walk_bytes("x", folder.read("out")).clean());
  }
}

}  // namespace
}  // namespace assay
