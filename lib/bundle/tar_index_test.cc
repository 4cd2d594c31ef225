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

/// All bytes in one piece.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(Bytes bytes) : bytes_(bytes) {}
  Result<Bytes> next() override { return std::exchange(bytes_, Bytes{}); }

 private:
  Bytes bytes_;
};

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
  CHECK_FALSE(walk_tar({{.name = "file/"}}).clean());
  TarFile rest{.name = "f", .content = "x", .magic = std::string(8, '\0')};
  rest.prefix = "rest";
  CHECK(walk_tar({rest}).has("ambiguous-type"));
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

TEST_CASE("what only looks like a checksum is none") {
  // Words of LLVM bitcode: one digit, which happens to be the signed sum.
  std::string bitcode(512, '\0');
  bitcode.replace(124, 12, "\x20\xc9\x01\x32\x92\x84\x18\x2a\x28\x2a\x90\x31");
  const auto with = [&](const std::string& field) {
    std::string block = bitcode;
    block.replace(148, 8, field);
    std::uint64_t signed_sum = 8 * ' ';
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (i < 148 || i > 155) signed_sum += static_cast<std::uint64_t>(block[i]);
    }
    // The other bytes make up for what is missing.
    for (std::size_t at = 200; signed_sum != 2; ++at) {
      const auto step = static_cast<std::int64_t>(2 - signed_sum);
      block[at] = static_cast<char>(std::clamp<std::int64_t>(step, -128, 127));
      signed_sum += static_cast<std::uint64_t>(block[at]);
    }
    return block;
  };
  CHECK_FALSE(is_tar_header(as_bytes(with("2\"H\n bF\0"s))));
  CHECK_FALSE(is_tar_header(as_bytes(with("2\0\0\0\0\0\0\0"s))));
  bitcode.replace(124, 12, 12, '0');
  CHECK_FALSE(is_tar_header(as_bytes(with("2\"H\n bF\0"s))));
  // Some program would take this one.
  CHECK(is_tar_header(as_bytes(with("2\0\0\0\0\0\0\0"s))));
}

TEST_CASE("bytes between two members") {
  std::string tar = tar_of({kFirst, {.name = "b", .content = "bb"}});
  CHECK(walk_bytes("x", tar).clean());
  tar[600] = 'x';
  const Outcome seen = walk_bytes("x", tar);
  CHECK(seen.has("trailing-data", "x"));
  CHECK(seen.leaves.at("x!/b") == "bb");
}

TEST_CASE("pax: values that are none") {
  const TarFile file{.name = "f", .content = "content"};
  const auto with = [&](char type, const std::string& key, const std::string& value) {
    return walk_tar({extension(type, pax_record(key, value)), file});
  };
  for (const std::string key : {"uid", "gid", "mtime", "atime", "ctime", "size"}) {
    for (const std::string value : {"", "x", "0x10", " 1", "1e9", "1.2.3", "--1"}) {
      CAPTURE(key + "=" + value);
      CHECK_FALSE(with('x', key, value).clean());
    }
  }
  CHECK(with('x', "uid", "1000").clean());
  CHECK(with('x', "mtime", "-1.5").clean());
  CHECK(with('x', "uname", "").has("ambiguous-type"));
  CHECK(with('g', "gname", "").has("ambiguous-type"));
  CHECK(with('x', "SCHILY.xattr.user.empty", "").clean());
  CHECK(with('x', "size", "9223372036854775808").has("corrupt-stream"));
}

TEST_CASE("pax: nothing of size hides in a record") {
  const TarFile file{.name = "f", .content = "content"};
  const auto with = [&](char type, const std::string& key, std::size_t size) {
    return walk_tar({extension(type, pax_record(key, std::string(size, 'x'))), file});
  };
  for (const std::string key : {"comment", "SCHILY.xattr.user.x", "vendor.key"}) {
    CAPTURE(key);
    CHECK(with('x', key, 1024).clean());
    CHECK(with('x', key, 1025).has("unaccounted-bytes", "x"));
  }
  CHECK(with('g', "comment", 2000).has("unaccounted-bytes"));
  CHECK(with('x', "path", 2000).clean());
}

TEST_CASE("pax: a size for what the header calls empty") {
  const std::string hidden = tar_member({.name = "hidden", .content = "x"});
  const TarFile size = extension('x', pax_record("size", std::to_string(hidden.size())));
  const Outcome seen =
      walk_bytes("x", tar_member(kFirst) + tar_member(size) + tar_member({.name = "f"}) +
                          hidden + std::string(1024, '\0'));
  CHECK(seen.has("ambiguous-type"));
  CHECK(walk_tar({extension('x', pax_record("size", "0")), {.name = "f"}}).clean());
}

TEST_CASE("a link's target for what is no link") {
  const TarFile file{.name = "f", .content = "x"};
  const TarFile link{.name = "l", .type = '2', .link = "r"};
  const TarFile target = extension('x', pax_record("linkpath", "readme"));
  CHECK(walk_tar({target, link}).clean());
  CHECK(walk_tar({target, file}).has("ambiguous-type"));
  CHECK(walk_tar({extension('K', "readme\0"s), file}).has("ambiguous-type"));
}

