// PeImage: what the loader of Windows reads of a program (PE/COFF specification, revision
// 11): sections, where it starts, imports, exports. What lies outside the file is not there.

#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace assay {

struct PeSection {
  std::string_view name{};
  std::uint32_t address = 0;  ///< relative to the image, as all addresses here
  std::uint32_t memory_size = 0;
  std::uint32_t offset = 0;
  std::uint32_t file_size = 0;
  std::uint32_t flags = 0;

  bool is_executable() const { return (flags & 0x20000000U) != 0; }
  bool is_writable() const { return (flags & 0x80000000U) != 0; }
  bool is_code() const { return (flags & 0x20U) != 0; }
  bool holds(std::uint32_t where) const {
    return where >= address && where - address < std::max(memory_size, file_size);
  }
};

class PeImage {
 public:
  /// Nothing for what is no program of Windows.
  static std::optional<PeImage> read(Bytes whole);

  std::uint64_t header() const { return header_; }  ///< where "PE\0\0" stands
  std::uint32_t entry() const { return entry_; }
  unsigned subsystem() const { return subsystem_; }
  bool is_library() const { return (flags_ & 0x2000U) != 0; }
  const std::vector<PeSection>& sections() const { return sections_; }
  bool has_directory(std::size_t number) const { return directory(number).size != 0; }
  static constexpr std::size_t kManaged = 14;

  using Seen = std::function<void(std::string_view)>;
  /// The name of each function it imports, at load or when first called. Fails as
  /// `undecided` when there are more than any program has.
  Result<void> imports(const Seen& seen) const;
  void exports(const Seen& seen) const;

  static constexpr std::size_t kImportsMax = 100'000;

 private:
  struct Directory {
    std::uint32_t address = 0, size = 0;
  };

  PeImage() = default;
  std::uint32_t number(std::uint64_t at, std::size_t size) const;
  Directory directory(std::size_t number) const;
  std::uint64_t offset_of(std::uint32_t address) const;
  std::string_view text_at(std::uint32_t address) const;
  Result<void> import_table(std::size_t table, const Seen& seen, std::size_t& budget) const;
  Result<void> thunks(std::uint32_t address, const Seen& seen, std::size_t& budget) const;

  Bytes whole_{};
  std::uint64_t header_ = 0, optional_ = 0, optional_size_ = 0;
  bool wide_ = false;
  unsigned subsystem_ = 0, flags_ = 0;
  std::uint32_t entry_ = 0;
  std::vector<PeSection> sections_{};
};

}  // namespace assay
