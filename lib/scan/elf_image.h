// ElfImage: what a loader or linker reads of an ELF file (System V ABI, chapters 4 and 5):
// segments, sections, symbols. What a field says outside the file is not there.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace assay {

struct ElfSection {
  std::string_view name{};
  std::uint32_t type = 0;
  std::uint32_t link = 0;
  std::uint64_t flags = 0;
  std::uint64_t offset = 0;
  Bytes content{};  ///< empty for one that takes no room
};

struct ElfSegment {
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t address = 0;
  std::uint64_t offset = 0;
  std::uint64_t file_size = 0;
  std::uint64_t memory_size = 0;
};

struct ElfSymbol {
  std::string_view name{};
  bool is_defined = false;
  bool is_function = false;
};

class ElfImage {
 public:
  enum Type : unsigned { relocatable = 1, executable = 2, shared = 3 };
  static constexpr unsigned kBpf = 247;  ///< EM_BPF

  /// Nothing for what is no ELF file.
  static std::optional<ElfImage> read(Bytes whole);

  unsigned type() const { return type_; }
  unsigned machine() const { return machine_; }
  std::uint64_t entry() const { return entry_; }
  const std::vector<ElfSection>& sections() const { return sections_; }
  /// True if it says it has sections, wherever they are.
  bool claims_sections() const { return claims_sections_; }
  const std::vector<ElfSegment>& segments() const { return segments_; }
  /// The first of that name, or null.
  const ElfSection* section(std::string_view name) const;
  /// True if it names the loader that starts it.
  bool has_interpreter() const;
  bool is_big() const { return big_; }

  using Seen = std::function<void(const ElfSymbol&)>;
  /// Symbols as the loader sees them, by the dynamic segment: the sections may lie.
  void dynamic_symbols(const Seen& seen) const;
  /// Symbols of every symbol table among the sections, for the linker (and the kernel).
  void linked_symbols(const Seen& seen) const;

 private:
  ElfImage() = default;
  std::uint64_t number(Bytes bytes, std::uint64_t at, std::size_t size) const;
  void read_segments();
  void read_sections();
  void symbols(Bytes table, Bytes strings, const Seen& seen) const;
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const;
  std::uint64_t symbols_hashed(std::uint64_t old_hash, std::uint64_t gnu_hash) const;
  std::uint64_t symbols_between(std::uint64_t table, std::uint64_t strings) const;

  Bytes whole_{};
  bool wide_ = false, big_ = false, claims_sections_ = false;
  unsigned type_ = 0, machine_ = 0;
  std::uint64_t entry_ = 0;
  std::vector<ElfSection> sections_{};
  std::vector<ElfSegment> segments_{};
};

}  // namespace assay