TEST_CASE("extended headers together") {
  const TarFile file{.name = "f", .content = "x"};
  CHECK(walk_tar({extension('L', "name"), file}).has("ambiguous-type"));  // no NUL ends it
  CHECK(walk_tar({extension('x', pax_record("mtime", "1") + "7 a=b")}).has("corrupt-stream"));
  // libarchive has limits of its own; ours hold without them.
  const std::string big = pax_record("comment", std::string(std::size_t{1} << 20, 'x'));
  std::vector<TarFile> many(2100, extension('g', pax_record("comment", "x")));
  many.push_back(file);
  for (const std::string& tar : {tar_of({extension('x', big), file}), tar_of(many)}) {
    MemoryStream bytes(as_bytes(tar));
    TarIndex index(bytes);
    while (!index.next().take().empty()) {
    }
    const auto finished = index.finish();
    REQUIRE_FALSE(finished);
    CHECK(finished.error().code == "unsupported-feature");
  }
}

TEST_CASE("one way to write a header") {
  const std::string tar = tar_of({kFirst});
  const auto with = [&](std::size_t at, const std::string& bytes) {
    std::string changed = tar;
    changed.replace(at, bytes.size(), bytes);
    changed.replace(148, 8, std::string(8, ' '));
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(changed[i]);
    std::string digits(6, '0');
    for (std::size_t i = 6; i > 0; --i, sum /= 8) {
      digits[i - 1] = static_cast<char>('0' + sum % 8);
    }
    changed.replace(148, 8, digits + "\0 "s);
    return walk_bytes("x", changed);
  };
  CHECK(with(100, "0000755").clean());
  CHECK(with(100, "   755 ").clean());
  CHECK_FALSE(with(100, "00007x5").clean());
  CHECK(with(100, "\x80\0\0\0\0\0\x01\xa4"s).has("ambiguous-type"));
  CHECK(with(40, "behind the name's end").has("ambiguous-type"));
  CHECK(with(200, "behind the target's end").has("ambiguous-type"));
  CHECK(with(108, "\x80\0\0\0\0\x20\0\0"s).clean());  // 2^21: octal has no room
  CHECK(with(108, std::string(8, '\xff')).has("ambiguous-type"));
  CHECK(with(116, "\x80\0\0\0\xff\xff\xff\xfe"s).has("ambiguous-type"));
  CHECK(with(270, "behind the owner's end").has("ambiguous-type"));
  CHECK(with(500, "tail").has("ambiguous-type"));
  CHECK(with(345, "prefix/").has("ambiguous-type"));
  CHECK(with(157, "target").has("ambiguous-type"));
  CHECK(with(263, "\0\0"s).has("ambiguous-type"));  // ustar of no version
  CHECK(with(263, "99").has("ambiguous-type"));
}

TEST_CASE("the end mark is two blocks") {
  const std::string tar = tar_of({kFirst});
  CHECK(walk_bytes("x", tar).clean());
  CHECK(walk_bytes("x", tar.substr(0, tar.size() - 512)).has("truncated"));
  CHECK(walk_bytes("x", tar.substr(0, tar.size() - 1024)).has("truncated"));
  std::string holed = tar_member(kFirst) + std::string(512, '\0') + tar_of({{.name = "b"}});
  CHECK(walk_bytes("x", holed).has("second-archive"));
}

TEST_CASE("content in pieces of any size is the stream's own") {
  std::vector<TarFile> files;
  for (std::size_t i = 0; i < 60; ++i) {
    files.push_back({.name = std::to_string(i), .content = std::string(i * 331, 'x')});
  }
  const std::string inner = tar_of(files);
  // In an ar its pieces begin at odd places.
  const std::string outer = "!<arch>\n" + ar_member("a", "odd") + ar_member("t", inner);
  CHECK(walk_bytes("x", outer).clean());
  CHECK(walk_bytes("x", filtered("xz", outer)).clean());
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
  for (const std::string command :
       {"bsdtar -cf out s", "bsdtar --format=ustar -cf out s",
        "bsdtar --format=gnutar -cf out s", "busybox tar -cf out s",
        "python3 -c \"import tarfile; t = tarfile.open('out', 'w', format=tarfile.GNU_FORMAT); "
        "t.add('s'); t.close()\"",
        "python3 -c \"import tarfile; t = tarfile.open('out', 'w'); t.add('s'); t.close()\""}) {
    CAPTURE(command);
    const TemporaryFolder folder;
    REQUIRE(folder.run("mkdir -p s/" + deep +
                       " && echo x > s/a && ln s/a s/b && ln -s ../s/a "
                       "s/l && ln -s " +
                       std::string(150, 'x') + " s/long && echo y > s/" + deep + "/y"));
    if (!folder.run(command)) continue;  // that tool is not here
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
