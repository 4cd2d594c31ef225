// The rows of OpenPGP: certificates as they are published, detached signatures,
// and texts that carry their signatures.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "trust/formats.h"
#include "trust/openpgp.h"
#include "trust/openpgp_armor.h"
#include "trust/openpgp_rnp.h"

namespace assay {
namespace {

constexpr std::string_view kDetachedSuffixes[] = {".asc", ".sig", ".gpg", ".sign"};
constexpr std::string_view kCleartextSuffixes[] = {".asc"};
constexpr std::string_view kHashes[] = {"SHA256", "SHA384", "SHA512"};
constexpr std::string_view kFields[] = {"sha1_binding_until"};
constexpr std::string_view kArmor = "-----BEGIN PGP ";
constexpr std::string_view kCleartext = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::size_t kNotesMax = 16;

/// Late enough that everything a certificate says of itself was said before.
constexpr Time kReadingTime{0xfffffffe};

/// The type of the first packet; nothing if the bytes begin with none that is whole.
std::optional<OpenPgpTag> first_tag(std::string_view bytes) {
  const auto packet = take_openpgp_packet(bytes);
  if (!packet || packet->body.empty() || packet->body[0] > 6) return std::nullopt;
  return static_cast<OpenPgpTag>(packet->tag);
}

bool is_armored(std::string_view bytes, std::string_view kind) {
  return has_openpgp_line(bytes, fmt::format("{}{}-----", kArmor, kind));
}

bool matches_cleartext(std::string_view bytes) {
  return has_openpgp_line(bytes, kCleartext);
}

/// Also what is mistaken for a detached signature: a message that holds its data.
bool matches_detached(std::string_view bytes) {
  if (matches_cleartext(bytes)) return false;
  return is_armored(bytes, "SIGNATURE") || is_armored(bytes, "MESSAGE") ||
         first_tag(bytes) == OpenPgpTag::signature;
}

Result<std::vector<Signature>> verify_detached(const SignatureQuestion& question) {
  std::string bytes = question.sidecar.bytes;
  if (is_armored(bytes, "MESSAGE")) {
    return malformed("sidecar-malformed",
                     "no detached signature: an OpenPGP message that holds its own data");
  }
  if (first_tag(bytes) != OpenPgpTag::signature) {
    bytes = TRY(from_openpgp_armor(bytes, "SIGNATURE"));
  }
  const auto signatures = TRY(parse_openpgp_signatures(bytes));
  return judge_openpgp(question, signatures, {.file = &question.file});
}

Result<std::vector<Signature>> verify_cleartext(const SignatureQuestion& question) {
  const OpenPgpCleartext cleartext = TRY(parse_openpgp_cleartext(question.sidecar.bytes));
  const auto signatures = TRY(parse_openpgp_signatures(cleartext.signatures));
  return judge_openpgp(question, signatures,
                       {.lines = cleartext.lines, .text = cleartext.text});
}

bool matches_key(std::string_view text) {
  if (text.starts_with(kArmor)) return true;
  switch (first_tag(text).value_or(OpenPgpTag::user_id)) {
    case OpenPgpTag::signature:
    case OpenPgpTag::secret_key:
    case OpenPgpTag::secret_subkey:
    case OpenPgpTag::public_key:
    case OpenPgpTag::public_subkey: return true;
    default: return false;
  }
}

Result<std::string> certificate_bytes(std::string_view text) {
  if (!text.starts_with(kArmor)) return std::string(text);
  for (const std::string_view kind : {"PUBLIC KEY BLOCK", "PRIVATE KEY BLOCK", "SIGNATURE"}) {
    if (!text.starts_with(fmt::format("{}{}-----", kArmor, kind))) continue;
    auto bytes = from_openpgp_armor(text, kind);
    if (bytes) return bytes;
    return fail(Error::Kind::config, bytes.error().what,
                "give the key as it was exported, and nothing around it");
  }
  return fail(Error::Kind::config, "this is no OpenPGP public key",
              "give what `gpg --armor --export FINGERPRINT` writes");
}

/// What the certificate claims of itself.
std::vector<std::string> notes_of(const OpenPgpCertificate& certificate) {
  std::vector<std::string> notes;
  for (const std::string& id : certificate.user_ids()) {
    if (notes.size() < kNotesMax) notes.push_back("claims the user id '" + printable(id) + "'");
  }
  bool is_primary = true;
  for (const OpenPgpKey& key : certificate.keys()) {
    const std::string what = is_primary ? "it" : "its subkey " + key.fingerprint;
    if (!is_primary && key.may_sign) notes.push_back(what + " claims to sign for it");
    if ((is_primary || key.may_sign) && key.expires) {
      notes.push_back(
          fmt::format("{} claims to be valid until {}", what, to_rfc3339(*key.expires)));
    }
    is_primary = false;
    if (notes.size() > 2 * kNotesMax) break;
  }
  return notes;
}

Result<PublishedKey> read_key(std::string_view text) {
  const auto packets = TRY(parse_openpgp_certificate(TRY(certificate_bytes(text))));
  const auto certificate = TRY(OpenPgpCertificate::open(packets.bytes, kReadingTime, true));
  OpenPgpPin pin{.packets = packets.bytes};
  for (const OpenPgpKeyPackets& key : packets.keys) {
    const auto found = std::ranges::find(certificate.keys(), key.body, &OpenPgpKey::body);
    pin.fingerprints.push_back(found == certificate.keys().end() ? "" : found->fingerprint);
  }
  const std::string& fingerprint = pin.fingerprints.front();
  if (fingerprint.size() != 40) {
    return fail(Error::Kind::config, "this is no OpenPGP public key that librnp can read",
                "give what `gpg --armor --export FINGERPRINT` writes");
  }
  PublishedKey published{.format = "openpgp", .id = "v4:" + fingerprint};
  published.display_id = fingerprint.substr(24);
  published.material = openpgp_material(pin);
  published.file_text = text;
  published.algorithms.assign(std::begin(kHashes), std::end(kHashes));
  published.notes = notes_of(certificate);
  return published;
}

}  // namespace

extern const KeyFormat openpgp_key_format = {.name = "openpgp",
                                             .suffix = ".pgp",
                                             .matches = matches_key,
                                             .read = read_key,
                                             .algorithms = kHashes,
                                             .fields = kFields};

extern const SignatureFormat openpgp_format = {.name = "openpgp",
                                               .suffixes = kDetachedSuffixes,
                                               .matches = matches_detached,
                                               .verify = verify_detached};

extern const SignatureFormat openpgp_cleartext_format = {.name = "openpgp-cleartext",
                                                         .suffixes = kCleartextSuffixes,
                                                         .carries = true,
                                                         .matches = matches_cleartext,
                                                         .verify = verify_cleartext};

}  // namespace assay
