// Signed notes (C2SP signed-note): a text, and lines by those who signed it.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/key.h"

namespace assay::log {

/// Who signs a note: a name, and what the key makes (signed-note, "Signatures").
struct NoteKey {
  static constexpr unsigned kEd25519 = 0x01;      ///< over the text
  static constexpr unsigned kCosignature = 0x04;  ///< over a time and the text: a witness's

  std::string name{};  ///< no white space, no plus sign
  unsigned type = kEd25519;
  Ed25519Public public_key{};

  /// The first four bytes of SHA-256(name, newline, type, key), big-endian.
  std::uint32_t id() const;
  bool operator==(const NoteKey&) const = default;
};

/// "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", both ways.
/// Fails with config.
std::string to_vkey(const NoteKey& key);
Result<NoteKey> parse_vkey(std::string_view vkey);

/// True if a key may have this name.
bool is_note_name(std::string_view name);

/// A line under a note; a claim.
struct NoteSignature {
  std::string name{};
  std::uint32_t id = 0;
  std::string bytes{};
};

struct Note {
  std::string text{};  ///< with its last newline
  std::vector<NoteSignature> signatures{};
};

inline constexpr std::size_t kMaxNoteBytes = 65'536;
inline constexpr std::size_t kMaxNoteSignatures = 64;

/// Takes a note apart and believes nothing of it. Fails with durability and the code
/// "log-checkpoint-malformed".
Result<Note> parse_note(std::string_view note);

/// The text, an empty line and the signature lines.
std::string format_note(const Note& note);

/// The text signed: a note with one line by `signer`, who must hold the key of `name`.
Result<std::string> sign_note(std::string_view text, const std::string& name,
                              const Signer& signer);

/// A signature of that key stands under the note and holds. One that does not hold, or
/// two, is a refusal: code "log-signature".
Result<void> check_signature(const Note& note, const NoteKey& key);

}  // namespace assay::log
