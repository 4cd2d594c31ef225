// minisign: whether a .minisig beside a file is by a pinned key, over that file
// and its trusted comment. signing.md 3.1.

#include "trust/minisign.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "trust/formats.h"

namespace assay {
namespace {

/// A legacy signature covers the file itself, so all of it must stand in memory.
constexpr std::uint64_t kLegacyMax = std::uint64_t{256} << 20;

constexpr std::string_view kSuffixes[] = {".minisig"};
constexpr std::string_view kAlgorithms[] = {"ED", "Ed"};

/// The values of `name:` among the tab-separated fields of a trusted comment.
std::vector<std::string_view> comment_fields(std::string_view comment, std::string_view name) {
  std::vector<std::string_view> values;
  while (true) {
    const std::size_t end = comment.find('\t');
    const std::string_view field = comment.substr(0, end);
    if (field.starts_with(name)) values.push_back(field.substr(name.size()));
    if (end == comment.npos) return values;
    comment.remove_prefix(end + 1);
  }
}

/// The `timestamp:` field; nothing if it is absent, twice there, or no number.
std::optional<Time> claimed_time(std::string_view comment) {
  const auto values = comment_fields(comment, "timestamp:");
  if (values.size() != 1 || values[0].empty() || values[0].size() > 11) return std::nullopt;
  Time time;
  const char* const end = values[0].data() + values[0].size();
  const auto read = std::from_chars(values[0].data(), end, time.seconds);
  if (read.ec != std::errc() || read.ptr != end || time.seconds < 0) return std::nullopt;
  return time;
}

Result<bool> file_verifies(const MinisignSignature& signature, const MinisignKey& key,
                           const SignedFile& file) {
  if (signature.algorithm == "ED") {
    const auto hash = TRY(file.digest(HashAlgorithm::blake2b_512));
    return verify_ed25519(key.key, hash, signature.signature);
  }
  const std::string whole = TRY(file.whole(kLegacyMax));
  return verify_ed25519(key.key, as_bytes(whole), signature.signature);
}

bool comment_verifies(const MinisignSignature& signature, const MinisignKey& key) {
  std::string signed_bytes(as_text(signature.signature));
  signed_bytes += signature.trusted_comment;
  return verify_ed25519(key.key, as_bytes(signed_bytes), signature.comment_signature);
}

/// What the trusted comment says, now that its signature is the key's.
void take_comment(const std::string& comment, Signature& answer) {
  answer.comment = comment;
  answer.claimed_time = claimed_time(comment);
  for (const std::string_view name : comment_fields(comment, "file:")) {
    answer.file_names.emplace_back(name);
  }
  const auto versions = comment_fields(comment, "version:");
  if (versions.size() == 1 && !versions[0].empty()) answer.version = versions[0];
}

/// `answer` by one key of the claimed number.
Result<Signature> ask(const MinisignSignature& signature, const TrustedKey& trusted,
                      const SignedFile& file, Signature answer) {
  const MinisignKey key = minisign_key_of(trusted.material);
  answer.key = &trusted;
  // The key's number does not tell which encodings its owner uses: the pin does.
  if (std::ranges::find(trusted.algorithms, signature.algorithm) == trusted.algorithms.end()) {
    refuse(answer, "weak-algorithm",
           fmt::format("signed by algorithm {}, which the key is not pinned for",
                       signature.algorithm));
  } else if (!TRY(file_verifies(signature, key, file))) {
    refuse(answer, "bad-signature", "the file is not what was signed");
  } else if (!comment_verifies(signature, key)) {
    refuse(answer, "bad-signature", "the trusted comment is not what was signed");
  } else {
    answer.reason.clear();
    answer.covered = whole_of(file);
    take_comment(signature.trusted_comment, answer);
  }
  return answer;
}

bool matches(std::string_view bytes) {
  return bytes.starts_with("untrusted comment: ") &&
         bytes.find("\ntrusted comment: ") != bytes.npos;
}

/// The key among those of the claimed number that made the signature; if none
/// did, the first of them and what speaks against it.
Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  const MinisignSignature signature = TRY(parse_minisign_signature(question.sidecar.bytes));
  Signature answer{.key_id = minisign_key_id(signature.key_number),
                   .algorithm = signature.algorithm};
  refuse(answer, "unknown-key", fmt::format("minisign key {} is not pinned", answer.key_id));
  std::optional<Signature> first;
  for (const TrustedKey* key : keys_of(question, "minisign")) {
    if (minisign_key_of(key->material).number != signature.key_number) continue;
    const Signature one = TRY(ask(signature, *key, question.file, answer));
    if (one.reason.empty()) return std::vector{one};
    if (!first) first = one;
  }
  return std::vector{first.value_or(answer)};
}

bool matches_key(std::string_view text) {
  return text.starts_with("untrusted comment: ") || text.starts_with("RW");
}

Result<PublishedKey> read_key(std::string_view text) {
  const MinisignKey key = TRY(parse_minisign_key(text));
  PublishedKey published{.format = "minisign", .display_id = minisign_key_id(key.number)};
  published.id = "sha256:" + sha256_hex(key.key);
  published.material = minisign_material(key);
  published.value = "ed25519:" + to_hex(key.key);
  published.file_text = text;
  if (!published.file_text.ends_with('\n')) published.file_text += '\n';
  published.algorithms = {"ED"};
  return published;
}

}  // namespace

extern const KeyFormat minisign_key_format = {.name = "minisign",
                                              .suffix = ".pub",
                                              .matches = matches_key,
                                              .read = read_key,
                                              .algorithms = kAlgorithms,
                                              .fields = {}};

extern const SignatureFormat minisign_format = {
    .name = "minisign", .suffixes = kSuffixes, .matches = matches, .verify = verify};

}  // namespace assay
