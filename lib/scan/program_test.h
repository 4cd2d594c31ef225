// Programs made for tests: tables a loader reads, with no code that could run.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::test {

inline void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xffU);
  }
}

struct PeShape {
  std::vector<std::string> imports{};
  std::vector<std::string> exports{};
  std::uint32_t flags = 0x60000020;  ///< of its code: read, run
  std::uint32_t entry = 0x1000;
  std::uint16_t subsystem = 3;
  std::string section = ".text";
  std::string second{};  ///< the name of an empty section in front, if it shall have one
};

/// A PE32+ program whose one section holds imports and exports. What stands at offset X
/// behind 0x200 has the address 0x1000 + X.
inline std::string pe_program(const PeShape& shape) {
  std::string body(16, '\x90');
  const auto address = [&] { return 0x1000 + body.size(); };
  std::vector<std::uint64_t> names;
  for (const std::string& name : shape.imports) {
    names.push_back(address());
    body += std::string(2, '\0') + name + '\0';
  }
  const std::uint64_t library = address();
  body += std::string("KERNEL32.dll") + '\0';
  body.resize((body.size() + 7) / 8 * 8);
  const std::uint64_t thunks = address();
  body.resize(body.size() + 8 * (names.size() + 1));
  for (std::size_t i = 0; i < names.size(); ++i)
    put(body, thunks - 0x1000 + 8 * i, names[i], 8);
  const std::uint64_t table = address();
  body.resize(body.size() + 40);
  put(body, table - 0x1000, thunks, 4);
  put(body, table - 0x1000 + 12, library, 4);
  put(body, table - 0x1000 + 16, thunks, 4);
  std::uint64_t exports = 0;
  if (!shape.exports.empty()) {
    std::vector<std::uint64_t> places;
    for (const std::string& name : shape.exports) {
      places.push_back(address());
      body += name + '\0';
    }
    body.resize((body.size() + 7) / 8 * 8);
    const std::uint64_t list = address();
    body.resize(body.size() + 4 * places.size());
    for (std::size_t i = 0; i < places.size(); ++i)
      put(body, list - 0x1000 + 4 * i, places[i], 4);
    exports = address();
    body.resize(body.size() + 40);
    put(body, exports - 0x1000 + 24, places.size(), 4);
    put(body, exports - 0x1000 + 32, list, 4);
  }
  body.resize((body.size() + 0x1ff) / 0x200 * 0x200);

  std::string bytes(0x200, '\0');
  bytes.replace(0, 2, "MZ");
  put(bytes, 60, 0x40, 4);
  bytes.replace(0x40, 2, "PE");
  put(bytes, 0x44, 0x8664, 2);
  put(bytes, 0x46, shape.second.empty() ? 1 : 2, 2);
  put(bytes, 0x54, 240, 2);
  put(bytes, 0x56, 0x22, 2);
  put(bytes, 0x58, 0x20b, 2);
  put(bytes, 0x58 + 16, shape.entry, 4);
  put(bytes, 0x58 + 68, shape.subsystem, 2);
  put(bytes, 0x58 + 108, 16, 4);
  put(bytes, 0x58 + 112, exports, 4);
  put(bytes, 0x58 + 116, exports == 0 ? 0 : 40, 4);
  put(bytes, 0x58 + 120, table, 4);
  put(bytes, 0x58 + 124, 40, 4);
  std::size_t row = 0x148;
  const auto add_section = [&](const std::string& name, std::uint64_t at, std::uint64_t size,
                               std::uint64_t file_size) {
    bytes.replace(row, name.size(), name);
    put(bytes, row + 8, size, 4);
    put(bytes, row + 12, at, 4);
    put(bytes, row + 16, file_size, 4);
    put(bytes, row + 20, file_size == 0 ? 0 : 0x200, 4);
    put(bytes, row + 36, shape.flags, 4);
    row += 40;
  };
  if (!shape.second.empty()) add_section(shape.second, 0x100000, 0x8000, 0);
  add_section(shape.section, 0x1000, body.size(), body.size());
  return bytes + body;
}

struct ElfShape {
  std::vector<std::string> defines{};
  std::vector<std::string> needs{};
  std::string text{};  ///< what else it holds
  bool program = false;
};

