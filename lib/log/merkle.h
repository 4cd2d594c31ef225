// The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes of entries and
// nodes, and the two proofs. Nothing here reads a file.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace assay::log {

using Hash = std::array<std::byte, 32>;

/// SHA-256 of 0x00 and the entry.
Hash leaf_hash(Bytes entry);
/// SHA-256 of 0x01 and both children.
Hash node_hash(const Hash& left, const Hash& right);
/// The root of a tree without entries: SHA-256 of nothing.
Hash empty_root();

/// A tree is at most 2^63 entries deep, and so is every proof.
inline constexpr std::size_t kMaxProof = 63;
using Proof = std::vector<Hash>;

/// RFC 9162 section 2.1.3.2: entry `index` of hash `leaf` stands in the tree of `size`
/// entries with `root`.
[[nodiscard]] bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                    const Proof& proof, const Hash& root);

/// RFC 9162 section 2.1.4.2: the tree of `size` entries begins with that of `old_size`.
/// The empty tree begins every tree, by an empty proof.
[[nodiscard]] bool verify_consistency(std::uint64_t old_size, std::uint64_t size,
                                      const Hash& old_root, const Hash& root,
                                      const Proof& proof);

/// The hash of the complete subtree over entries [n * 2^level, (n + 1) * 2^level).
using Subtree = std::function<Result<Hash>(unsigned level, std::uint64_t n)>;

/// Edge: the complete subtrees a tree is made of, from the left; all it takes to append.
class Edge {
 public:
  /// Of the empty tree.
  Edge() = default;
  static Result<Edge> of(std::uint64_t size, const Subtree& subtree);

  void push(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  Hash root() const;

 private:
  std::vector<Hash> hashes_{};  ///< each of more entries than the one after it
  std::uint64_t size_ = 0;
};

/// Of the tree of the first `size` entries; O(log size) subtrees are asked for.
Result<Hash> root_of(std::uint64_t size, const Subtree& subtree);
/// `index` must be below `size`.
Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const Subtree& subtree);
/// `old_size` must not be above `size`.
Result<Proof> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                const Subtree& subtree);

}  // namespace assay::log
