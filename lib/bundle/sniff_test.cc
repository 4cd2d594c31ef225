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
  // A TIFF picture whose directory stands at its end.
  CHECK(type("II*\0\x88\x0d"s + std::string(3800, '\0')) == "data");
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

/// The type if these bytes are opaque, else "".
std::string opaque(const std::string& bytes) {
  const Sniff seen = sniff_content(as_bytes(bytes));
  return seen.opaque ? std::string(seen.type) : "";
}

std::string with(std::string bytes, std::size_t at, const std::string& piece) {
  if (bytes.size() < at + piece.size()) bytes.resize(at + piece.size());
  return bytes.replace(at, piece.size(), piece);
}

std::string big(std::uint64_t value, std::size_t width) {
  std::string bytes = little(value, width);
  std::ranges::reverse(bytes);
  return bytes;
}

const std::string kFill(4096, 'x');

TEST_CASE("old archives, by more than their short magic") {
  const std::string arj_head =
      "\x22\x0b\x01\0\x10\0\2\0"s + std::string(26, '\0') + "a.arj\0\0"s;
  const std::string arj = "\x60\xea"s + little(arj_head.size(), 2) + arj_head +
                          little(crc32_of(arj_head), 4) + "\0\0"s;
  CHECK(opaque(arj) == "arj");
  CHECK(opaque(with(arj, 6, "\x02")).empty());
  CHECK(opaque("\x60\xea" + kFill).empty());
  const std::string arc = "\x1a\x08"s + with(std::string(13, '\0'), 0, "A.TXT") + little(3, 4) +
                          little(0, 10) + "abc" + "\x1a\0"s;
  CHECK(opaque(arc) == "arc");
  CHECK(opaque(with(arc, 32, "x")).empty());
  CHECK(opaque(with(arc, 2, "\x01")).empty());
  const std::string lha =
      "\x19\x50-lh5-"s + little(3, 4) + little(3, 4) + little(0, 4) + " \0\1A"s;
  CHECK(opaque(lha) == "lha");
  CHECK(opaque(with(lha, 3, "lz4")) == "lha");
  CHECK(opaque("a -lh5- option that some text speaks of\n").empty());
  CHECK(opaque("\x1f\x9d\x90"s + kFill) == "compress");
  CHECK(opaque("\x1f\x9d\xf0"s + kFill).empty());
  CHECK(opaque("\x1f\x1e"s + big(4096, 4) + "\x03\0\1\2"s + kFill) == "pack");
  CHECK(opaque("\x1f\x1e"s + big(4096, 4) + "\xff\0\1\2"s + kFill).empty());
  CHECK(opaque("StuffIt (c)1997-2002 Aladdin Systems" + kFill) == "stuffit");
  CHECK(opaque("SIT!\0\1\0\0\0\x70rLau"s + kFill) == "stuffit");
  CHECK(opaque("SIT! is what the text says\n").empty());
  CHECK(opaque("ALZ\x01\x0a\0\0\0"s) == "alz");
  CHECK(opaque("ALZ was a format\n").empty());
  CHECK(opaque("EGGA\0\1"s + kFill) == "egg");
  CHECK(opaque("EGGA\n").empty());
  CHECK(opaque("xxxxxxx**ACE**\x14"s) == "ace");
  CHECK(opaque(with(kFill, 20, "\xdc\xa7\xc4\xfd")) == "zoo");
}

TEST_CASE("what Electron, Java and boot loaders pack") {
  const std::string table = "{\"files\":{}}";
  const std::string asar = little(4, 4) + little(table.size() + 8, 4) +
                           little(table.size() + 4, 4) + little(table.size(), 4) + table;
  CHECK(opaque(asar) == "asar");
  CHECK(opaque(with(asar, 4, little(9999, 4))).empty());
  CHECK(opaque("\xca\xfe\xd0\x0d\x07\x96"s + kFill) == "pack200");
  CHECK(opaque("bvx2" + kFill) == "lzfse");
  std::string image = big(0x27051956, 4) + std::string(60, '\0');
  image.replace(4, 4, big(crc32_of(image), 4));
  CHECK(opaque(image + kFill) == "uimage");
  CHECK(opaque(with(image, 20, "x") + kFill).empty());
  const std::string tree = "\xd0\x0d\xfe\xed"s + std::string(52, '\0');
  CHECK(opaque(tree + "\0\0\0\1images\0\0"s) == "image-tree");
  CHECK(opaque(tree + "\0\0\0\1soc\0\0\0\0\0"s).empty());
}

TEST_CASE("zlib only if it is whole and its sum fits") {
  const std::string packed = "\x78\x01\x01\x05\0\xfa\xffhello\x06\x2c\x02\x15"s;
  CHECK(opaque(packed) == "zlib");
  CHECK(opaque(packed + "behind") == "zlib");
  CHECK(opaque(with(packed, 15, "\x16")).empty());
  CHECK(opaque(packed.substr(0, packed.size() - 1)).empty());
  CHECK(opaque("\x78\x9c" + kFill).empty());
  CHECK(opaque("x\x01" + kFill).empty());
}

