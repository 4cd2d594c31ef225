// Files the program carries: the shipped policies and rules. They are stored
// nibble-swapped (each byte's two hex digits exchanged), so that a scanner,
// ours included, does not find a rule's strings in our own binary.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay {

struct EmbeddedFile {
  std::string_view name;  ///< "miner.yar"
  std::span<const unsigned char> swapped;
};

/// Made by CMakeLists.txt from policies/*.toml and policies/rules/*.
std::span<const EmbeddedFile> embedded_policies();
std::span<const EmbeddedFile> embedded_rules();

/// Made by cmd/prepare_searches.cc of embedded_rules(), for RuleSet::compile().
std::span<const unsigned char> embedded_searches();

/// The file's bytes as they stand in the source tree.
std::string unswap(std::span<const unsigned char> swapped);

}  // namespace assay
