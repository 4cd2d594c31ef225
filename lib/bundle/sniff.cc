// What bytes are, by their first ones. Facts: file(1)'s magic, the formats' own
// specifications.

#include <algorithm>

#include "bundle/disk_image.h"
#include "bundle/elf_overlay.h"
#include "bundle/format.h"
#include "bundle/lzma_alone.h"
#include "bundle/msi_tables.h"
#include "bundle/payload.h"
#include "bundle/pe_overlay.h"
#include "bundle/tar_header.h"
#include "bundle/weak_magic.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  std::size_t at;
  std::string_view type;
  bool opaque;
};

// The first that fits wins.
constexpr Magic kMagics[] = {
    {"AI\x02"sv, 8, "appimage", true},
    {"\x7f"
     "ELF"sv,
     0, "elf", false},
    {"MZ"sv, 0, "pe", false},
    {"#!"sv, 0, "script", false},
    {"7z\xbc\xaf\x27\x1c"sv, 0, "7z", true},
    {"Rar!\x1a\x07"sv, 0, "rar", true},
    {"MSCF"sv, 0, "cab", true},
    {"ISc("sv, 0, "installshield", true},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, 0, "msi", true},
    {kMsiActions, 0, "msi-actions", false},
    {"\xed\xab\xee\xdb"sv, 0, "rpm", true},
    {"hsqs"sv, 0, "squashfs", true},
    {"sqsh"sv, 0, "squashfs", true},
    {"xar!"sv, 0, "xar", true},
    {"Cr24"sv, 0, "crx", true},       // a header, then a zip
    {"JM\x01\0"sv, 0, "jmod", true},  // the same
    {"\x04\x22\x4d\x18"sv, 0, "lz4", true},
    {"\x02\x21\x4c\x18"sv, 0, "lz4", true},
    {"LZIP\x01"sv, 0, "lzip", true},
    {"\x89LZO\x00\r\n\x1a\n"sv, 0, "lzop", true},
    {"LRZI"sv, 0, "lrzip", true},
    {"\x1f\xa0"sv, 0, "compress", true},
    {"MSWIM\0\0\0"sv, 0, "wim", true},
    {"WLPWM\0\0\0"sv, 0, "wim", true},
    {"**ACE**"sv, 7, "ace", true},
    {"ALZ\x01"sv, 0, "alz", true},
    {"EGGA\0\x01"sv, 0, "egg", true},
    {"\xca\xfe\xd0\x0d"sv, 0, "pack200", true},
    {"bvx-"sv, 0, "lzfse", true},
    {"bvx1"sv, 0, "lzfse", true},
    {"bvx2"sv, 0, "lzfse", true},
    {"bvxn"sv, 0, "lzfse", true},
    {"\xdc\xa7\xc4\xfd"sv, 20, "zoo", true},
    {"7kSt"sv, 0, "zpaq", true},
    {"zPQ"sv, 0, "zpaq", true},
    {"BZ3v1"sv, 0, "bzip3", true},
    {"RZIP\x02"sv, 0, "rzip", true},
    {"pbzx"sv, 0, "pbzx", true},
    {"\xff\x06\0\0sNaPpY"sv, 0, "snappy", true},
    {"\x24\xb5\x2f\xfd"sv, 0, "zstd-old", true},
    {"\x25\xb5\x2f\xfd"sv, 0, "zstd-old", true},
    {"\x26\xb5\x2f\xfd"sv, 0, "zstd-old", true},
    {"\x27\xb5\x2f\xfd"sv, 0, "zstd-old", true},
    {"SZDD\x88\xf0\x27\x33"sv, 0, "szdd", true},
    {"KWAJ\x88\xf0\x27\xd1"sv, 0, "szdd", true},
    {"ITSF"sv, 0, "chm", true},
    {"BSDIFF40"sv, 0, "bsdiff", true},
    {"CrAU\0\0\0\0"sv, 0, "crau", true},
    {"MAR1"sv, 0, "mar", true},
    {"QFI\xfb"sv, 0, "qcow2", true},
    {"vhdxfile"sv, 0, "vhdx", true},
    {"conectix"sv, 0, "vhd", true},
    {"KDMV"sv, 0, "vmdk", true},
    {"COWD\x01\0\0\0"sv, 0, "vmdk", true},
    {"<<< Oracle VM Virtual"sv, 0, "vdi", true},
    {"LUKS\xba\xbe"sv, 0, "luks", true},
    {"ANDROID!"sv, 0, "android-boot", true},
    {"\x3a\xff\x26\xed"sv, 0, "android-sparse", true},
    {"-rom1fs-"sv, 0, "romfs", true},
    {"UBI#\x01"sv, 0, "ubi", true},
    {"\x31\x18\x10\x06"sv, 0, "ubifs", true},
    {"DWARFS\x02"sv, 0, "dwarfs", true},
    {"NXSB"sv, 32, "apfs", true},
    {"age-encryption.org/"sv, 0, "encrypted", true},
    {"-----BEGIN AGE ENCRYPTED FILE"sv, 0, "encrypted", true},
    {"-----BEGIN PGP MESSAGE"sv, 0, "encrypted", true},
    {"Salted__"sv, 0, "encrypted", true},
    {"!<thin>\n"sv, 0, "ar-thin", true},
    {"\x89PNG\r\n\x1a\n"sv, 0, "image", false},
    {"\xff\xd8\xff"sv, 0, "image", false},
    {"GIF8"sv, 0, "image", false},
    {"%PDF-"sv, 0, "pdf", false},
    {"\0asm"sv, 0, "wasm", false},
    {"dex\n"sv, 0, "dex", false},
    {"\xfe\xed\xfa\xce"sv, 0, "macho", false},
    {"\xfe\xed\xfa\xcf"sv, 0, "macho", false},
    {"\xce\xfa\xed\xfe"sv, 0, "macho", false},
    {"\xcf\xfa\xed\xfe"sv, 0, "macho", false},
    {"\xef\xbb\xbf<?xml"sv, 0, "xml", false},
    {"<?xml"sv, 0, "xml", false},
};

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// What encoders write into an .lzma header by default; is_lzma_alone() sees the rest.
bool is_usual_lzma(std::string_view head) {
  if (head.size() < 13 || head[0] != '\x5d' || head[1] != 0 || head[2] != 0) return false;
  const std::string_view size = head.substr(5, 8);
  const bool unknown = size.find_first_not_of('\xff') == std::string_view::npos;
  return unknown || (size[5] == 0 && size[6] == 0 && size[7] == 0);
}