TEST_CASE("OpenPGP: messages are opaque, keys and signatures are data") {
  const std::string key = "\x84\x5e\x03"s + std::string(93, 'k');
  const std::string sealed = "\xd2\x0a\x01" + std::string(9, 's');
  CHECK(opaque(key + sealed) == "encrypted");
  CHECK(opaque(key + key + "\xd2\xf0\x01"s + kFill) == "encrypted");
  CHECK(opaque("\xc3\x0d\x04\x09\x03\x08saltsalt\xff"s + sealed) == "encrypted");
  CHECK(opaque(sealed).empty());
  CHECK(opaque(key).empty());
  CHECK(opaque(with(key, 2, "\x04") + sealed).empty());
  CHECK(opaque(key + kFill).empty());
  CHECK(opaque("\xa3\x01\x01\x05\0\xfa\xff\xcb\x03tx\n"s) == "encrypted");
  CHECK(opaque("\xa3\x02\x78\x01\x01\x05\0\xfa\xff\xcbxxxx"s) == "encrypted");
  CHECK(opaque("\xa3\x03"
               "BZh91AY&SY"s) == "encrypted");
  CHECK(opaque("\xa3\x01" + kFill).empty());
  CHECK(opaque("\x99\x01\x0d\x04"s + kFill).empty());        // a public key
  CHECK(opaque("\x89\x01\x33\x04\0\x01"s + kFill).empty());  // a signature
}

TEST_CASE("file systems and disks, by the fields around their marks") {
  std::string fat = with(std::string(8192, '\0'), 0, "\xeb\x3c\x90MSDOS5.0");
  fat = with(with(fat, 11, little(512, 2) + little(1, 1) + little(1, 2) + "\2"), 21, "\xf8");
  fat = with(with(fat, 510, "\x55\xaa"), 512, "\xf8\xff\xff");
  CHECK(opaque(fat) == "fat");
  CHECK(opaque(with(fat, 512, "\xf0")).empty());
  CHECK(opaque(fat.substr(0, 512)).empty());  // a boot sector that a loader installs
  CHECK(opaque(with(with(fat, 3, "NTFS    "), 512, "\0"s)) == "ntfs");
  CHECK(opaque(with(with(fat, 3, "EXFAT   "), 512, "\0"s)) == "exfat");
  std::string disk = with(std::string(4096, '\0'), 510, "\x55\xaa");
  CHECK(opaque(disk).empty());
  disk = with(disk, 446, "\x80\0\0\0\x83\0\0\0"s + little(1, 4) + little(7, 4));
  CHECK(opaque(disk) == "disk-image");
  CHECK(opaque(with(disk, 446, "x")).empty());
  CHECK(opaque(with(disk, 454, little(9, 4))).empty());  // begins behind the file
  CHECK(opaque(with(disk, 514, "HdrS")).empty());        // a kernel
  const std::string node = "\x85\x19\x03\x20\x0c\0\0\0"s;
  const std::string sum = little(0xe41eb0b1, 4);
  CHECK(opaque(node + sum + kFill) == "jffs2");
  CHECK(opaque(node + "sums" + kFill).empty());
  CHECK(opaque(with(kFill, 16, "Compressed ROMFS")) == "cramfs");
  CHECK(opaque("XFSB"s + big(4096, 4) + kFill) == "xfs");
  CHECK(opaque("XFSB"s + big(4097, 4) + kFill).empty());
  CHECK(opaque(with(kFill, 1024, "\x10\x20\xf5\xf2")) == "f2fs");
  CHECK(opaque(with(kFill, 512, "LABELONE")) == "lvm");
  CHECK(opaque(kFill + "conectix" + std::string(504, '\0')) == "vhd");
  CHECK(opaque(kFill + "koly" + std::string(508, '\0')) == "dmg");
}

TEST_CASE("marks at the head that need nothing else") {
  for (const std::string& head :
       {"hsqs"s, "sqsh"s, "-rom1fs-"s, "UBI#\x01"s, "\x31\x18\x10\x06"s, "QFI\xfb"s,
        "vhdxfile"s, "KDMV"s, "COWD\x01\0\0\0"s, "LUKS\xba\xbe"s, "Salted__"s, "ITSF"s,
        "\x02\x21\x4c\x18"s, "\x89LZO\x00\r\n\x1a\n"s, "\xff\x06\0\0sNaPpY"s,
        "age-encryption.org/v1\n"s}) {
    CAPTURE(printable(head));
    CHECK_FALSE(opaque(head + kFill).empty());
    CHECK(opaque("x" + head + kFill).empty());
  }
}

}  // namespace
}  // namespace assay
