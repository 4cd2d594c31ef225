// Checkpoints (C2SP tlog-checkpoint): what a log says it is, as a signed note;
// and what witnesses say they saw of it (C2SP tlog-cosignature).

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "log/merkle.h"
#include "log/note.h"

namespace assay::log {

/// A tree: how many entries, and their root.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root{};
  bool operator==(const TreeHead&) const = default;
};

/// The log's own name and its tree. Extension lines are refused.
struct Checkpoint {
  std::string origin{};
  TreeHead tree{};
  bool operator==(const Checkpoint&) const = default;
};

/// "origin\nsize\nroot in base64\n"; what is read has one spelling. Fails with durability,
/// code "log-checkpoint-malformed".
std::string format_checkpoint(const Checkpoint& checkpoint);
Result<Checkpoint> parse_checkpoint(std::string_view text);

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const Signer& signer);

/// The checkpoint of a note that `log` signed, and whose origin is the key's name. Codes:
/// "log-checkpoint-malformed", "log-signature", "log-origin".
Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& log);

/// One witness and when he saw this tree.
struct Cosignature {
  NoteKey witness{};
  Time at{};
};

/// The line a witness puts under a checkpoint: his signature over time and text.
Result<NoteSignature> cosign(std::string_view checkpoint_text, const NoteKey& witness,
                             const Signer& signer, Time at);

/// Who of `witnesses` cosigned the note. One that does not hold is a refusal.
Result<std::vector<Cosignature>> cosignatures(const Note& note,
                                              std::span<const NoteKey> witnesses);

}  // namespace assay::log