/// Magic number of CPython 3: a count around 3000, then CR LF.
bool is_pyc(std::string_view head) {
  return head.size() >= 16 && head[2] == '\r' && head[3] == '\n' && byte_at(head, 1) >= 0x0b &&
         byte_at(head, 1) <= 0x0f;
}

/// Text may be cut in the middle of a character: up to three bytes are forgiven.
bool is_text(std::string_view head) {
  const bool printable_only = std::ranges::all_of(head, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t' ||
           c == '\f' || c == '\x1b';
  });
  if (!printable_only) return false;
  for (std::size_t cut = 0; cut <= std::min<std::size_t>(3, head.size()); ++cut) {
    if (is_utf8(head.substr(0, head.size() - cut))) return true;
  }
  return false;
}

std::string_view type_of_text(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  const bool json =
      first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
  return json ? "json" : "text";
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Some programs pass over zero blocks before a tar's first header.
bool is_tar_behind_zeros(Bytes whole) {
  const std::size_t first = as_text(whole).find_first_not_of('\0');
  if (first == std::string_view::npos || first < kTarBlock) return false;
  return is_tar_header(whole.subspan(first / kTarBlock * kTarBlock));
}

Sniff sniff_deep(Bytes whole) {
  if (const auto type = disk_image_type(whole); !type.empty()) return {type, true};
  if (const auto type = weak_magic_type(whole); !type.empty()) return {type, true};
  if (is_tar_behind_zeros(whole)) return {"tar", true};
  if (is_lzma_alone(whole)) return {"lzma", true};
  return {};
}

/// An archive or installer behind the program; one that a program merely mentions
/// stands inside its sections and is not looked for there.
Sniff sniff_pe(Bytes whole) {
  const std::string_view overlay = as_text(pe_overlay(whole));
  // Behind a signature's end nobody checks what stands there.
  if (contains_payload(pe_certificate_slack(whole))) return {"pe-sfx", true};
  if (overlay.empty()) return {"pe", false};
  if (contains(overlay, "NullsoftInst") || contains(overlay, "Inno Setup Setup Data") ||
      contains(as_text(whole), "rDlPtS\xcd\xe6\xd7\x7b\x0b\x2a")) {
    return {"pe-installer", true};
  }
  constexpr std::string_view kArchives[] = {
      "7z\xbc\xaf\x27\x1c\x00\x04"sv, ";!@Install@!UTF-8!"sv, "Rar!\x1a\x07"sv,
      "MSCF\0\0\0\0"sv, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv};
  for (const std::string_view magic : kArchives) {
    if (contains(overlay, magic)) return {"pe-sfx", true};
  }
  if (contains_payload(pe_overlay(whole))) return {"pe-sfx", true};
  return {"pe", false};
}

}  // namespace

Sniff sniff(Bytes first) {
  const std::string_view head = as_text(first);
  for (const Magic& magic : kMagics) {
    if (head.size() >= magic.at && head.substr(magic.at).starts_with(magic.bytes)) {
      return {magic.type, magic.opaque};
    }
  }
  if (head.starts_with("\xca\xfe\xba\xbe") && head.size() >= 8) {
    // Java's version field is 45 or more; a fat Mach-O has few architectures.
    return {byte_at(head, 7) >= 45 ? "class" : "macho", false};
  }
  if (const auto type = weak_magic_type(first); !type.empty()) return {type, true};
  if (is_usual_lzma(head)) return {"lzma", true};
  if (is_pyc(head)) return {"pyc", false};
  if (!head.empty() && is_text(head)) return {type_of_text(head), false};
  return {};
}

Sniff sniff_content(Bytes whole) {
  constexpr std::size_t kHead = 512;
  const std::string_view text = as_text(whole);
  const Sniff by_head = sniff(whole.first(std::min(whole.size(), kHead)));
  if (by_head.opaque) return by_head;
  if (const Sniff deep = sniff_deep(whole); deep.opaque) return deep;
  if (by_head.type == "pe") return sniff_pe(whole);
  if (by_head.type == "elf" && begins_payload(elf_overlay(whole))) return {"elf-sfx", true};
  // A script has no NUL; one that has carries a payload.
  if (by_head.type == "script" && contains(text, "\0"sv)) return {"script-sfx", true};
  if (is_text_with_payload(whole)) return {"script-sfx", true};
  return by_head;
}

bool may_be_another_type(Bytes front) {
  // Where partitions end depends on what is not at hand.
  const bool bootable = as_text(front).substr(0, 512).ends_with("\x55\xaa");
  return bootable || sniff_deep(front).opaque;
}

}  // namespace assay
