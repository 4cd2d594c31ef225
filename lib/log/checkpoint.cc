#include "log/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace assay::log {
namespace {

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::durability, .code = std::move(code), .what = std::move(what)};
}

/// The line up to the next newline, cut off the front.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// tlog-cosignature, "Format": what a witness signs.
std::string cosigned_text(std::string_view checkpoint, std::int64_t seconds) {
  return fmt::format("cosignature/v1\ntime {}\n{}", seconds, checkpoint);
}

std::string big_endian(std::uint64_t value) {
  std::string bytes;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    bytes += static_cast<char>(value >> (shift - 8) & 0xffU);
  }
  return bytes;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

constexpr std::size_t kTimeBytes = 8;

}  // namespace

std::string format_checkpoint(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.tree.size,
                     to_base64(checkpoint.tree.root));
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  std::string_view rest = text;
  Checkpoint checkpoint{.origin = std::string(next_line(rest))};
  const std::string_view size = next_line(rest);
  std::from_chars(size.data(), size.data() + size.size(), checkpoint.tree.size);
  const auto root = from_base64(next_line(rest));
  if (root && root->size() == sizeof(Hash)) {
    std::ranges::copy(*root, checkpoint.tree.root.begin());
  }
  if (checkpoint.tree.size >> 63U == 0 && is_note_name(checkpoint.origin) &&
      format_checkpoint(checkpoint) == text) {
    return checkpoint;
  }
  return refuse("log-checkpoint-malformed", "a checkpoint has an origin, a size and a root");
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const Signer& signer) {
  return sign_note(format_checkpoint(checkpoint), checkpoint.origin, signer);
}

Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& log) {
  const Note parts = TRY(parse_note(note));
  TRY(check_signature(parts, log));
  Checkpoint checkpoint = TRY(parse_checkpoint(parts.text));
  if (checkpoint.origin == log.name) return checkpoint;
  return refuse("log-origin",
                fmt::format("it is of the log '{}', not '{}'", checkpoint.origin, log.name));
}

Result<NoteSignature> cosign(std::string_view checkpoint_text, const NoteKey& witness,
                             const Signer& signer, Time at) {
  const std::string text = cosigned_text(checkpoint_text, at.seconds);
  const Ed25519Signature signature = TRY(signer.sign(as_bytes(text)));
  return NoteSignature{.name = witness.name,
                       .id = witness.id(),
                       .bytes = big_endian(static_cast<std::uint64_t>(at.seconds)) +
                                std::string(as_text(signature))};
}

Result<std::vector<Cosignature>> cosignatures(const Note& note,
                                              std::span<const NoteKey> witnesses) {
  std::vector<Cosignature> found;
  for (const NoteKey& witness : witnesses) {
    for (const NoteSignature& line : note.signatures) {
      if (line.name != witness.name || line.id != witness.id()) continue;
      Ed25519Signature signature{};
      const std::string_view bytes = line.bytes;
      const std::uint64_t seconds = from_big_endian(bytes.substr(0, kTimeBytes));
      const bool whole = bytes.size() == kTimeBytes + signature.size() && seconds >> 40U == 0;
      if (whole) std::ranges::copy(as_bytes(bytes.substr(kTimeBytes)), signature.begin());
      const Time at{static_cast<std::int64_t>(seconds)};
      if (!whole ||
          !verify_ed25519(witness.public_key, as_bytes(cosigned_text(note.text, at.seconds)),
                          signature)) {
        return refuse("log-signature",
                      "the cosignature of '" + witness.name + "' does not fit the checkpoint");
      }
      found.push_back({.witness = witness, .at = at});
      break;
    }
  }
  return found;
}

}  // namespace assay::log
