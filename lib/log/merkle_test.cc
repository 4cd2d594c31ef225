#include "log/merkle.h"

#include <doctest/doctest.h>

#include "log/vectors.h"

namespace assay::log {
namespace {

std::string starts(const Proof& proof) {
  std::string text;
  for (const Hash& hash : proof) text += to_hex(hash).substr(0, 8) + " ";
  return text;
}

TEST_CASE("roots are those of Go's tlog") {
  const char* const kRoots[] = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "1621ce7da8b254a4a5258c908c7003736cfc346f2482abe60a60651fbc116791",
      "fe1fb6b3d8e74bee2eed1c87c6474cc42eb38a1caa85c9aefd8a3c3501313925",
      "26e7a908b11e0e0b5ac9dcb53010014cb5ef4af3976d5ea3595d48a4c0fb718b",
      "9ef6987a7ef6d9bca6dd0c9f1ee0889e790e7c9ac5866fa83565730adae432c4",
      "c8f140d27555a782a7e6ee34b1625648c1a920efc819b079bd21ca2dda6884ee",
      "84a9b26a2ed31ee77861e3b1d5dc8a82a525674ebfed2ff4d7a653f9693a906e",
      "60a4326cbc2c2f9045af7780e6a4bb4a995634b38a0a02829c17b093962ca9f9"};
  for (std::size_t size = 0; size < std::size(kRoots); ++size) {
    CHECK(to_hex(root_over(numbered(size))) == kRoots[size]);
  }
  CHECK(to_hex(root_over(numbered(700))) ==
        "ae5967334a265e476bf3619c1b94f327e1f55aaa65e42490e121b1d8084588ab");
}

TEST_CASE("proofs are those of Go's tlog") {
  const Subtree tree = subtrees_over(numbered(7));
  CHECK(starts(prove_inclusion(3, 7, tree).take()) == "3dc05270 fe1fb6b3 4c11bf6a ");
  CHECK(starts(prove_inclusion(6, 7, tree).take()) == "0bf9563b 9ef6987a ");
  CHECK(starts(prove_consistency(3, 7, tree).take()) == "3dc05270 a77314db fe1fb6b3 4c11bf6a ");
  CHECK(starts(prove_consistency(4, 7, tree).take()) == "4c11bf6a ");
  CHECK(starts(prove_consistency(6, 7, tree).take()) == "0bf9563b fa5b1ee7 9ef6987a ");
  CHECK(prove_consistency(7, 7, tree).take().empty());
  CHECK(prove_consistency(0, 7, tree).take().empty());
}

/// A proof with a hash dropped, doubled, changed, or one too many.
std::vector<Proof> spoiled(const Proof& proof) {
  std::vector<Proof> all;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    all.push_back(proof);
    all.back()[i][31] ^= std::byte{1};
    all.push_back(proof);
    all.back().erase(all.back().begin() + static_cast<std::ptrdiff_t>(i));
    all.push_back(proof);
    all.back().insert(all.back().begin() + static_cast<std::ptrdiff_t>(i), proof[i]);
  }
  all.push_back(proof);
  all.back().push_back(Hash{});
  return all;
}

TEST_CASE("every entry of every small tree is proven, and nothing else") {
  std::vector<Hash> roots;
  for (std::uint64_t size = 0; size <= 70; ++size) roots.push_back(root_over(numbered(size)));
  std::size_t wrong = 0;
  for (std::uint64_t size = 1; size <= 70; ++size) {
    const auto entries = numbered(size + 1);
    const Subtree tree = subtrees_over(numbered(size));
    for (std::uint64_t index = 0; index < size; ++index) {
      const Proof proof = prove_inclusion(index, size, tree).take();
      const Hash leaf = leaf_hash(as_bytes(entries[index]));
      wrong += verify_inclusion(index, size, leaf, proof, roots[size]) ? 0U : 1U;
      for (const Proof& bad : spoiled(proof)) {
        wrong += verify_inclusion(index, size, leaf, bad, roots[size]) ? 1U : 0U;
      }
      wrong += verify_inclusion(index, size, leaf, proof, roots[size - 1]) ? 1U : 0U;
      const Hash other = leaf_hash(as_bytes(entries[index + 1]));
      wrong += verify_inclusion(index, size, other, proof, roots[size]) ? 1U : 0U;
      for (std::uint64_t elsewhere = 0; elsewhere <= size; ++elsewhere) {
        if (elsewhere == index) continue;
        wrong += verify_inclusion(elsewhere, size, leaf, proof, roots[size]) ? 1U : 0U;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("every small tree is proven to begin every larger one, and no other does") {
  std::vector<Hash> roots;
  for (std::uint64_t size = 0; size <= 70; ++size) roots.push_back(root_over(numbered(size)));
  Hash strange = roots[5];
  strange[0] ^= std::byte{0x80};
  std::size_t wrong = 0;
  for (std::uint64_t size = 0; size <= 70; ++size) {
    const Subtree tree = subtrees_over(numbered(size));
    for (std::uint64_t old = 0; old <= size; ++old) {
      const Proof proof = prove_consistency(old, size, tree).take();
      const auto holds = [&](std::uint64_t m, const Hash& from, const Hash& to,
                             const Proof& by) {
        return verify_consistency(m, size, from, to, by);
      };
      wrong += holds(old, roots[old], roots[size], proof) ? 0U : 1U;
      wrong += holds(old, strange, roots[size], proof) ? 1U : 0U;
      if (old > 0) wrong += holds(old, roots[old], strange, proof) ? 1U : 0U;
      for (const Proof& bad : spoiled(proof)) {
        wrong += holds(old, roots[old], roots[size], bad) ? 1U : 0U;
      }
      if (old > 1) wrong += holds(old - 1, roots[old], roots[size], proof) ? 1U : 0U;
    }
    wrong += verify_consistency(size + 1, size, roots[size], roots[size], {}) ? 1U : 0U;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a proof longer than any tree is deep is refused") {
  const Proof endless(kMaxProof + 1);
  CHECK_FALSE(verify_inclusion(0, ~std::uint64_t{0}, Hash{}, endless, Hash{}));
  CHECK_FALSE(verify_consistency(1, ~std::uint64_t{0}, Hash{}, Hash{}, endless));
}

}  // namespace
}  // namespace assay::log
