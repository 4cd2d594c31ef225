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

}  // namespace
}  // namespace assay
