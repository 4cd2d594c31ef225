#include "bundle/claims.h"

#include <doctest/doctest.h>

#include <set>

#include "bundle/names.h"
#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

TarFile file(const std::string& name) {
  return {.name = name, .content = "x"};
}
TarFile folder(const std::string& name) {
  return {.name = name, .type = '5'};
}
TarFile link(const std::string& name, const std::string& target) {
  return {.name = name, .type = '2', .link = target};
}
TarFile hard_link(const std::string& name, const std::string& target) {
  return {.name = name, .type = '1', .link = target};
}

Outcome tar(const std::vector<TarFile>& files) {
  return walk_bytes("x", tar_of(files));
}
Outcome zip(const std::vector<std::string>& names) {
  std::vector<ZipFile> files;
  for (const std::string& name : names) files.push_back({.name = name, .content = "x"});
  return walk_bytes("x", zip_of(files));
}

/// The reasons of all that is wrong, each once.
std::string codes(const Outcome& seen) {
  std::set<std::string> all;
  for (const Problem& problem : seen.problems) all.insert(problem.code);
  std::string text;
  for (const std::string& code : all) text += (text.empty() ? "" : " ") + code;
  return text;
}

TEST_CASE("names that are a trap everywhere") {
  for (const std::string name : {"//x",
                                 "\\\\srv\\x",
                                 "a/..",
                                 "..\\x",
                                 "...",
                                 "a/.../b",
                                 "a/.. /x",
                                 "a/ /b",
                                 "a\xc2\x9b[2J",
                                 "a\xe2\x80\xaegnp.exe",
                                 "a\xe2\x81\xa6",
                                 "a\xe2\x80\x8b",
                                 "a\xe2\x80\xa8",
                                 "\xef\xbb\xbfx",
                                 "a\xf3\xa0\x81\x81",
                                 "caf\xe9",
                                 "a\xc0\xaf",
                                 "a\xed\xa0\x80",
                                 "\xe2\x80\xa5/x",
                                 "\xef\xbc\x8e\xef\xbc\x8e/x"}) {
    CAPTURE(printable(name));
    CHECK(codes(tar({file(name)})) == "unsafe-name");
  }
  CHECK(name_fault("", MemberKind::file, {}));
  CHECK(name_fault("/", MemberKind::file, {}));
  CHECK(name_fault("./.", MemberKind::file, {}));
  CHECK_FALSE(name_fault("./.", MemberKind::directory, {}));
  CHECK(name_fault("a\0b"s, MemberKind::file, {}));
  std::string deep = "f";
  for (int i = 0; i < 127; ++i) deep = "d/" + deep;
  CHECK_FALSE(name_fault(deep, MemberKind::file, {}));
  CHECK(name_fault("d/" + deep, MemberKind::file, {})->code == "unsafe-name");
  CHECK(name_fault(std::string(4097, 'n'), MemberKind::file, {})->code == "limit-name-bytes");
}

TEST_CASE("names of every day") {
  for (const std::string name :
       {"usr/share/man/man3/File::Spec.3pm.gz", "system-systemd\\x2dcryptsetup.slice",
        "F\xc5\x91tan\xc3\xbas\xc3\xadtv\xc3\xa1ny.crt", "apache./29/x", "..data/x", "a..b",
        "drivers/aux.c", "con", "100%2e%2e%2fx", ".x", "a b ", "\xe4\xb8\xad"}) {
    CAPTURE(printable(name));
    const std::string seen = codes(tar({file(name)}));
    CHECK((seen.empty() || seen == "windows-name"));
  }
}

TEST_CASE("a name that is no UTF-8 is carried as it is") {
  const Outcome seen = tar({file("caf\xe9")});
  CHECK(seen.has("unsafe-name", "x!/caf\xe9"));
  CHECK(seen.leaves.contains("x!/caf\xe9"));
}

TEST_CASE("what only Windows trips over fails in zip, and is a note elsewhere") {
  for (const std::string name : {"note:ads", "d/x:$DATA", "NUL", "d/con.txt", "Com1", "aux .c",
                                 "lpt9/x", "a.", "d /x"}) {
    CAPTURE(name);
    CHECK(codes(zip({name})) == "unsafe-name");
    CHECK(codes(tar({file(name)})) == "windows-name");
  }
  for (const std::string name :
       {"console", "com", "com10", "com0.x", "nullable", "a.b", ".a"}) {
    CAPTURE(name);
    CHECK(zip({name}).clean());
  }
}

