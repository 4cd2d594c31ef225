#include "verify/gate_log.h"

#include "fixed_key.h"
#include "fuzz.h"
#include "log/append.h"

namespace assay::fuzz {
namespace {

constexpr const char* kVerdict = "a verdict's line";

/// A log with the verdict among others, and its proof.
struct World {
  test::TempFolder place{};
  log::Folder folder =
      log::Folder::create(place / "log", "fuzz.example/log", fixed_key()).take();
  log::ProofFile proof{};

  World() {
    std::vector<std::string> entries = {kVerdict};
    for (int i = 0; i < 20; ++i) entries.push_back("entry " + std::to_string(i));
    proof = log::append(folder, entries, fixed_key()).take().front();
  }
};

const World& world() {
  static const World world;
  return world;
}

bool admits(std::string_view proof, bool mirror, const std::string& verdict) {
  ProvenLog log(world().folder.key(), std::string(proof),
                mirror ? std::optional(world().folder) : std::nullopt, {});
  const auto admitted = log.admit(verdict);
  expect(bool(admitted) || !admitted.error().code.empty(), "a refusal has a reason");
  return bool(admitted);
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string text = log::format_proof(world().proof);
  std::string with_extra = text;
  with_extra.insert(text.find('\n') + 1, "extra YWJj\n");
  return {text, with_extra};
}

namespace {

void try_proof(std::string_view input) {
  const bool taken = admits(input, true, kVerdict);
  expect(taken == admits(input, false, kVerdict), "a copy of the log changes nothing here");
  expect(!admits(input, true, "another verdict"), "a proof is of one entry");
  if (!taken) return;
  const auto parsed = log::parse_proof(input);
  expect(bool(parsed), "what is taken can be read");
  expect(parsed->index == world().proof.index && parsed->hashes == world().proof.hashes,
         "and leads from this entry to the root");
  const auto note = log::parse_note(parsed->checkpoint);
  expect(note && note->text == log::parse_note(world().proof.checkpoint)->text,
         "which the log's key signed");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::fuzz::try_proof(assay::fuzz::text(data, size));
  return 0;
}
