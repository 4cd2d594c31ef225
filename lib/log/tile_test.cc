#include "log/tile.h"

#include <doctest/doctest.h>

#include <map>

#include "crypto/digest.h"
#include "log/vectors.h"

namespace assay::log {
namespace {

TEST_CASE("a tile has one path") {
  const std::pair<Tile, const char*> kPaths[] = {
      {{.level = 0, .index = 5}, "tile/0/005"},
      {{.level = 0, .index = 1067, .width = 5}, "tile/0/x001/067.p/5"},
      {{.level = Tile::kEntries, .index = 1234067}, "tile/entries/x001/x234/067"},
      {{.level = 2, .index = 0, .width = 255}, "tile/2/000.p/255"}};
  for (const auto& [tile, path] : kPaths) {
    CHECK(tile_path(tile) == path);
    CHECK(parse_tile_path(path) == tile);
  }
  CHECK(partial_folder({.level = 0, .index = 273, .width = 112}) == "tile/0/273.p");
  for (const char* const bad : {"",
                                "tile",
                                "tile/0",
                                "tile/0/",
                                "tile/0/5",
                                "tile/0/0005",
                                "tile/0/x000/005",
                                "tile/8/000",
                                "tile/00/000",
                                "tile/data/000",
                                "tile/0/000.p/0",
                                "tile/0/000.p/256",
                                "tile/0/000.p/05",
                                "tile/0/000.p",
                                "tile/0/000.p/5/1",
                                "tile/0/x001",
                                "tile/0/../000",
                                "tile/0/000/",
                                "/tile/0/000",
                                "tile/0/-01",
                                "tile/0/000.p/5.tmp"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_tile_path(bad));
  }
}

TEST_CASE("widths follow from the size") {
  CHECK(tile_of(0, 69'999, 70'000) == Tile{.level = 0, .index = 273, .width = 112});
  CHECK(tile_of(1, 272, 70'000) == Tile{.level = 1, .index = 1, .width = 17});
  CHECK(tile_of(2, 0, 70'000) == Tile{.level = 2, .index = 0, .width = 1});
  CHECK(hashes_at(3, 70'000) == 0);
  CHECK(tile_of(Tile::kEntries, 255, 256).width == kTileWidth);
}

TEST_CASE("the files of five entries are those that Go wrote") {
  auto entries = numbered(5);
  entries[3] = vector_file("verdict.dsse.json");
  std::string bundle;
  std::vector<Hash> leaves;
  for (const std::string& entry : entries) {
    bundle += frame(entry);
    leaves.push_back(leaf_hash(as_bytes(entry)));
  }
  CHECK(sha256_hex(as_bytes(bundle)) ==
        "1c2de77d2daa730ac419214596f8c2eb36c01076035f0cb8113595b43c6f6085");
  CHECK(sha256_hex(as_bytes(format_hashes(leaves))) ==
        "9b8117b0966940bdd950fb47ff76034e192af2ad70adf629c0f65141d117031a");
  CHECK(parse_entries(bundle).take() == entries);
  CHECK(parse_hashes(format_hashes(leaves)).take() == leaves);
}

TEST_CASE("frames and tiles that do not fit are damage") {
  const std::string bundle = frame("one") + frame("") + frame(std::string(300, 'x'));
  CHECK(parse_entries(bundle).take().size() == 3);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{4}, bundle.size() - 1}) {
    const auto entries = parse_entries(std::string_view(bundle).substr(0, cut));
    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == "log-damaged");
  }
  std::string many;
  for (int i = 0; i < 257; ++i) many += frame("x");
  CHECK_FALSE(parse_entries(many));
  CHECK_FALSE(parse_hashes(""));
  CHECK_FALSE(parse_hashes(std::string(33, 'x')));
  CHECK_FALSE(parse_hashes(std::string(257 * 32, 'x')));
}

/// Every tile of a tree, made the slow way.
std::map<std::string, std::string> tiles_over(const std::vector<std::string>& entries) {
  std::map<std::string, std::string> files;
  const Subtree subtree = subtrees_over(entries);
  for (int level = 0; hashes_at(level, entries.size()) > 0; ++level) {
    const std::uint64_t count = hashes_at(level, entries.size());
    for (std::uint64_t first = 0; first < count; first += kTileWidth) {
      const Tile tile = tile_of(level, first, entries.size());
      std::vector<Hash> hashes;
      for (std::uint64_t i = 0; i < tile.width; ++i) {
        hashes.push_back(subtree(kTileHeight * static_cast<unsigned>(level), first + i).take());
      }
      files[tile_path(tile)] = format_hashes(hashes);
    }
  }
  return files;
}

TEST_CASE("roots and proofs from tiles are those from entries") {
  for (const std::uint64_t size : {1U, 2U, 255U, 256U, 257U, 511U, 513U, 700U, 66'000U}) {
    CAPTURE(size);
    const auto entries = numbered(size);
    const auto files = tiles_over(entries);
    std::size_t read = 0;
    const Subtree by_tiles = subtrees_of(size, [&](const Tile& tile) -> Result<std::string> {
      ++read;
      const auto found = files.find(tile_path(tile));
      if (found == files.end()) return fail(Error::Kind::io, "no such tile");
      return found->second;
    });
    const Subtree by_entries = subtrees_over(entries);
    const Hash root = root_of(size, by_tiles).take();
    CHECK(root == root_of(size, by_entries).take());
    CHECK(read <= 3);
    for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
      const Proof proof = prove_inclusion(index, size, by_tiles).take();
      CHECK(proof == prove_inclusion(index, size, by_entries).take());
      CHECK(verify_inclusion(index, size, leaf_hash(as_bytes(entries[index])), proof, root));
      CHECK(prove_consistency(index, size, by_tiles).take() ==
            prove_consistency(index, size, by_entries).take());
    }
  }
}

TEST_CASE("a tile that is not there, or too short, is an error") {
  const Subtree none = subtrees_of(
      5, [](const Tile&) -> Result<std::string> { return fail(Error::Kind::io, "gone"); });
  CHECK_FALSE(root_of(5, none));
  const Subtree shorter = subtrees_of(
      5, [](const Tile&) -> Result<std::string> { return std::string(4 * 32, 'x'); });
  CHECK_FALSE(root_of(5, shorter));
}

}  // namespace
}  // namespace assay::log
