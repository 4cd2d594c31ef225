// What the tests of this room share: the log of five entries that Go's sumdb
// made, in testdata/log, and trees in memory.

#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "log/tile.h"

namespace assay::log {

inline std::string vector_file(const std::string& name) {
  return read_file(ASSAY_SOURCE_DIR "/testdata/log/" + name).take();
}

inline constexpr const char* kLogVkey =
    "verdicts.example.org/log1+10c4508b+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
inline constexpr const char* kWitnessVkey =
    "witness.example.net/w1+669be294+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";

/// "entry 0\n", "entry 1\n", ...
inline std::vector<std::string> numbered(std::uint64_t count) {
  std::vector<std::string> entries;
  for (std::uint64_t i = 0; i < count; ++i) {
    entries.push_back("entry " + std::to_string(i) + "\n");
  }
  return entries;
}

inline Hash from_hex_hash(const std::string& hex) {
  Hash hash{};
  const auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != hash.size()) throw std::runtime_error("no hash: " + hex);
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

/// Subtrees straight from the leaves, by the definition.
inline Subtree subtrees_over(const std::vector<std::string>& entries) {
  std::vector<Hash> leaves;
  for (const std::string& entry : entries) leaves.push_back(leaf_hash(as_bytes(entry)));
  return [leaves](unsigned level, std::uint64_t n) -> Result<Hash> {
    const auto first = leaves.begin() + static_cast<std::ptrdiff_t>(n << level);
    return fold({first, first + (std::ptrdiff_t{1} << level)});
  };
}

inline Hash root_over(const std::vector<std::string>& entries) {
  return root_of(entries.size(), subtrees_over(entries)).take();
}

}  // namespace assay::log
