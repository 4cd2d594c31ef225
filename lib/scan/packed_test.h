// Programs as UPX packs them, less the loader: nothing in them could run.

#pragma once

#include <string>

#include "bundle/testing.h"
#include "scan/program_test.h"

namespace assay::test {

inline std::string lzma_block(const std::string& plain) {
  return "\x02\x03" + testing::packed_by("xz --format=raw --lzma1=lc=3,lp=0,pb=2 -c in >out",
                                         {{"in", plain}});
}

inline std::string le(std::uint64_t value) {
  std::string bytes(4, '\0');
  put(bytes, 0, value, 4);
  return bytes;
}

/// An ELF header, two program headers, the mark, and one block.
inline std::string packed_elf(const std::string& plain, const std::string& block, char method,
                              const std::string& mark = "UPX!") {
  std::string bytes(64 + 2 * 56, '\0');
  bytes.replace(0, 6, std::string("\x7f") + "ELF\x02\x01");
  bytes[16] = 2;
  bytes[18] = 62;
  put(bytes, 32, 64, 8);
  put(bytes, 54, 56, 2);
  put(bytes, 56, 2, 2);
  put(bytes, 64, 1, 4);
  put(bytes, 120, 1, 4);
  bytes += std::string(4, '\0') + mark + std::string(16, '\0');
  bytes += le(plain.size()) + le(block.size()) + std::string(1, method) + std::string(3, '\0');
  return bytes + block + le(0) + "UPX!" + le(0);
}

inline std::string packed_pe(const std::string& plain, const std::string& block, char method) {
  std::string bytes = pe_program(
      {.imports = {"LoadLibraryA"}, .flags = 0xe0000020, .section = "UPX1", .second = "UPX0"});
  std::string header = "UPX!" + std::string(28, '\0');
  header[6] = method;
  put(header, 16, plain.size(), 4);
  put(header, 20, block.size(), 4);
  return bytes.substr(0, 0x200) + header + block;
}

}  // namespace assay::test
