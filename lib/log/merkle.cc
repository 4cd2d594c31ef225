#include "log/merkle.h"

#include <algorithm>
#include <bit>

#include "crypto/digest.h"

namespace assay::log {
namespace {

Hash hash(std::byte prefix, Bytes first, Bytes second = {}) {
  thread_local Hasher hasher(HashAlgorithm::sha256);
  hasher.update({&prefix, 1});
  hasher.update(first);
  hasher.update(second);
  Hash value{};
  std::ranges::copy(hasher.finish(), value.begin());
  return value;
}

/// The largest power of two below `size`, which is at least 2.
std::uint64_t split(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

/// The hash over [low, high), where `low` is a multiple of the range's width rounded up to
/// a power of two, as every range is that the walks below come to.
Result<Hash> range(std::uint64_t low, std::uint64_t high, const Subtree& subtree) {
  // From the left, complete subtrees grow smaller; folded from the right.
  std::vector<Hash> parts;
  while (low < high) {
    const std::uint64_t width = std::bit_floor(high - low);
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    parts.push_back(TRY(subtree(level, low >> level)));
    low += width;
  }
  if (parts.empty()) return empty_root();
  Hash root = parts.back();
  for (auto part = parts.rbegin() + 1; part != parts.rend(); ++part) {
    root = node_hash(*part, root);
  }
  return root;
}

/// One step of a proof's walk from a node up to the root.
void climb(std::uint64_t& node, std::uint64_t& last) {
  node >>= 1U;
  last >>= 1U;
}

/// The node is its parent's right child, or stands alone at the right edge.
bool is_right(std::uint64_t node, std::uint64_t last) {
  return (node & 1U) != 0 || node == last;
}

/// Past the levels on which the node at the right edge has no sibling.
void skip_lonely(std::uint64_t& node, std::uint64_t& last) {
  while ((node & 1U) == 0 && node != 0) climb(node, last);
}

}  // namespace

Hash leaf_hash(Bytes entry) {
  return hash(std::byte{0}, entry);
}

Hash node_hash(const Hash& left, const Hash& right) {
  return hash(std::byte{1}, left, right);
}

Hash empty_root() {
  Hash value{};
  std::ranges::copy(digest(HashAlgorithm::sha256, {}), value.begin());
  return value;
}

bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                      const Proof& proof, const Hash& root) {
  if (index >= size || proof.size() > kMaxProof) return false;
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Hash value = leaf;
  for (const Hash& sibling : proof) {
    if (last == 0) return false;
    if (is_right(node, last)) {
      value = node_hash(sibling, value);
      skip_lonely(node, last);
    } else {
      value = node_hash(value, sibling);
    }
    climb(node, last);
  }
  return last == 0 && value == root;
}

bool verify_consistency(std::uint64_t old_size, std::uint64_t size, const Hash& old_root,
                        const Hash& root, const Proof& proof) {
  if (old_size > size || proof.size() > kMaxProof) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty() && old_root == empty_root();
  // The old root of a complete tree is its own first hash, and is not sent.
  const bool complete = std::has_single_bit(old_size);
  if (!complete && proof.empty()) return false;
  std::uint64_t node = old_size - 1;
  std::uint64_t last = size - 1;
  while ((node & 1U) != 0) climb(node, last);
  Hash old_value = complete ? old_root : proof.front();
  Hash value = old_value;
  for (std::size_t i = complete ? 0 : 1; i < proof.size(); ++i) {
    if (last == 0) return false;
    if (is_right(node, last)) {
      old_value = node_hash(proof[i], old_value);
      value = node_hash(proof[i], value);
      skip_lonely(node, last);
    } else {
      value = node_hash(value, proof[i]);
    }
    climb(node, last);
  }
  return last == 0 && old_value == old_root && value == root;
}

Result<Edge> Edge::of(std::uint64_t size, const Subtree& subtree) {
  Edge edge;
  edge.size_ = size;
  std::uint64_t first = 0;
  for (unsigned level = 63; level < 64; --level) {
    if ((size >> level & 1U) == 0) continue;
    edge.hashes_.push_back(TRY(subtree(level, first >> level)));
    first += std::uint64_t{1} << level;
  }
  return edge;
}

void Edge::push(const Hash& leaf) {
  hashes_.push_back(leaf);
  ++size_;
  for (int i = std::countr_zero(size_); i > 0; --i) {
    const Hash right = hashes_.back();
    hashes_.pop_back();
    hashes_.back() = node_hash(hashes_.back(), right);
  }
}

Hash Edge::root() const {
  if (hashes_.empty()) return empty_root();
  Hash root = hashes_.back();
  for (auto part = hashes_.rbegin() + 1; part != hashes_.rend(); ++part) {
    root = node_hash(*part, root);
  }
  return root;
}

Result<Hash> root_of(std::uint64_t size, const Subtree& subtree) {
  return range(0, size, subtree);
}

Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const Subtree& subtree) {
  Proof proof;
  std::uint64_t low = 0;
  std::uint64_t high = size;
  while (high - low > 1) {
    const std::uint64_t middle = low + split(high - low);
    const bool left = index < middle;
    proof.push_back(TRY(left ? range(middle, high, subtree) : range(low, middle, subtree)));
    (left ? high : low) = middle;
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<Proof> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                const Subtree& subtree) {
  Proof proof;
  if (old_size == 0) return proof;
  std::uint64_t low = 0;
  std::uint64_t high = size;
  bool whole = true;  // the old tree is [0, old_size) as far as we have come
  while (old_size != high) {
    const std::uint64_t middle = low + split(high - low);
    const bool left = old_size <= middle;
    proof.push_back(TRY(left ? range(middle, high, subtree) : range(low, middle, subtree)));
    whole = whole && left;
    (left ? high : low) = middle;
  }
  if (!whole) proof.push_back(TRY(range(low, high, subtree)));
  std::ranges::reverse(proof);
  return proof;
}

}  // namespace assay::log
