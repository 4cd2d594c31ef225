// A Windows program for tests, and the signing of it by osslsigncode.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/der.h"
#include "trust/pki_kit.h"

namespace assay::test {

inline void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xffU);
  }
}
inline std::uint64_t get(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

// Where things are in `program`.
inline constexpr std::size_t kPeHeader = 64;
inline constexpr std::size_t kPeOptional = kPeHeader + 24;
inline constexpr std::size_t kPeChecksum = kPeOptional + 64;
inline constexpr std::size_t kPeDirectory = kPeOptional + 144;  // of PE32+
inline constexpr std::size_t kPeSection = kPeOptional + 240;

/// A PE32+ image of one section that does nothing, with `overlay` behind it.
inline std::string program(std::string_view overlay = {}, std::uint64_t subsystem = 3) {
  constexpr std::size_t kHeaders = 512, kCode = 512;
  std::string bytes(kHeaders + kCode, '\0');
  bytes.replace(0, 2, "MZ");
  put(bytes, 60, kPeHeader, 4);
  bytes.replace(kPeHeader, 2, "PE");
  put(bytes, kPeHeader + 4, 0x8664, 2);
  put(bytes, kPeHeader + 6, 1, 2);     // sections
  put(bytes, kPeHeader + 20, 240, 2);  // optional header
  put(bytes, kPeHeader + 22, 0x22, 2);
  put(bytes, kPeOptional, 0x20b, 2);
  put(bytes, kPeOptional + 16, 0x1000, 4);  // entry
  put(bytes, kPeOptional + 32, 0x1000, 4);  // alignments
  put(bytes, kPeOptional + 36, 512, 4);
  put(bytes, kPeOptional + 56, 0x2000, 4);
  put(bytes, kPeOptional + 60, kHeaders, 4);
  put(bytes, kPeOptional + 68, subsystem, 2);
  put(bytes, kPeOptional + 108, 16, 4);  // directories
  bytes.replace(kPeSection, 5, ".text");
  put(bytes, kPeSection + 8, kCode, 4);
  put(bytes, kPeSection + 12, 0x1000, 4);
  put(bytes, kPeSection + 16, kCode, 4);
  put(bytes, kPeSection + 20, kHeaders, 4);
  bytes[kHeaders] = '\xc3';
  return bytes.append(overlay);
}

/// Where the certificate table is, and the program without it.
inline std::size_t table_at(std::string_view image) {
  return get(image, kPeDirectory, 4);
}
/// The message of the first entry.
inline std::string signature_in(std::string_view image) {
  std::string_view rest = image.substr(table_at(image) + 8);
  return std::string(take_der(rest, der::kSequence)->whole);
}
/// The image up to its table, and then a table of these entries' bytes.
inline std::string with_table(std::string_view image, std::string_view table) {
  const std::size_t at = table_at(image);
  std::string bytes(image.substr(0, at));
  put(bytes, kPeDirectory, at, 4);
  put(bytes, kPeDirectory + 4, table.size(), 4);
  return bytes.append(table);
}
/// WIN_CERTIFICATE around a message, filled up to eight bytes.
inline std::string entry(std::string_view message) {
  std::string bytes(8, '\0');
  bytes.append(message).resize((bytes.size() + 7) / 8 * 8);
  put(bytes, 0, bytes.size(), 4);
  put(bytes, 4, 0x200, 2);
  put(bytes, 6, 2, 2);
  return bytes;
}
/// The image with another message for its signature.
inline std::string with_signature(std::string_view image, std::string_view message) {
  return with_table(image, entry(message));
}

/// Signs with NAME.pem and NAME.key; more certificates and choices by `options`.
inline std::string signed_by(const Pki& pki, std::string_view file, const std::string& name,
                             const std::string& options = "-h sha256",
                             const std::string& suffix = ".exe") {
  pki.write("in" + suffix, file);
  const std::string command = "cd " + pki.folder().path() + " && rm -f out" + suffix +
                              " && osslsigncode sign -certs " + name + ".pem -key " + name +
                              ".key " + options + " -in in" + suffix + " -out out" + suffix;
  if (!run("sh -c '" + command + "'")) FAIL("osslsigncode: ", command);
  return pki.read("out" + suffix);
}

}  // namespace assay::test
