// dsse: statements in signed envelopes, one JSON text or one a line. The keyid is a
// hint: every pinned public key is tried. signing.md 3.10.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/bytes.h"
#include "crypto/envelope.h"
#include "crypto/public_key.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::string_view kSuffixes[] = {".intoto.jsonl", ".intoto.json", ".dsse.json",
                                          ".att"};
constexpr std::size_t kMaxBytes = std::size_t{16} << 20;  // as large as a sidecar may be
constexpr std::size_t kMaxSignatures = 16;
constexpr std::size_t kMaxEnvelopes = 64;
constexpr std::size_t kMaxShown = 128;

Error bad_envelope(std::string_view what) {
  return malformed("sidecar-malformed", fmt::format("no signed statement: {}", what));
}

Result<Envelope> read_envelope(std::string_view json) {
  auto envelope =
      parse_envelope(json, {.max_bytes = kMaxBytes, .max_signatures = kMaxSignatures});
  if (!envelope) return bad_envelope(envelope.error().what);
  if (envelope->payload_type != kInTotoPayloadType) {
    return undecided("unsupported-signature",
                     fmt::format("an envelope around '{}', not around an in-toto statement",
                                 printable(envelope->payload_type.substr(0, kMaxShown))));
  }
  return envelope;
}

/// One envelope over as many lines as it likes, or one on each line.
Result<std::vector<Envelope>> read_envelopes(std::string_view text) {
  auto whole = read_envelope(text);
  if (whole || whole.error().kind == Error::Kind::undecided) {
    return std::vector{TRY(std::move(whole))};
  }
  std::vector<Envelope> envelopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (envelopes.size() == kMaxEnvelopes) {
      return bad_envelope(fmt::format("it holds more than {} envelopes", kMaxEnvelopes));
    }
    envelopes.push_back(TRY(read_envelope(text.substr(0, end))));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  if (envelopes.empty()) return bad_envelope("it is empty");
  return envelopes;
}

/// What an envelope's signatures are over; each digest is computed once.
class SignedText {
 public:
  explicit SignedText(const Envelope& envelope)
      : pae_(dsse_pae(envelope.payload_type, envelope.payload)) {}

  bool fits(const PublicKey& key, const SignatureScheme& scheme, Bytes signature) {
    if (!scheme.hash) return key.verify(scheme, as_bytes(pae_), signature);
    auto& known = digests_[*scheme.hash];
    if (known.empty()) known = digest(*scheme.hash, as_bytes(pae_));
    return key.verify_digest(scheme, known, signature);
  }

 private:
  std::string pae_;
  std::map<HashAlgorithm, std::vector<std::byte>> digests_{};
};

/// Whether the signature's hint means that key.
bool hints_at(const EnvelopeSignature& signature, const TrustedKey& key) {
  const std::string_view id = signature.key_id;
  return !id.empty() && (id == key.id || key.id == fmt::format("sha256:{}", id));
}

/// `answer` by the first key that made the signature. One that fits none is a stranger's,
/// unless it says whose it is.
Result<void> ask(const EnvelopeSignature& signature, SignedText& text,
                 const SignatureQuestion& question, Signature& answer) {
  for (const TrustedKey* trusted : keys_of(question, "spki")) {
    const PublicKey key = TRY(PublicKey::from_der(as_bytes(trusted->material)));
    for (const std::string& name : trusted->algorithms) {
      const SignatureScheme* scheme = find_scheme(name);
      if (scheme == nullptr || !text.fits(key, *scheme, as_bytes(signature.bytes))) continue;
      answer.key = trusted;
      answer.key_id = trusted->display_id;
      answer.algorithm = name;
      answer.reason.clear();
      answer.detail.clear();
      return {};
    }
    if (!hints_at(signature, *trusted)) continue;
    answer.key = trusted;
    answer.key_id = trusted->display_id;
    refuse(answer, "bad-signature", "the statement is not what was signed");
  }
  return {};
}

bool matches(std::string_view bytes) {
  const auto holds = [&](std::string_view key) { return bytes.find(key) != bytes.npos; };
  return bytes.starts_with('{') && holds("\"payloadType\"") && holds("\"signatures\"") &&
         !holds("\"verificationMaterial\"");  // a Sigstore bundle
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  std::vector<Signature> answers;
  for (const Envelope& envelope : TRY(read_envelopes(question.sidecar.bytes))) {
    SignedText text(envelope);
    const auto content = std::make_shared<const std::string>(envelope.payload);
    for (const EnvelopeSignature& signature : envelope.signatures) {
      Signature answer{.names_key = false, .content = content, .role = "provenance"};
      answer.key_id = printable(signature.key_id.substr(0, kMaxShown));
      refuse(answer, "unknown-key", "no pinned public key made this signature");
      TRY(ask(signature, text, question, answer));
      answers.push_back(std::move(answer));
    }
  }
  return answers;
}

}  // namespace

extern const SignatureFormat dsse_format = {.name = "dsse",
                                            .suffixes = kSuffixes,
                                            .carries = true,
                                            .matches = matches,
                                            .verify = verify};

}  // namespace assay
