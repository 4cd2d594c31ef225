#include "log/note.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace assay::log {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kMaxName = 256;

Error malformed_note(std::string what) {
  return {.kind = Error::Kind::durability,
          .code = "log-checkpoint-malformed",
          .what = std::move(what)};
}

Error bad_vkey(std::string what) {
  return fail(Error::Kind::config, "this is no verifier key: " + std::move(what),
              "it looks like NAME+1f2e3d4c+BASE64, as `assay log key` prints it");
}

std::uint32_t big_endian(Bytes bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes.first(4)) {
    value = value << 8U | std::to_integer<std::uint32_t>(byte);
  }
  return value;
}

std::string type_and_key(const NoteKey& key) {
  return static_cast<char>(key.type) + std::string(as_text(key.public_key));
}

std::optional<NoteSignature> parse_line(std::string_view line) {
  if (!line.starts_with(kDash)) return std::nullopt;
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !is_note_name(line.substr(0, space))) return std::nullopt;
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= 4) return std::nullopt;
  return NoteSignature{.name = std::string(line.substr(0, space)),
                       .id = big_endian(*bytes),
                       .bytes = std::string(as_text(*bytes).substr(4))};
}

bool is_plain(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
  return is_utf8(text) && std::ranges::none_of(text, control);
}

}  // namespace

std::uint32_t NoteKey::id() const {
  return big_endian(digest(HashAlgorithm::sha256, as_bytes(name + "\n" + type_and_key(*this))));
}

bool is_note_name(std::string_view name) {
  // Narrower than signed-note, which forbids white space of Unicode and the plus sign.
  const auto fits = [](char c) { return c > ' ' && c <= '~' && c != '+'; };
  return !name.empty() && name.size() <= kMaxName && std::ranges::all_of(name, fits);
}

std::string to_vkey(const NoteKey& key) {
  return fmt::format("{}+{:08x}+{}", key.name, key.id(),
                     to_base64(as_bytes(type_and_key(key))));
}

Result<NoteKey> parse_vkey(std::string_view vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == vkey.npos ? first : vkey.find('+', first + 1);
  if (second == vkey.npos) return bad_vkey("it has not three parts");
  const auto bytes = from_base64(vkey.substr(second + 1));
  NoteKey key{.name = std::string(vkey.substr(0, first))};
  if (!is_note_name(key.name)) return bad_vkey("a key cannot have this name");
  if (!bytes || bytes->size() != 1 + key.public_key.size()) {
    return bad_vkey("its key is not 33 bytes of base64");
  }
  key.type = std::to_integer<unsigned>(bytes->front());
  if (key.type != NoteKey::kEd25519 && key.type != NoteKey::kCosignature) {
    return bad_vkey(fmt::format("type {} is not known", key.type));
  }
  std::copy(bytes->begin() + 1, bytes->end(), key.public_key.begin());
  if (to_vkey(key) != vkey) return bad_vkey("its id does not fit name and key");
  return key;
}

Result<Note> parse_note(std::string_view note) {
  if (note.size() > kMaxNoteBytes || !is_plain(note)) {
    return malformed_note("a note is at most 64 KiB of text");
  }
  const std::size_t gap = note.rfind("\n\n");
  if (gap == note.npos || !note.ends_with('\n')) {
    return malformed_note("a note has an empty line between text and signatures");
  }
  Note parts{.text = std::string(note.substr(0, gap + 1))};
  std::string_view rest = note.substr(gap + 2);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    auto signature = parse_line(rest.substr(0, end));
    if (!signature || parts.signatures.size() == kMaxNoteSignatures) {
      return malformed_note("a line under a note is no signature");
    }
    parts.signatures.push_back(*std::move(signature));
    rest.remove_prefix(end + 1);
  }
  if (parts.signatures.empty()) return malformed_note("a note without a signature");
  return parts;
}

std::string format_note(const Note& note) {
  std::string text = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      bytes += static_cast<char>(signature.id >> shift & 0xffU);
    }
    bytes += signature.bytes;
    text += fmt::format("{}{} {}\n", kDash, signature.name, to_base64(as_bytes(bytes)));
  }
  return text;
}

Result<std::string> sign_note(std::string_view text, const std::string& name,
                              const Signer& signer) {
  if (!is_note_name(name) || !text.ends_with('\n')) {
    return fail(Error::Kind::internal, "a note that cannot be signed");
  }
  const Ed25519Signature signature = TRY(signer.sign(as_bytes(text)));
  const NoteKey key{.name = name, .public_key = signer.public_key()};
  return format_note(
      {.text = std::string(text),
       .signatures = {
           {.name = name, .id = key.id(), .bytes = std::string(as_text(signature))}}});
}

Result<void> check_signature(const Note& note, const NoteKey& key) {
  const auto refuse = [&](std::string what) {
    return Error{
        .kind = Error::Kind::durability, .code = "log-signature", .what = std::move(what)};
  };
  const NoteSignature* found = nullptr;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != key.name || signature.id != key.id()) continue;
    if (found != nullptr) return refuse("it is signed twice by '" + key.name + "'");
    found = &signature;
  }
  if (found == nullptr) return refuse("it is not signed by '" + key.name + "'");
  Ed25519Signature bytes{};
  if (key.type != NoteKey::kEd25519 || found->bytes.size() != bytes.size()) {
    return refuse("the signature of '" + key.name + "' is of another kind");
  }
  std::ranges::copy(as_bytes(found->bytes), bytes.begin());
  if (verify_ed25519(key.public_key, as_bytes(note.text), bytes)) return {};
  return refuse("the signature of '" + key.name + "' does not fit the text");
}

}  // namespace assay::log
