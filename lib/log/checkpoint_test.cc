#include "log/checkpoint.h"

#include <doctest/doctest.h>

#include "log/vectors.h"

namespace assay::log {
namespace {

TEST_CASE("the checkpoint that Go signed") {
  const std::string note = vector_file("checkpoint");
  const NoteKey log = parse_vkey(kLogVkey).take();
  const Checkpoint checkpoint = open_checkpoint(note, log).take();
  CHECK(checkpoint.origin == "verdicts.example.org/log1");
  CHECK(checkpoint.tree.size == 5);
  auto entries = numbered(5);
  entries[3] = vector_file("verdict.dsse.json");
  CHECK(checkpoint.tree.root == root_over(entries));

  const NoteKey witness = parse_vkey(kWitnessVkey).take();
  const auto seen = cosignatures(parse_note(note).take(), {&witness, 1}).take();
  REQUIRE(seen.size() == 1);
  CHECK(seen.front().at.seconds == 1767225660);
  CHECK(cosignatures(parse_note(note).take(), {}).take().empty());

  std::size_t accepted = 0;
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = note;
      bad[i] = static_cast<char>(bad[i] ^ 1 << bit);
      const auto opened = open_checkpoint(bad, log);
      const auto parsed = parse_note(bad);
      const bool witnessed = parsed && cosignatures(*parsed, {&witness, 1}) &&
                             !cosignatures(*parsed, {&witness, 1}).take().empty();
      accepted += opened && witnessed ? 1U : 0U;
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("a checkpoint has one spelling") {
  const Checkpoint checkpoint{.origin = "a/b", .tree = {.size = 10, .root = empty_root()}};
  const std::string text = format_checkpoint(checkpoint);
  CHECK(text == "a/b\n10\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  CHECK(parse_checkpoint(text).take() == checkpoint);
  for (const char* const bad :
       {"", "a/b\n10\n", "a b\n10\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "a/b\n010\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "a/b\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "a/b\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "a/b\n10\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "a/b\n10\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n", "a/b\n10\nAAAA\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_checkpoint(bad));
  }
}

TEST_CASE("signed by the right key, of another log") {
  const SigningKey signer = SigningKey::generate().take();
  const NoteKey key{.name = "a", .public_key = signer.public_key()};
  const std::string text = format_checkpoint({.origin = "b", .tree = {}});
  const auto opened = open_checkpoint(sign_note(text, "a", signer).take(), key);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == "log-origin");
}

TEST_CASE("a witness signs the time along") {
  const SigningKey signer = SigningKey::generate().take();
  const NoteKey witness{
      .name = "w", .type = NoteKey::kCosignature, .public_key = signer.public_key()};
  Note note = parse_note(vector_file("checkpoint")).take();
  note.signatures.push_back(cosign(note.text, witness, signer, Time{1'800'000'000}).take());
  CHECK(cosignatures(note, {&witness, 1}).take().front().at.seconds == 1'800'000'000);
  note.signatures.back().bytes[7] ^= 1;
  CHECK_FALSE(cosignatures(note, {&witness, 1}));
  note.signatures.back().bytes.resize(64);
  CHECK_FALSE(cosignatures(note, {&witness, 1}));
}

}  // namespace
}  // namespace assay::log