/// A 64-bit shared object with dynamic symbols and no sections.
inline std::string elf_library(const ElfShape& shape) {
  std::string strings(1, '\0'), symbols(24, '\0');
  const auto add = [&](const std::string& name, unsigned section) {
    std::string symbol(24, '\0');
    put(symbol, 0, strings.size(), 4);
    symbol[4] = '\x12';  // global function
    put(symbol, 6, section, 2);
    symbols += symbol;
    strings += name + '\0';
  };
  for (const std::string& name : shape.needs) add(name, 0);
  for (const std::string& name : shape.defines) add(name, 1);
  constexpr std::uint64_t kSymbols = 0x200;
  std::string bytes(kSymbols, '\0');
  bytes.replace(0, 6, std::string("\x7f") + "ELF\x02\x01");
  put(bytes, 16, 3, 2);
  put(bytes, 18, 62, 2);
  put(bytes, 32, 64, 8);
  put(bytes, 54, 56, 2);
  put(bytes, 56, shape.program ? 3 : 2, 2);
  const std::uint64_t size = kSymbols + symbols.size() + strings.size() + shape.text.size();
  const auto segment = [&](std::size_t at, std::uint64_t type, std::uint64_t offset,
                           std::uint64_t length) {
    put(bytes, at, type, 4);
    put(bytes, at + 8, offset, 8);
    put(bytes, at + 16, offset, 8);
    put(bytes, at + 32, length, 8);
    put(bytes, at + 40, length, 8);
  };
  segment(64, 1, 0, size);
  segment(120, 2, 0x100, 64);
  if (shape.program) segment(176, 3, 0, 1);
  const std::uint64_t rows[] = {
      5, kSymbols + symbols.size(), 6, kSymbols, 10, strings.size(), 0, 0};
  for (std::size_t i = 0; i < 8; ++i) put(bytes, 0x100 + 8 * i, rows[i], 8);
  return bytes + symbols + strings + shape.text;
}

/// A relocatable object with symbols, as a kernel module is one; `info` is its .modinfo.
inline std::string kernel_object(const std::vector<std::string>& needs, const std::string& info,
                                 const std::string& text = {}) {
  std::string strings(1, '\0'), symbols(24, '\0');
  for (const std::string& name : needs) {
    std::string symbol(24, '\0');
    put(symbol, 0, strings.size(), 4);
    symbol[4] = '\x10';
    symbols += symbol;
    strings += name + '\0';
  }
  const std::string names = std::string("\0.modinfo\0.symtab\0.strtab\0.shstrtab\0", 36);
  std::string bytes(64, '\0');
  bytes.replace(0, 6, std::string("\x7f") + "ELF\x02\x01");
  put(bytes, 16, 1, 2);
  put(bytes, 18, 62, 2);
  std::string table(64, '\0');
  const auto section = [&](std::uint64_t name, std::uint64_t type, const std::string& content,
                           std::uint64_t link) {
    std::string row(64, '\0');
    put(row, 0, name, 4);
    put(row, 4, type, 4);
    put(row, 24, bytes.size(), 8);
    put(row, 32, content.size(), 8);
    put(row, 40, link, 4);
    table += row;
    bytes += content;
  };
  section(1, 1, info, 0);
  section(10, 2, symbols, 3);
  section(18, 3, strings, 0);
  section(26, 3, names, 0);
  bytes += text;
  put(bytes, 40, bytes.size(), 8);
  put(bytes, 58, 64, 2);
  put(bytes, 60, 5, 2);
  put(bytes, 62, 4, 2);
  return bytes + table;
}

struct BpfProgram {
  std::string section{};  ///< "tp/syscalls/sys_exit_read"
  std::string code{};
};

/// An object for the kernel's BPF machine, with a section for each program.
inline std::string bpf_object(const std::vector<BpfProgram>& programs) {
  std::string names(1, '\0'), table(64, '\0'), bytes(64, '\0');
  const auto section = [&](const std::string& name, unsigned type, const std::string& content) {
    std::string row(64, '\0');
    put(row, 0, names.size(), 4);
    put(row, 4, type, 4);
    put(row, 8, type == 1 ? 6 : 0, 8);
    put(row, 24, bytes.size(), 8);
    names += name + '\0';
    put(row, 32, type == 3 ? names.size() : content.size(), 8);
    table += row;
    bytes += type == 3 ? names : content;
  };
  bytes.replace(0, 6, std::string("\x7f") + "ELF\x02\x01");
  put(bytes, 16, 1, 2);
  put(bytes, 18, 247, 2);
  for (const BpfProgram& program : programs) section(program.section, 1, program.code);
  section(".shstrtab", 3, {});
  put(bytes, 40, bytes.size(), 8);
  put(bytes, 58, 64, 2);
  put(bytes, 60, programs.size() + 2, 2);
  put(bytes, 62, programs.size() + 1, 2);
  return bytes + table;
}

}  // namespace assay::test
