#include <doctest/doctest.h>

#include "bundle/pe_overlay.h"
#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

std::string_view type_of(std::string_view text) {
  return sniff(as_bytes(text)).type;
}

/// A program with one section of `content`, and `overlay` behind it.
std::string pe_of(const std::string& content, const std::string& overlay) {
  std::string bytes = "MZ" + std::string(58, '\0') + little(64, 4);
  bytes += "PE\0\0"s + little(0x8664, 2) + little(1, 2) + std::string(12, '\0') +
           little(240, 2) + little(0x22, 2);
  bytes += little(0x20b, 2) + std::string(238, '\0');
  std::string section = ".text\0\0\0"s + std::string(32, '\0');
  section.replace(16, 4, little(content.size(), 4));
  section.replace(20, 4, little(bytes.size() + 40, 4));
  return bytes + section + content + overlay;
}

TEST_CASE("types by their first bytes") {
  CHECK(type_of("\x7f"
                "ELF") == "elf");
  CHECK(type_of("MZ\x90") == "pe");
  CHECK(type_of("#!/bin/sh\n") == "script");
  CHECK(type_of(" {\"a\": 1}") == "json");
  CHECK(type_of("<?xml version=\"1.0\"?>") == "xml");
  CHECK(type_of("plain text\n") == "text");
  CHECK(type_of("caf\xc3") == "text");  // cut inside a character
  CHECK(type_of("caf\xff rest of it") == "data");
  CHECK(type_of("a\0b"s) == "data");
  CHECK(type_of("%PDF-1.7") == "pdf");
  CHECK(type_of("\xca\xfe\xba\xbe\0\0\0\x34"s) == "class");
  CHECK(type_of("\xca\xfe\xba\xbe\0\0\0\x02"s) == "macho");
  CHECK(type_of("") == "data");
}

TEST_CASE("containers we know and cannot open are opaque") {
  for (const std::string& head :
       {"7z\xbc\xaf\x27\x1c"s, "Rar!\x1a\x07\0"s, "MSCF\0\0\0\0"s, "\xed\xab\xee\xdb"s, "hsqs"s,
        "xar!"s, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s, "\x04\x22\x4d\x18"s, "LZIP\x01"s,
        "\x1f\x9d\x90"s, "MSWIM\0\0\0"s, "\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff"s}) {
    CAPTURE(printable(head));
    CHECK(sniff(as_bytes(head)).opaque);
  }
  std::string iso(40'000, '\0');
  iso.replace(32769, 5, "CD001");
  CHECK(sniff_content(as_bytes(iso)).type == "iso");
}

TEST_CASE("installers carry their archive behind the program") {
  const auto type = [](const std::string& bytes) { return sniff_content(as_bytes(bytes)); };
  CHECK(type(pe_of("code", "")).type == "pe");
  CHECK_FALSE(type(pe_of("code", "signature or debug data")).opaque);
  CHECK(type(pe_of("code", "\xef\xbe\xad\xdeNullsoftInst")).type == "pe-installer");
  CHECK(type(pe_of("code", "Inno Setup Setup Data (6.2.0)")).type == "pe-installer");
  CHECK(type(pe_of("code", "..7z\xbc\xaf\x27\x1c\0\4"s)).type == "pe-sfx");
  CHECK(type(pe_of("code", "..7z\xbc\xaf\x27\x1c\0\4"s)).opaque);
  // Programs that open archives know these words too.
  CHECK(type(pe_of("7z\xbc\xaf\x27\x1c\0\4 NullsoftInst Rar!\x1a\x07 MSCF"s, "")).type == "pe");
  CHECK(pe_overlay(as_bytes(pe_of("code", "over"))).size() == 4);
  CHECK(sniff_content(as_bytes("#!/bin/sh\nexit\n\0payload"s)).type == "script-sfx");
}

TEST_CASE("any cut of a program is sniffed without reading outside") {
  const std::string bytes = pe_of("code", "..7z\xbc\xaf\x27\x1c\0\4"s);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string cut = bytes.substr(0, length);
    static_cast<void>(sniff_content(as_bytes(cut)));
  }
}

/// An ELF file of one section, and what stands behind it.
std::string elf_of(const std::string& content, const std::string& overlay) {
  const std::size_t table = 64 + content.size();
  std::string header =
      "\x7f"
      "ELF\x02\x01\x01"s +
      std::string(9, '\0') + little(2, 2) + little(62, 2) + little(1, 4) + little(0, 8) +
      little(0, 8) + little(table, 8) + little(0, 4) + little(64, 2) + little(56, 2) +
      little(0, 2) + little(64, 2) + little(1, 2) + little(0, 2);
  const std::string section = little(0, 4) + little(1, 4) + little(0, 16) + little(64, 8) +
                              little(content.size(), 8) + little(0, 24);
  return header + content + section + overlay;
}

