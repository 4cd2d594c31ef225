// Programs packed by UPX, made by hand: blocks behind headers, and no loader that could run.

#include "scan/nrv.h"
#include "scan/pack_test.h"
#include "scan/packed_test.h"

namespace assay {
namespace {

using test::lzma_block, test::packed_elf, test::packed_pe;

const std::string kMiner = elf(kConstants + kWords + std::string(3000, 'x'));

bool is_left_open(const std::string& content) {
  Scanner scanner(pack());
  Member member;
  member.type = sniff_content(as_bytes(content)).type;
  std::vector<Error> left_open;
  REQUIRE(scanner.scan(member, as_bytes(content), &left_open));
  CHECK(scanner.scan(member, as_bytes(content)).operator bool() == left_open.empty());
  return !left_open.empty() && left_open[0].code == "packed-program";
}

TEST_CASE("a miner packed by UPX with LZMA") {
  const std::string block = lzma_block(kMiner);
  const std::string sample = packed_elf(kMiner, block, 14);
  const std::vector<Finding> found = scan("x", sample);
  REQUIRE(std::ranges::find(found, "MINER001", &Finding::rule) != found.end());
  CHECK(found[0].why.ends_with("It stands in the file as UPX."));
  CHECK_FALSE(is_left_open(sample));
  const std::string body = kConstants + kWords + std::string(3000, 'x');
  const std::vector<Finding> windows = scan("x.exe", packed_pe(body, lzma_block(body), 14));
  CHECK(std::ranges::find(windows, "MINER002", &Finding::rule) != windows.end());
}

TEST_CASE("what cannot be unpacked is left open, and told") {
  const std::string block = lzma_block(kMiner);
  CHECK(is_left_open(packed_elf(kMiner, block, 15)));
  CHECK(is_left_open(packed_elf(kMiner, block.substr(0, 40), 14)));
  CHECK(is_left_open(packed_elf(kMiner, block.substr(0, 40), 2)));
  CHECK(is_left_open(packed_pe(kMiner, block, 3)));
  // The mark wiped: by its shape alone.
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 16384; ++i)
    noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  CHECK(is_left_open(packed_elf(noise, noise + "x", 14, "....")));
  CHECK_FALSE(
      is_left_open(packed_elf(std::string(9999, 'x'), std::string(9999, 'x'), 0, "....")));
}

TEST_CASE("NRV, all three kinds") {
  // "abcabcabcabcabcabcabcabc, and so on and so on and so on", packed by libucl.
  const std::string plain = "abcabcabcabcabcabcabcabc, and so on and so on and so on";
  for (const auto& [kind, hex] :
       {std::pair{Nrv::b, "ecff09ec616263022c20616e6420736f206f6e090000000380040000ff"},
        std::pair{Nrv::d, "d8ff13ec616263052c20616e6420736f206f6e134992240c0000a824ff"},
        std::pair{Nrv::e, "d8ff07ec616263052c20616e6420736f206f6e13499224040000a824ff"}}) {
    const std::string block = bytes(hex);
    CHECK(unpack_nrv(kind, as_bytes(block), plain.size()) == plain);
    CHECK_FALSE(unpack_nrv(kind, as_bytes(block), plain.size() - 1));
    CHECK_FALSE(unpack_nrv(kind, as_bytes(block), plain.size() + 1));
    for (std::size_t at = 0; at < block.size(); ++at) {
      CHECK_FALSE(unpack_nrv(kind, as_bytes(block).first(at), plain.size()));
      for (int value = 0; value < 256; ++value) {
        std::string changed = block;
        changed[at] = static_cast<char>(value);
        const auto out = unpack_nrv(kind, as_bytes(changed), plain.size());
        if (out) CHECK(out->size() == plain.size());
      }
    }
  }
}

}  // namespace
}  // namespace assay
