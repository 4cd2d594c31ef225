// A tlog-proof file (C2SP tlog-proof@v1): the checkpoint of a log, and the proof
// that an entry stands in it. With the entry and the log's key it needs no log.

#pragma once

#include <string>
#include <string_view>

#include "log/checkpoint.h"

namespace assay::log {

struct ProofFile {
  std::uint64_t index = 0;
  Proof hashes{};
  std::string checkpoint{};  ///< the whole note
};

inline constexpr std::size_t kMaxProofFile = kMaxNoteBytes + 8192;

/// What is read has one spelling, but for an `extra` line, which nobody signed and which is
/// dropped. Fails with durability, code "log-proof-malformed".
std::string format_proof(const ProofFile& proof);
Result<ProofFile> parse_proof(std::string_view text);

/// What a proof proves.
struct Included {
  std::uint64_t index = 0;
  Checkpoint checkpoint{};
  Note note{};  ///< the checkpoint's, for who else signed it
};

/// `entry` stands in the log of that key. Codes: those of parse_proof and open_checkpoint,
/// and "log-not-included".
Result<Included> open_proof(std::string_view text, std::string_view entry, const NoteKey& log);

}  // namespace assay::log