TEST_CASE("two names for one place") {
  const auto both = [](const std::string& first, const std::string& second) {
    const std::string forth = codes(tar({file(first), file(second)}));
    CHECK(forth == codes(tar({file(second), file(first)})));
    return forth;
  };
  CHECK(both("a/b", "a//b") == "duplicate-name");
  CHECK(both("a/b", "a\\b") == "name-collision");
  CHECK(both("caf\xc3\xa9", "cafe\xcc\x81") == "name-collision");  // NFC, NFD
  CHECK(both("\xc3\x89", "\xc3\xa9") == "name-collision");         // case beyond ASCII
  CHECK(both("stra\xc3\x9f"
             "e",
             "strasse") == "name-collision");
  CHECK(both("\xef\xac\x81le", "file") == "name-collision");  // ligature
  CHECK(both("\xe2\x84\xaa", "k") == "name-collision");       // Kelvin
  CHECK(both("a", "a/b") == "name-collision");
  CHECK(both("net/xt_dscp.h", "net/xt_DSCP.h") == "case-collision");
  CHECK(both("a", "a.") == "name-collision windows-name");
  CHECK(both("a/b", "a /b") == "name-collision windows-name");
  CHECK(both("A/x", "a/y").empty());  // folders merge
  CHECK(both("A/x", "a/x") == "case-collision");
  CHECK(both("README", "readme/x") == "case-collision");
  CHECK(both("a-b", "a/b").empty());
  CHECK(make_problem("case-collision", {}, {}).effect == Effect::note);
}

TEST_CASE("no third spelling hides a double") {
  CHECK(tar({file("A"), file("a"), file("a")}).has("duplicate-name"));
  CHECK(tar({file("A"), file("a"), file("A")}).has("duplicate-name"));
  CHECK(tar({file("A/x"), file("a"), file("a/y")}).has("name-collision"));
  CHECK(tar({file("a"), file("A/x"), file("a/y")}).has("name-collision"));
  CHECK(tar({file("\xc3\x89"), file("\xc3\xa9"), file("e\xcc\x81")}).has("name-collision"));
}

TEST_CASE("folders and links by one name") {
  CHECK(tar({folder("d/"), file("d/x"), folder("./d")}).clean());
  CHECK(codes(tar({folder("d/"), file("d")})) == "name-collision");
  CHECK(codes(tar({file("d"), folder("d/")})) == "name-collision");
  CHECK(codes(tar({file("x"), link("d", "x"), folder("d/")})) == "name-collision");
  CHECK(codes(tar({file("d/x"), link("d", "/etc")})) == "name-collision");
  CHECK(codes(tar({file("x"), link("x", "/etc")})) == "duplicate-name");
  // By case only: a way out of the folder where case does not count, and nothing elsewhere.
  CHECK(codes(tar({link("D", "/etc"), file("d/x")})) == "name-collision");
  CHECK(codes(tar({folder("d/"), link("D", "/etc"), file("d/x")})) == "name-collision");
  CHECK(codes(tar({file("Xt.3"), link("xt.3", "Xt.3")})) == "case-collision");
  CHECK(codes(tar({file("d/spirv/x"), link("d/SPIRV", "spirv/1")})) == "case-collision");
  CHECK(codes(tar({link("d/SPIRV", "./spirv/"), file("d/spirv/x")})) == "case-collision");
}

TEST_CASE("case counts in zip, but not in what is read in place") {
  CHECK(codes(zip({"A", "a"})) == "name-collision");
  CHECK(codes(zip({"d/a", "D/b"})).empty());
  CHECK(codes(zip({"META-INF/MANIFEST.MF", "Runtime.class", "RunTime.class"})) ==
        "case-collision");
  CHECK(codes(zip({"META-INF/MANIFEST.MF", "caf\xc3\xa9", "cafe\xcc\x81"})) ==
        "name-collision");
}

TEST_CASE("links through links") {
  const auto leads_out = [](const std::vector<TarFile>& files) {
    std::vector<TarFile> all = files;
    all.push_back(file("f"));
    const std::string seen = codes(tar(all));
    CHECK((seen.empty() || seen == "unsafe-name"));
    return !seen.empty();
  };
  CHECK_FALSE(leads_out({link("cur", "."), link("x", "cur/f")}));
  CHECK(leads_out({link("cur", "."), link("par", "cur/..")}));
  CHECK(leads_out({link("par", "cur/.."), link("cur", ".")}));  // a later one
  CHECK(leads_out({link("a/b/c", ".."), link("x", "a/b/c/../..")}));
  CHECK_FALSE(leads_out({link("a/b/c", ".."), link("x", "a/b/c/..")}));
  CHECK(leads_out({link("a", "b/b"), link("b/b", ".."), link("x", "a/..")}));
  CHECK_FALSE(
      leads_out({link("etc", "/etc"), link("x", "etc/passwd")}));  // as any absolute one
  CHECK_FALSE(leads_out({link("a", "b"), link("b", "a"), link("c", "a/../..f")}));  // loops
  CHECK_FALSE(leads_out({link("s", "s/..")}));
  CHECK(leads_out({link("x", "..\\..\\f")}));
  CHECK(leads_out({link("x", "a\\b/../../f")}));
  CHECK(leads_out({link("x", "C:\\f")}));
  CHECK_FALSE(leads_out({link("x", "B::Op.3pm.gz")}));
  CHECK(leads_out({link("x", "\\\\srv\\f")}));
  CHECK(leads_out({link("x", "caf\xe9")}));
  CHECK(leads_out({link("x", "a\xe2\x80\xae")}));
  const std::string long_target(5000, 't');
  const Outcome seen =
      tar({{.name = "././@LongLink", .content = long_target + '\0', .type = 'K'},
           link("x", long_target.substr(0, 100)),
           file("f")});
  CHECK(codes(seen) == "unsafe-name");
  REQUIRE(seen.find("x!/x") != nullptr);
  CHECK(seen.find("x!/x")->link_target.size() == kTargetMax);
}

