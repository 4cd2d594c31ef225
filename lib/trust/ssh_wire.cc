#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "trust/ssh.h"

namespace assay {
namespace {

constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----\n";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";
constexpr std::size_t kMaxLine = 76;
constexpr std::string_view kMagic = "SSHSIG";
constexpr std::uint32_t kVersion = 1;

constexpr std::string_view kSecurityKey = "sk-";
constexpr std::string_view kCertificate = "-cert-v01@openssh.com";

struct Curve {
  std::string_view name;
  KeyKind kind;
};
constexpr Curve kCurves[] = {
    {"nistp256", KeyKind::p256}, {"nistp384", KeyKind::p384}, {"nistp521", KeyKind::p521}};

Error bad_key(std::string_view what) {
  return malformed("sidecar-malformed", fmt::format("no SSH key: {}", what));
}

Error bad_signature_file(std::string_view what) {
  return malformed("sidecar-malformed", fmt::format("no SSH signature: {}", what));
}

Error unsupported(std::string what) {
  return undecided("unsupported-signature", std::move(what));
}

/// A key that the crypto room refuses, told of a signature's bytes.
Result<PublicKey> as_claimed(Result<PublicKey> key) {
  if (key) return key;
  Error& error = key.error();
  return malformed(error.code.empty() ? "sidecar-malformed" : error.code,
                   std::move(error.what));
}

Result<PublicKey> read_rsa(SshReader& reader) {
  const auto exponent = reader.positive(), modulus = reader.positive();
  if (!exponent || !modulus) return bad_key("its numbers are not spelled as they should be");
  return as_claimed(PublicKey::from_rsa(as_bytes(*exponent), as_bytes(*modulus)));
}

Result<PublicKey> read_ed25519(SshReader& reader) {
  const auto point = reader.string();
  Ed25519Public key{};
  if (!point || point->size() != key.size()) return bad_key("it is not 32 bytes long");
  std::ranges::copy(as_bytes(*point), key.begin());
  return as_claimed(PublicKey::from_ed25519(key));
}

Result<PublicKey> read_ecdsa(SshReader& reader, std::string_view curve_name) {
  const auto name = reader.string(), point = reader.string();
  const auto* const curve = std::ranges::find(kCurves, curve_name, &Curve::name);
  if (!name || !point || *name != curve_name) return bad_key("its curve is another");
  return as_claimed(PublicKey::from_ec_point(curve->kind, as_bytes(*point)));
}

Result<PublicKey> read_numbers(SshReader& reader, std::string_view type) {
  if (type == "ssh-rsa") return read_rsa(reader);
  if (type == "ssh-ed25519" || type == "sk-ssh-ed25519@openssh.com") {
    return read_ed25519(reader);
  }
  if (type == "sk-ecdsa-sha2-nistp256@openssh.com") return read_ecdsa(reader, "nistp256");
  for (const Curve& curve : kCurves) {
    if (type == fmt::format("ecdsa-sha2-{}", curve.name)) {
      return read_ecdsa(reader, curve.name);
    }
  }
  if (type == "ssh-dss") return malformed("weak-algorithm", "a DSA key proves nothing");
  if (type.ends_with(kCertificate)) {
    return unsupported("an SSH certificate, which this version cannot check");
  }
  return unsupported(fmt::format("an SSH key of type '{}', which this version cannot check",
                                 printable(type.substr(0, 64))));
}

/// What stands between the armour's lines: lines of one length, the last no longer.
Result<std::vector<std::byte>> unarmour(std::string_view text) {
  if (text.find('\r') != text.npos) return bad_signature_file("it has carriage returns");
  if (!text.starts_with(kBegin))
    return bad_signature_file("its first line is not the armour's");
  text.remove_prefix(kBegin.size());
  const std::size_t end = text.find(kEnd);
  if (end == text.npos || end == 0) return bad_signature_file("the armour has no end");
  const std::string_view after = text.substr(end + kEnd.size());
  if (!after.empty() && after != "\n") {
    return bad_signature_file("there is something after the armour");
  }
  std::string base64;
  const std::size_t width = std::min(text.find('\n'), kMaxLine);
  for (std::string_view body = text.substr(0, end); !body.empty();) {
    const std::size_t size = body.find('\n');
    if (size == body.npos || size == 0 || size > width ||
        (size < width && size + 1 != body.size())) {
      return bad_signature_file("its lines are not of one length");
    }
    base64 += body.substr(0, size);
    body.remove_prefix(size + 1);
  }
  auto blob = from_base64(base64);
  if (!blob) return bad_signature_file("what the armour holds is not base64");
  return *std::move(blob);
}

/// `signature.algorithm` and what follows it.
Result<void> read_signature(std::string_view blob, SshSignature& signature) {
  SshReader reader(blob);
  const auto algorithm = reader.string(), bytes = reader.string();
  if (!algorithm || !bytes) return bad_signature_file("its last part ends early");
  signature.algorithm = *algorithm;
  signature.bytes = *bytes;
  if (algorithm->starts_with("webauthn-")) {
    return unsupported(
        "a signature made through a browser (webauthn), which this version "
        "cannot check");
  }
  if (algorithm->starts_with(kSecurityKey)) {
    const auto flags = reader.take(1);
    const auto counter = reader.number();
    if (!flags || !counter) return bad_signature_file("a token's flags or counter are missing");
    signature.flags = static_cast<std::uint8_t>(flags->front());
    signature.counter = *counter;
  }
  if (!reader.at_end()) return bad_signature_file("there is something after its last part");
  return {};
}

}  // namespace

std::optional<std::string_view> SshReader::take(std::size_t size) {
  if (size > rest_.size()) return std::nullopt;
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::optional<std::uint32_t> SshReader::number() {
  const auto bytes = take(4);
  if (!bytes) return std::nullopt;
  std::uint32_t value = 0;
  for (const std::byte byte : as_bytes(*bytes)) {
    value = value << 8U | std::to_integer<std::uint32_t>(byte);
  }
  return value;
}

std::optional<std::string_view> SshReader::string() {
  const auto size = number();
  return size ? take(*size) : std::nullopt;
}

std::optional<std::string_view> SshReader::positive() {
  auto value = string();
  if (!value || value->empty()) return std::nullopt;
  const auto high = [&] { return static_cast<unsigned char>(value->front()) >= 0x80; };
  if (high()) return std::nullopt;  // negative
  if (value->front() != '\0') return value;
  value->remove_prefix(1);
  return !value->empty() && high() ? value : std::nullopt;
}

Result<SshKey> parse_ssh_key(std::string_view blob) {
  SshReader reader(blob);
  const auto type = reader.string();
  if (!type) return bad_key("it ends early");
  PublicKey key = TRY(read_numbers(reader, *type));
  std::string_view application;
  if (type->starts_with(kSecurityKey)) {
    const auto value = reader.string();
    if (!value) return bad_key("its application is missing");
    application = *value;
  }
  if (!reader.at_end()) return bad_key("there is something after its last part");
  return SshKey{std::string(*type), std::move(key), std::string(application)};
}

std::string ssh_fingerprint(std::string_view key_blob) {
  std::string base64 = to_base64(digest(HashAlgorithm::sha256, as_bytes(key_blob)));
  while (base64.ends_with('=')) base64.pop_back();
  return "SHA256:" + base64;
}

Result<SshSignature> parse_ssh_signature(std::string_view text) {
  const std::vector<std::byte> blob = TRY(unarmour(text));
  SshReader reader(as_text(blob));
  if (reader.take(kMagic.size()) != kMagic) return bad_signature_file("its magic is missing");
  const auto version = reader.number();
  if (!version || *version == 0) return bad_signature_file("its version is missing");
  if (*version != kVersion) {
    return unsupported(
        fmt::format("an SSH signature of version {}, which this version cannot "
                    "check",
                    *version));
  }
  const auto key = reader.string(), name = reader.string(), reserved = reader.string();
  const auto hash = reader.string(), signed_part = reader.string();
  if (!key || !name || !reserved || !hash || !signed_part) {
    return bad_signature_file("it ends early");
  }
  if (!reader.at_end()) return bad_signature_file("there is something after its last part");
  if (name->empty()) return bad_signature_file("it names no namespace");
  if (!reserved->empty()) return bad_signature_file("something stands in its reserved field");
  if (*hash != "sha256" && *hash != "sha512") {
    return bad_signature_file("it hashes by neither sha256 nor sha512");
  }
  SshSignature signature{.key_blob = std::string(*key), .namespace_name = std::string(*name)};
  signature.hash = *hash;
  TRY(read_signature(*signed_part, signature));
  return signature;
}

}  // namespace assay
