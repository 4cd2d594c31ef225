#include "log/proof.h"

#include <doctest/doctest.h>

#include "log/vectors.h"

namespace assay::log {
namespace {

TEST_CASE("the proof that Go made, and every small change of it") {
  const std::string text = vector_file("verdict.tlog-proof");
  const std::string entry = vector_file("verdict.dsse.json");
  const NoteKey log = parse_vkey(kLogVkey).take();
  const Included included = open_proof(text, entry, log).take();
  CHECK(included.index == 3);
  CHECK(included.checkpoint.tree.size == 5);
  CHECK(format_proof(parse_proof(text).take()) == text);

  // The line of a witness this reader does not know is his to change.
  const std::size_t ours = text.find("\xE2\x80\x94 witness");
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < ours; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = text;
      bad[i] = static_cast<char>(bad[i] ^ 1 << bit);
      accepted += open_proof(bad, entry, log) ? 1U : 0U;
    }
    accepted += open_proof(text.substr(0, i), entry, log) ? 1U : 0U;
    accepted += open_proof(text.substr(0, i) + text.substr(i + 1), entry, log) ? 1U : 0U;
    accepted += open_proof(text.substr(0, i) + text[i] + text.substr(i), entry, log) ? 1U : 0U;
  }
  CHECK(accepted == 0);
  const auto other = open_proof(text, entry + "\n", log);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == "log-not-included");
}

TEST_CASE("extra data is let be, and dropped") {
  const std::string text = vector_file("verdict.tlog-proof");
  std::string extra = text;
  extra.insert(text.find("index"), "extra aGVsbG8=\n");
  const NoteKey log = parse_vkey(kLogVkey).take();
  CHECK(open_proof(extra, vector_file("verdict.dsse.json"), log));
  CHECK(format_proof(parse_proof(extra).take()) == text);
  extra.replace(extra.find("aGVs"), 4, "....");
  CHECK_FALSE(parse_proof(extra));
}

TEST_CASE("more hashes than a tree is deep are refused") {
  ProofFile proof{.index = 1, .hashes = Proof(kMaxProof), .checkpoint = "x"};
  CHECK(parse_proof(format_proof(proof)));
  proof.hashes.emplace_back();
  CHECK_FALSE(parse_proof(format_proof(proof)));
}

}  // namespace
}  // namespace assay::log
