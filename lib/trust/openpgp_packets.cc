#include "trust/openpgp_packets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bundle/openpgp_packet.h"

namespace assay {
namespace {

constexpr std::size_t kSignaturesMax = 16;
constexpr std::size_t kPacketsMax = 4096;               // of a certificate
constexpr std::size_t kBodyMax = std::size_t{1} << 20;  // bytes of one packet

enum SubpacketType : unsigned {
  kCreationTime = 2,
  kExpirationTime = 3,
  kIssuerKeyId = 16,
  kSignersUserId = 28,
  kEmbeddedSignature = 32,
  kIssuerFingerprint = 33,
};

enum SignatureType : unsigned {
  kGenericCertification = 0x10,
  kPositiveCertification = 0x13,
  kSubkeyBinding = 0x18,
  kDirectKey = 0x1f,
  kKeyRevocation = 0x20,
  kSubkeyRevocation = 0x28,
};

Error bad_signature_packet(std::string what) {
  return malformed("sidecar-malformed", "no OpenPGP signature: " + std::move(what));
}

Error bad_certificate(std::string what, std::string hint) {
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

/// Reads from the front and remembers whether anything was missing.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  /// Big-endian, up to four octets.
  std::uint32_t number(std::size_t width) {
    std::uint32_t value = 0;
    for (const char c : text(width)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view text(std::size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::string_view rest() const { return bytes_; }
  bool at_end() const { return bytes_.empty(); }
  bool failed() const { return failed_; }

 private:
  std::string_view bytes_{};
  bool failed_ = false;
};

std::string upper_hex(std::string_view bytes) {
  std::string hex = to_hex(as_bytes(bytes));
  for (char& c : hex) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return hex;
}

constexpr std::array<std::pair<unsigned, std::string_view>, 9> kHashes{{{1, "MD5"},
                                                                        {2, "SHA1"},
                                                                        {3, "RIPEMD160"},
                                                                        {8, "SHA256"},
                                                                        {9, "SHA384"},
                                                                        {10, "SHA512"},
                                                                        {11, "SHA224"},
                                                                        {12, "SHA3-256"},
                                                                        {14, "SHA3-512"}}};

/// What may be marked critical on a signature over a file: it is obeyed here, or sets no
/// condition.
bool is_understood(unsigned type) {
  return type == kCreationTime || type == kExpirationTime || type == kIssuerKeyId ||
         type == kIssuerFingerprint || type == kSignersUserId;
}

struct Subpacket {
  unsigned type = 0;
  bool critical = false;
  std::string_view body{};
};

Result<std::vector<Subpacket>> subpackets(std::string_view area) {
  std::vector<Subpacket> found;
  Reader reader(area);
  while (!reader.at_end()) {
    const auto length = read_openpgp_length(as_bytes(reader.rest()), false);
    if (!length) return bad_signature_packet("a subpacket is cut off");
    if (length->value == 0) return bad_signature_packet("a subpacket without a type");
    reader.text(length->width);
    const unsigned type = reader.number(1);
    const std::string_view body = reader.text(length->value - 1);
    if (reader.failed()) return bad_signature_packet("a subpacket is cut off");
    found.push_back({type & 0x7fU, (type & 0x80U) != 0, body});
  }
  return found;
}

/// Two hints that name two keys make none.
Result<void> take_hint(std::string& known, std::string said) {
  if (!known.empty() && known != said) {
    return bad_signature_packet("it names two keys as its maker");
  }
  known = std::move(said);
  return {};
}

Result<void> take_issuer(const Subpacket& one, OpenPgpSignature& signature) {
  if (one.type == kIssuerKeyId) {
    if (one.body.size() != 8) return bad_signature_packet("a key id of another size");
    return take_hint(signature.issuer_key_id, upper_hex(one.body));
  }
  if (one.type != kIssuerFingerprint) return {};
  if (one.body.size() != 21 || one.body[0] != 4) {
    return bad_signature_packet("a fingerprint of another version than the signature's");
  }
  const std::string fingerprint = upper_hex(one.body.substr(1));
  TRY(take_hint(signature.issuer_fingerprint, fingerprint));
  return take_hint(signature.issuer_key_id, fingerprint.substr(24));
}

/// Only what is hashed was said by the signer.
Result<void> take_hashed(std::string_view area, OpenPgpSignature& signature) {
  bool created = false;
  std::optional<std::uint32_t> lifetime;
  for (const Subpacket& one : TRY(subpackets(area))) {
    if (one.type == kCreationTime || one.type == kExpirationTime) {
      const bool again = one.type == kCreationTime ? created : lifetime.has_value();
      if (again || one.body.size() != 4) return bad_signature_packet("a time twice, or none");
      const std::uint32_t seconds = Reader(one.body).number(4);
      if (one.type == kCreationTime) {
        created = true;
        signature.created = Time{seconds};
      } else {
        lifetime = seconds;
      }
    }
    TRY(take_issuer(one, signature));
  }
  if (!created) return bad_signature_packet("it does not say when it was made");
  if (lifetime.value_or(0) != 0) {
    signature.expires = Time{signature.created.seconds + *lifetime};
  }
  return {};
}

Result<void> note_critical(std::string_view area, OpenPgpSignature& signature) {
  for (const Subpacket& one : TRY(subpackets(area))) {
    if (!one.critical || is_understood(one.type)) continue;
    signature.unknown_critical = fmt::format("subpacket {}", one.type);
    if (one.type == 20) signature.unknown_critical = "a notation";
  }
  return {};
}

/// One or two integers, each with its size in bits and no bit more (RFC 4880, 3.2): their
/// values are the library's to judge.
Result<void> check_integers(std::string_view rest) {
  Reader reader(rest);
  int count = 0;
  bool exact = true;
  for (; !reader.at_end() && exact; ++count) {
    const std::uint32_t bits = reader.number(2);
    const std::string_view value = reader.text((bits + 7) / 8);
    const unsigned first = value.empty() ? 0U : static_cast<unsigned char>(value.front());
    exact = bits != 0 && first >> ((bits - 1) % 8) == 1U;
  }
  if (reader.failed() || !exact || count < 1 || count > 2) {
    return bad_signature_packet("its integers do not fill the packet");
  }
  return {};
}

bool is_self_signature(unsigned type) {
  return (type >= kGenericCertification && type <= kPositiveCertification) ||
         type == kSubkeyBinding || type == kDirectKey;
}

bool is_weak_hash(unsigned number) {
  return number <= 3;
}

/// Type and hash of a signature packet of any version, as far as they are there.
struct SignatureHead {
  unsigned type = 0;
  unsigned hash = 0;
};

std::optional<SignatureHead> head_of(std::string_view body) {
  Reader reader(body);
  const unsigned version = reader.number(1);
  if (version == 3) {
    if (reader.number(1) != 5) return std::nullopt;
    const unsigned type = reader.number(1);
    reader.text(12 + 1);
    const unsigned hash = reader.number(1);
    return reader.failed() ? std::nullopt : std::optional(SignatureHead{type, hash});
  }
  if (version != 4) return std::nullopt;
  const unsigned type = reader.number(1);
  reader.text(1);
  const unsigned hash = reader.number(1);
  return reader.failed() ? std::nullopt : std::optional(SignatureHead{type, hash});
}

/// A subkey that signs must have signed its primary key back, in the binding.
bool has_weak_back_signature(std::string_view body) {
  Reader reader(body);
  if (reader.number(1) != 4) return false;
  reader.text(3);
  for (int area = 0; area < 2; ++area) {
    const auto found = subpackets(reader.text(reader.number(2)));
    if (!found) return false;
    for (const Subpacket& one : *found) {
      if (one.type != kEmbeddedSignature) continue;
      const auto head = head_of(one.body);
      if (head && is_weak_hash(head->hash)) return true;
    }
  }
  return false;
}

/// What a signature in a certificate says of the key it stands behind.
void note_signature(std::string_view body, OpenPgpCertificatePackets& certificate) {
  const auto head = head_of(body);
  if (!head) return;
  OpenPgpKeyPackets& last = certificate.keys.back();
  // A revocation counts even where nobody could say whose it is or over which hash.
  if (head->type == kKeyRevocation) certificate.keys.front().revoked = true;
  if (head->type == kSubkeyRevocation) last.revoked = true;
  if (is_self_signature(head->type) &&
      (is_weak_hash(head->hash) || has_weak_back_signature(body))) {
    last.weak_binding = true;
  }
}

constexpr const char* kWantOne = "export it alone: gpg --armor --export FINGERPRINT";

Result<void> add_packet(const OpenPgpPacket& packet, OpenPgpCertificatePackets& certificate) {
  const bool first = certificate.keys.empty();
  switch (static_cast<OpenPgpTag>(packet.tag)) {
    case OpenPgpTag::secret_key:
    case OpenPgpTag::secret_subkey:
      return bad_certificate(
          "this is a secret key, and nobody should have handed it out",
          "pin the public key; tell the owner that his secret key got about");
    case OpenPgpTag::public_key:
      if (!first) return bad_certificate("this holds more than one primary key", kWantOne);
      break;
    case OpenPgpTag::signature:
      if (first) return bad_certificate("this is an OpenPGP signature, not a key", kWantOne);
      note_signature(packet.body, certificate);
      break;
    case OpenPgpTag::user_id:
    case OpenPgpTag::user_attribute:
    case OpenPgpTag::public_subkey:
      if (first) return bad_certificate("this begins with no primary key", kWantOne);
      break;
    default: return bad_certificate("this is no OpenPGP public key", kWantOne);
  }
  if (packet.tag == static_cast<unsigned>(OpenPgpTag::public_key) ||
      packet.tag == static_cast<unsigned>(OpenPgpTag::public_subkey)) {
    if (packet.body.empty() || packet.body[0] != 4) {
      return bad_certificate("this is an OpenPGP key of a version that is not supported",
                             "this version knows keys of version 4");
    }
    certificate.keys.push_back({.body = std::string(packet.body)});
  }
  certificate.bytes += openpgp_packet(packet);
  return {};
}

}  // namespace

std::optional<OpenPgpPacket> take_openpgp_packet(std::string_view& bytes) {
  const auto header = read_openpgp_header(as_bytes(bytes));
  if (!header || header->body != OpenPgpHeader::Body::whole || header->length > kBodyMax ||
      header->length > bytes.size() - header->size) {
    return std::nullopt;
  }
  const OpenPgpPacket packet{header->tag, bytes.substr(header->size, header->length)};
  bytes.remove_prefix(header->size + header->length);
  return packet;
}

std::string openpgp_packet(const OpenPgpPacket& packet) {
  std::string bytes;
  bytes += static_cast<char>(0xc0U | packet.tag);
  bytes += static_cast<char>(0xff);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes += static_cast<char>(packet.body.size() >> shift & 0xffU);
  }
  bytes += packet.body;
  return bytes;
}

std::string openpgp_hash_name(unsigned number) {
  for (const auto& [known, name] : kHashes) {
    if (known == number) return std::string(name);
  }
  return fmt::format("hash {}", number);
}

bool is_openpgp_hash_name(std::string_view name) {
  return std::ranges::any_of(kHashes, [&](const auto& one) { return one.second == name; });
}

Result<OpenPgpSignature> parse_openpgp_signature(std::string_view body) {
  Reader reader(body);
  OpenPgpSignature signature{.body = std::string(body)};
  signature.version = reader.number(1);
  if (reader.failed() || signature.version < 2 || signature.version > 6) {
    return bad_signature_packet("its version is none");
  }
  if (signature.version == 3) {
    reader.text(1 + 1 + 4);
    signature.issuer_key_id = upper_hex(reader.text(8));
    if (reader.failed()) return bad_signature_packet("a signature packet is cut off");
  }
  if (signature.version != 4) return signature;
  signature.type = reader.number(1);
  reader.text(1);  // whose number the key's own algorithm must be
  signature.hash = openpgp_hash_name(reader.number(1));
  const std::string_view hashed = reader.text(reader.number(2));
  const std::string_view unhashed = reader.text(reader.number(2));
  reader.text(2);  // the first octets of the hash
  if (reader.failed()) return bad_signature_packet("a signature packet is cut off");
  TRY(check_integers(reader.rest()));
  TRY(take_hashed(hashed, signature));
  for (const Subpacket& one : TRY(subpackets(unhashed))) TRY(take_issuer(one, signature));
  TRY(note_critical(hashed, signature));
  TRY(note_critical(unhashed, signature));
  return signature;
}

Result<std::vector<OpenPgpSignature>> parse_openpgp_signatures(std::string_view bytes) {
  std::vector<OpenPgpSignature> signatures;
  while (!bytes.empty() || signatures.empty()) {
    const auto packet = take_openpgp_packet(bytes);
    if (!packet) {
      return bad_signature_packet(signatures.empty() ? "it is no packet, or a part of one"
                                                     : "there is something after it");
    }
    if (packet->tag != static_cast<unsigned>(OpenPgpTag::signature)) {
      return bad_signature_packet(fmt::format(
          "it holds a packet of type {}, and only signatures belong there", packet->tag));
    }
    if (signatures.size() == kSignaturesMax) {
      return undecided("limit-signatures",
                       fmt::format("more than {} signatures in one file", kSignaturesMax));
    }
    signatures.push_back(TRY(parse_openpgp_signature(packet->body)));
  }
  return signatures;
}

Result<OpenPgpCertificatePackets> parse_openpgp_certificate(std::string_view bytes) {
  OpenPgpCertificatePackets certificate;
  std::size_t count = 0;
  while (!bytes.empty() || count == 0) {
    const auto packet = take_openpgp_packet(bytes);
    if (!packet || ++count > kPacketsMax) {
      return bad_certificate("this is no OpenPGP public key, or one that is cut off", kWantOne);
    }
    TRY(add_packet(*packet, certificate));
  }
  return certificate;
}

}  // namespace assay
