// signify: whether a signature of OpenBSD's signify is by a pinned key, over the
// file beside it or over the message that follows it. signing.md 3.1b.

#include "trust/signify.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "trust/formats.h"
#include "trust/minisign.h"

namespace assay {
namespace {

/// The signature covers the file itself, so all of it must stand in memory.
constexpr std::uint64_t kWholeMax = std::uint64_t{256} << 20;

constexpr std::string_view kSuffixes[] = {".sig"};
constexpr std::string_view kAlgorithms[] = {"Ed"};
constexpr std::string_view kUntrusted = "untrusted comment: ";

/// What the signature is over: the file's bytes, asked for once there is a key to ask.
Result<std::string> signed_bytes(const SignifySignature& signature, const SignedFile* file) {
  return file == nullptr ? Result<std::string>(signature.message) : file->whole(kWholeMax);
}

/// A legacy signature of minisign without its last two lines is one of signify, and
/// says the same of less: whoever pinned a minisign key wants its trusted comment.
Result<void> check_not_cut(const SignifySignature& signature,
                           const SignatureQuestion& question) {
  for (const TrustedKey* key : keys_of(question, "minisign")) {
    if (minisign_key_of(key->material).number != signature.key_number) continue;
    return malformed("sidecar-malformed",
                     fmt::format("a minisign signature cut short: the trusted comment that key "
                                 "{} signs is missing",
                                 minisign_key_id(signature.key_number)));
  }
  return {};
}

/// The key among those of the claimed number that made the signature; if none did,
/// the first of them. `file` is null for an embedded message.
Result<std::vector<Signature>> judge(const SignifySignature& signature,
                                     const SignatureQuestion& question,
                                     const SignedFile* file) {
  TRY(check_not_cut(signature, question));
  Signature answer{.key_id = minisign_key_id(signature.key_number), .algorithm = "Ed"};
  refuse(answer, "unknown-key", fmt::format("signify key {} is not pinned", answer.key_id));
  if (file == nullptr) answer.content = std::make_shared<const std::string>(signature.message);
  for (const TrustedKey* trusted : keys_of(question, "signify")) {
    const MinisignKey key = minisign_key_of(trusted->material);
    if (key.number != signature.key_number) continue;
    const std::string bytes = TRY(signed_bytes(signature, file));
    if (verify_ed25519(key.key, as_bytes(bytes), signature.signature)) {
      answer.key = trusted;
      answer.reason.clear();
      answer.detail.clear();
      if (file != nullptr) answer.covered = whole_of(*file);
      break;
    }
    if (answer.key == nullptr) answer.key = trusted;
    refuse(answer, "bad-signature",
           file == nullptr ? "the message is not what was signed"
                           : "the file is not what was signed");
  }
  return std::vector{answer};
}

/// Where a message begins, behind a comment and a signature; nothing if these are none.
std::optional<std::size_t> message_begin(std::string_view bytes) {
  if (!bytes.starts_with(kUntrusted)) return std::nullopt;
  const std::size_t comment = bytes.find('\n');
  const std::size_t end = comment == bytes.npos ? comment : bytes.find('\n', comment + 1);
  if (end == bytes.npos || !parse_signify_signature(bytes.substr(0, end + 1))) {
    return std::nullopt;
  }
  return end + 1;
}

bool matches_detached(std::string_view bytes) {
  return message_begin(bytes) == bytes.size();
}

bool matches_embedded(std::string_view bytes) {
  const auto begin = message_begin(bytes);
  return begin && *begin < bytes.size() &&
         !bytes.substr(*begin).starts_with("trusted comment: ");
}

Result<std::vector<Signature>> verify_detached(const SignatureQuestion& question) {
  const SignifySignature signature = TRY(parse_signify_signature(question.sidecar.bytes));
  if (!signature.message.empty()) {
    return malformed("sidecar-malformed",
                     "no signify signature: there is something after the second line");
  }
  return judge(signature, question, &question.file);
}

Result<std::vector<Signature>> verify_embedded(const SignatureQuestion& question) {
  return judge(TRY(parse_signify_signature(question.sidecar.bytes)), question, nullptr);
}

/// signify ends the comment of every key it makes with "public key", minisign with the
/// key's number. Without a comment the two cannot be told apart, and it is minisign's.
bool matches_key(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.starts_with(kUntrusted) && line.find("minisign") == line.npos &&
         (line.ends_with(" public key") || line.find("signify") != line.npos);
}

Result<PublishedKey> read_key(std::string_view text) {
  const MinisignKey key = TRY(parse_minisign_key(text, "signify"));
  PublishedKey published{.format = "signify", .display_id = minisign_key_id(key.number)};
  published.id = "sha256:" + sha256_hex(key.key);
  published.material = minisign_material(key);
  published.value = "ed25519:" + to_hex(key.key);
  published.file_text = text;
  if (!published.file_text.ends_with('\n')) published.file_text += '\n';
  published.algorithms = {"Ed"};
  return published;
}

}  // namespace

Result<Signature> judge_signify_message(const SignifySignature& signature,
                                        const SignatureQuestion& question) {
  return TRY(judge(signature, question, nullptr)).front();
}

extern const KeyFormat signify_key_format = {.name = "signify",
                                             .suffix = ".pub",
                                             .matches = matches_key,
                                             .read = read_key,
                                             .algorithms = kAlgorithms,
                                             .fields = {}};

extern const SignatureFormat signify_format = {.name = "signify",
                                               .suffixes = kSuffixes,
                                               .matches = matches_detached,
                                               .verify = verify_detached};

extern const SignatureFormat signify_embedded_format = {.name = "signify-embedded",
                                                        .suffixes = kSuffixes,
                                                        .carries = true,
                                                        .matches = matches_embedded,
                                                        .verify = verify_embedded};

}  // namespace assay
