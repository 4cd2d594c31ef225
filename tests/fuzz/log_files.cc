#include "fixed_key.h"
#include "fuzz.h"
#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/tile.h"
#include "log/witness.h"

namespace assay::fuzz {
namespace {

log::NoteKey key_of(unsigned type) {
  return {.name = "fuzz.example/log", .type = type, .public_key = fixed_key().public_key()};
}

std::string note() {
  const log::Checkpoint checkpoint{.origin = "fuzz.example/log",
                                   .tree = {.size = 5, .root = log::empty_root()}};
  return log::sign_checkpoint(checkpoint, fixed_key()).take();
}

}  // namespace

std::vector<std::string> seeds() {
  const log::NoteKey witness = key_of(log::NoteKey::kCosignature);
  log::Note seen = log::parse_note(note()).take();
  seen.signatures.push_back(
      log::cosign(seen.text, witness, fixed_key(), {1'800'000'000}).take());
  const log::Hash hash = log::empty_root();
  return {note(),
          log::format_note(seen),
          log::to_vkey(witness),
          log::format_request({.old_size = 3, .proof = {hash, hash}, .checkpoint = note()}),
          log::frame("an entry") + log::frame("another"),
          "tile/0/x001/067.p/5",
          log::event_statement({.kind = "note", .at = {0}, .subject = "s", .sha256 = "x"})};
}

namespace {

void try_note(std::string_view input) {
  const auto parsed = log::parse_note(input);
  if (!parsed) return;
  expect(!parsed->signatures.empty(), "a note is signed by somebody");
  expect(log::format_note(*parsed) == input, "a note has one spelling");
  const auto opened = log::open_checkpoint(input, key_of(log::NoteKey::kEd25519));
  expect(!opened || parsed->text == log::parse_note(note())->text,
         "only what the log's key signed is its checkpoint");
  const log::NoteKey witnesses[] = {key_of(log::NoteKey::kCosignature)};
  const auto seen = log::cosignatures(*parsed, witnesses);
  expect(!seen || seen->size() <= 1, "a witness is counted once");
}

void try_texts(std::string_view input) {
  if (const auto checkpoint = log::parse_checkpoint(input)) {
    expect(log::format_checkpoint(*checkpoint) == input, "a checkpoint has one spelling");
  }
  if (const auto key = log::parse_vkey(input)) {
    expect(log::to_vkey(*key) == input, "a key has one spelling");
  }
  if (const auto request = log::parse_request(input)) {
    expect(log::format_request(*request) == input, "a request has one spelling");
    expect(request->proof.size() <= log::kMaxProof, "a proof is short");
  }
  if (const auto tile = log::parse_tile_path(input)) {
    expect(log::tile_path(*tile) == input, "a tile has one path");
    expect(input.find("..") == input.npos, "which leads nowhere else");
  }
  if (const auto entries = log::parse_entries(input)) {
    std::string again;
    for (const std::string& entry : *entries) again += log::frame(entry);
    expect(again == input, "a bundle is its entries and nothing between");
  }
  if (const auto hashes = log::parse_hashes(input)) {
    expect(log::format_hashes(*hashes) == input, "a tile is its hashes");
  }
  static_cast<void>(log::read_entry(input));
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = assay::fuzz::text(data, size);
  assay::fuzz::try_note(input);
  assay::fuzz::try_texts(input);
  return 0;
}
