// Witnesses (C2SP tlog-witness and tlog-cosignature): others who remember how far a log had
// come and sign only what grew from there. Request and answer are files, so that they go by
// any road; the log keeps what each saw last in witness/<key id>.note.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/folder.h"

namespace assay::log {

/// The body of add-checkpoint: a checkpoint, and that the log grew to it from a tree of
/// `old_size` entries.
struct WitnessRequest {
  std::uint64_t old_size = 0;
  Proof proof{};
  std::string checkpoint{};  ///< the whole note
};

inline constexpr std::size_t kMaxRequest = kMaxNoteBytes + 8192;

/// What is read has one spelling. Fails with usage.
std::string format_request(const WitnessRequest& request);
Result<WitnessRequest> parse_request(std::string_view text);

/// For a witness who saw `old_size` entries of the log last; 0 for one who never saw it.
Result<WitnessRequest> make_request(const Folder& folder, const NoteKey& log,
                                    std::uint64_t old_size);

/// The witness's side: the line it puts under the checkpoint, once what it saw is remembered
/// in `state`, a folder of its own. Refuses a log that is none of `logs` (config), another
/// size than it remembers (usage), and, with durability and the code "log-rolled-back",
/// "log-forked" or "log-rewritten", a log that did not grow.
Result<std::string> witness_sign(const std::string& state, std::string_view request,
                                 std::span<const NoteKey> logs, const NoteKey& witness,
                                 const Signer& signer, Time at);

/// A tree that a witness saw.
struct Seen {
  std::string witness{};
  TreeHead tree{};
  Time at{};
};

/// What of `lines` is a cosignature of one of `witnesses` under the checkpoint of `note`
/// goes to witness/, and under the log's checkpoint if that is still the same. Fails with
/// usage if there is none, with "log-signature" if one does not hold, with what check_grown
/// says if the log is not what was seen.
Result<std::vector<Seen>> add_cosignatures(const Folder& folder, const NoteKey& log,
                                           std::string_view note, std::string_view lines,
                                           std::span<const NoteKey> witnesses);

/// The keys of those who have cosigned it, as the folder has them: claims.
Result<std::vector<NoteKey>> known_witnesses(const Folder& folder);

/// The newest tree of the log that each of `witnesses` saw, by witness/ and by the notes in
/// `more`. A cosignature that does not hold is a refusal.
Result<std::vector<Seen>> newest_seen(const Folder* folder, const NoteKey& log,
                                      std::span<const NoteKey> witnesses,
                                      std::span<const Note> more = {});

/// The newest of each known_witnesses().
Result<std::vector<Seen>> seen_by(const Folder& folder, const NoteKey& log);

}  // namespace assay::log