TEST_CASE("links too many to follow are refused, and quickly") {
  std::string round;
  for (int i = 0; i < 60; ++i) round += "d/../";
  Claims claims;
  const auto add = [&](const std::string& name, const std::string& target) {
    static_cast<void>(claims.judge(
        {.name = name, .kind = MemberKind::symlink, .link_target = target}, "tar", {}));
  };
  for (int i = 0; i < 3000; ++i) {
    add("l" + std::to_string(i), round + "l" + std::to_string(i + 1) + "/x");
  }
  const std::vector<Remark> remarks = claims.finish();
  REQUIRE(remarks.size() == 1);
  CHECK(remarks[0].error.code == "unsafe-name");
}

TEST_CASE("hard links lead to earlier files") {
  CHECK(tar({file("f"), hard_link("h", "f")}).clean());
  CHECK(tar({file("f"), hard_link("h", "./f"), hard_link("i", "h")}).clean());
  CHECK(tar({file("f"), link("l", "f"), hard_link("h", "l")}).clean());
  CHECK(codes(tar({hard_link("h", "f"), file("f")})) == "unsafe-name");  // a later one
  CHECK(codes(tar({file("f"), hard_link("h", "absent")})) == "unsafe-name");
  CHECK(codes(tar({file("d/f"), hard_link("h", "d")})) == "unsafe-name");
  CHECK(codes(tar({file("f"), hard_link("h", "h")})) == "unsafe-name");
  CHECK(codes(tar({file("f"), hard_link("h", "..\\f")})) == "unsafe-name");
  CHECK(codes(tar({link("a/b/c", ".."), hard_link("h", "a/b/c"), link("x", "h/.."),
                   file("f")})) == "unsafe-name");
}

Outcome cpio_of(const std::string& name, std::uint32_t mode) {
  const auto member = [](const std::string& called, std::uint32_t with, std::size_t size) {
    const auto hex = [](std::uint64_t value) {
      std::string digits(8, '0');
      for (std::size_t i = 8; i > 0; --i, value /= 16)
        digits[i - 1] = "0123456789abcdef"[value % 16];
      return digits;
    };
    std::string bytes = "070701" + hex(1) + hex(with) + hex(0) + hex(0) + hex(1) + hex(0) +
                        hex(size) + hex(0) + hex(0) + hex(0) + hex(0) + hex(called.size() + 1) +
                        hex(0) + called + '\0';
    while (bytes.size() % 4 != 0) bytes += '\0';
    bytes += std::string(size, 'x');
    while (bytes.size() % 4 != 0) bytes += '\0';
    return bytes;
  };
  return walk_bytes("x", member(name, mode, 1) + member("TRAILER!!!", 0, 0));
}

TEST_CASE("rights") {
  CHECK(cpio_of("f", 0100755).clean());
  CHECK(codes(cpio_of("f", 0104755)) == "setuid-member");
  CHECK(codes(cpio_of("f", 0102755)) == "setuid-member");
  CHECK(codes(cpio_of("f", 0104757)) == "unsafe-mode world-writable");
  const Outcome open = cpio_of("f", 0100666);
  CHECK(codes(open) == "world-writable");
  CHECK(open.has("world-writable", "x"));
  for (const std::string code : {"setuid-member", "world-writable"}) {
    CHECK(make_problem(code, {}, {}).effect == Effect::note);
  }
  const auto with = [](const std::string& key, const std::string& value) {
    return codes(
        tar({{.name = "pax", .content = pax_record(key, value), .type = 'x'}, file("f")}));
  };
  CHECK(with("SCHILY.xattr.user.comment", "x").empty());
  CHECK(with("SCHILY.xattr.security.selinux", "system_u:object_r:bin_t:s0").empty());
  CHECK(with("SCHILY.xattr.security.capability", "\1\0\0\2"s) == "unsafe-mode");
  CHECK(with("LIBARCHIVE.xattr.security.capability", "AQAAAg") == "unsafe-mode");
  CHECK(with("SCHILY.acl.access", "user::rw-,user:1:rwx:1,group::r--,mask::rwx,other::r--") ==
        "unsafe-mode");
  CHECK(with("uid", "1566400001").empty());
  CHECK(with("uid", "4294967294").empty());  // nobody of 16-bit days
  CHECK(with("uid", "-1") == "corrupt-stream unsafe-mode");
  CHECK(with("gid", "99999999999") == "unsafe-mode");
  CHECK(with("uname", "j\xc3\xb6rg").empty());
  CHECK(with("uname", "root\x1b[2J") == "unsafe-mode");
}

}  // namespace
}  // namespace assay