const std::string kGzip = gzip_of("payload that is long enough");

TEST_CASE("a program with an archive behind it") {
  const auto type = [](const std::string& bytes) {
    return sniff_content(as_bytes(bytes)).type;
  };
  const std::string tar = tar_of({{.name = "a", .content = "x"}});
  CHECK(type(elf_of("code", "")) == "elf");
  CHECK(type(elf_of("code" + kGzip, "notes")) == "elf");
  CHECK(type(elf_of("code", "~Module signature appended~\n")) == "elf");
  for (const std::string& overlay : {kGzip, tar, "7z\xbc\xaf\x27\x1c\0\4"s,
                                     std::string(100, '\0') + "\xfd"
                                                              "7zXZ\0\0\4"s}) {
    CHECK(type(elf_of("code", overlay)) == "elf-sfx");
  }
  const std::string whole = elf_of("code", kGzip);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    static_cast<void>(type(whole.substr(0, length)));
  }
  CHECK(type(pe_of("code", "x" + kGzip)) == "pe-sfx");
  CHECK(type(pe_of("code",
                   "\xfd"
                   "7zXZ\0\0\4"s)) == "pe-sfx");
  CHECK(type(pe_of("code" + kGzip, "notes")) == "pe");
}

TEST_CASE("what stands behind a signature") {
  const auto with = [](const std::string& behind) {
    const std::string signature =
        "\x30\x04"
        "abcd" +
        behind;
    const std::string table =
        little(8 + signature.size(), 4) + little(0x200, 2) + little(2, 2) + signature;
    std::string bytes = pe_of("code", table);
    bytes.replace(64 + 24 + 144, 8,
                  little(bytes.size() - table.size(), 4) + little(table.size(), 4));
    return sniff_content(as_bytes(bytes)).type;
  };
  CHECK(with("\0\0"s) == "pe");
  CHECK(with("7z\xbc\xaf\x27\x1c\0\4"s) == "pe-sfx");
  CHECK(with(kGzip) == "pe-sfx");
}

TEST_CASE("text with an archive behind a line's end") {
  const auto type = [](const std::string& bytes) {
    return sniff_content(as_bytes(bytes)).type;
  };
  for (const std::string head : {": \nexec sh\n", "\n#!/bin/sh\n", "\xef\xbb\xbf#!/bin/sh\n"}) {
    CHECK(type(head + kGzip) == "script-sfx");
    CHECK(type(head + "BZh91AY&SY\0"s) == "script-sfx");
    CHECK(type(head + tar_of({{.name = "a", .content = "x"}})) == "script-sfx");
    CHECK(type(head + "no archive\n") != "script-sfx");
  }
  CHECK(type("a\x01"
             "b\n" +
             kGzip) == "data");
}

TEST_CASE("lzma without magic, and what only looks like it") {
  const auto type = [](const std::string& bytes) {
    return sniff_content(as_bytes(bytes)).type;
  };
  const std::string text(5000, 'x');
  for (const std::string option : {"lc=0", "pb=0", "lc=2,lp=2", "dict=4KiB", "dict=1536KiB"}) {
    CAPTURE(option);
    const std::string packed = filtered("xz --format=lzma --lzma1=" + option, text);
    REQUIRE_FALSE(packed.empty());
    CHECK(type(packed) == "lzma");
    CHECK(type(packed.substr(0, 20)) == "lzma");
  }
  CHECK(type(std::string(5000, '\0')) == "data");
  CHECK(type("\0\0\0\3\0\0\0\1\0\0\0\0\0\0\0\7\n[\n\6kotlin"s + text) == "data");
}

TEST_CASE("disk images, and a tar behind zeros") {
  const auto at = [](std::size_t place, const std::string& magic) {
    std::string bytes(40'000, '\0');
    return sniff_content(as_bytes(bytes.replace(place, magic.size(), magic)));
  };
  CHECK(at(32769, "BEA01").type == "udf");
  CHECK(at(512, "EFI PART").opaque);
  CHECK(at(1024, "\xe2\xe1\xf5\xe0").type == "erofs");
  CHECK_FALSE(at(1080, "\x53\xef").opaque);
  CHECK(at(1024, little(64, 4) + little(256, 4) + std::string(48, '\0') + "\x53\xef").type ==
        "ext");
  CHECK(at(512, tar_of({{.name = "a", .content = "x"}})).type == "tar");
  CHECK(at(0, "QFI\xfb").type == "qcow2");
  CHECK(sniff(as_bytes("-----BEGIN PGP MESSAGE-----\n")).opaque);
  CHECK(sniff(as_bytes("age-encryption.org/v1\n")).opaque);
}

}  // namespace
}  // namespace assay
