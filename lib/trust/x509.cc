// x509-leaf and x509-anchor: a vendor's certificate, pinned itself, or one that certifies
// those he signs with. signing.md 3.5.

#include "trust/x509.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/certificate.h"
#include "crypto/cms.h"
#include "crypto/pem.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::string_view kLeafFields[] = {"usages"};
constexpr std::string_view kAnchorFields[] = {"subject", "usages", "crl_required"};
constexpr std::string_view kLabels[] = {"CERTIFICATE", "TRUSTED CERTIFICATE",
                                        "X509 CERTIFICATE"};

/// Those a key of this type can make; all, for an authority: it may certify any.
std::vector<std::string> algorithms_for(const Certificate& certificate) {
  std::string_view prefix;
  if (!certificate.is_ca && certificate.key_type == "RSA") prefix = "RSA-";
  if (!certificate.is_ca && certificate.key_type == "EC") prefix = "ECDSA-";
  if (!certificate.is_ca && certificate.key_type == "Ed25519") prefix = "Ed25519";
  std::vector<std::string> algorithms;
  for (const std::string_view one : kCmsAlgorithms) {
    if (one.starts_with(prefix)) algorithms.emplace_back(one);
  }
  return algorithms;
}

Error refused(std::string what, std::string hint) {
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

/// A key that no signature by it could be believed of.
Result<void> check_key(const Certificate& certificate) {
  if (certificate.explicit_curve) {
    return refused("the certificate's key spells out a curve instead of naming one",
                   "ask the vendor for a certificate with a named curve, such as P-256");
  }
  if (certificate.key_type.empty()) {
    return refused("the certificate's key is of a kind that is not known here",
                   "CMS signatures are checked by RSA, ECDSA and Ed25519");
  }
  if (certificate.key_type == "RSA" && certificate.key_bits < 2048) {
    return refused(fmt::format("the certificate's RSA key has {} bits", certificate.key_bits),
                   "fewer than 2048 prove nothing: ask the vendor for a longer one");
  }
  return {};
}

std::string window(const Certificate& certificate) {
  return fmt::format("valid from {} to {}", to_rfc3339(certificate.not_before),
                     to_rfc3339(certificate.not_after));
}

Result<PublishedKey> read(std::string_view text, std::string_view format) {
  const Certificate certificate = TRY(parse_certificate(text));
  TRY(check_key(certificate));
  PublishedKey published{.format = std::string(format), .display_id = short_id(certificate)};
  published.id = "sha256:" + certificate.sha256;
  published.material = certificate.der;
  published.value = certificate.key_value;
  published.file_text = text;
  published.algorithms = algorithms_for(certificate);
  published.notes = {"subject " + printable(certificate.subject), window(certificate)};
  return published;
}

Result<PublishedKey> read_leaf(std::string_view text) {
  return read(text, "x509-leaf");
}

Result<PublishedKey> read_anchor(std::string_view text) {
  PublishedKey published = TRY(read(text, "x509-anchor"));
  if (!parse_certificate(text)->is_ca) {
    return refused("this certificate may not certify others",
                   "pin it as x509-leaf: then it signs itself");
  }
  published.usages = {std::string(kCodeSigning)};
  return published;
}

/// Parts of a dotted object identifier: digits between dots.
bool is_dotted(std::string_view text) {
  return !text.empty() && text.find("..") == text.npos && text.front() != '.' &&
         text.back() != '.' && text.find('.') != text.npos &&
         text.find_first_not_of("0123456789.") == text.npos;
}

Result<void> complete(TrustedKey& key) {
  for (const std::string& usage : key.usages) {
    if (is_dotted(usage)) continue;
    return refused(fmt::format("'{}' in 'usages' is no object identifier", printable(usage)),
                   "write it as numbers with dots: \"1.3.6.1.5.5.7.3.3\" is code signing");
  }
  if (key.usages.empty()) key.usages = {std::string(kCodeSigning)};
  return {};
}

/// One authority may certify several vendors, so its pin is worth what it demands.
Result<void> complete_anchor(TrustedKey& key) {
  const bool any_use =
      key.usages.empty() || std::ranges::find(key.usages, kAnyUsage) != key.usages.end();
  if (key.subject.empty() && any_use) {
    return refused(
        "with neither 'subject' nor 'usages' everybody this authority certifies could sign",
        "name the signer: subject = \"CN=Acme Release,O=Acme\"; or, if the authority is the "
        "vendor's own: usages = [\"1.3.6.1.5.5.7.3.3\"]");
  }
  TRY(complete(key));
  if (!key.subject.empty()) key.value += " for " + key.subject;
  return {};
}

bool matches_leaf(std::string_view text) {
  const auto certificate = parse_certificate(text);
  return certificate && !certificate->is_ca;
}

/// What else looks like a certificate: `read_anchor` says what is wrong with it.
bool matches_anchor(std::string_view text) {
  return is_pem(text, kLabels) || bool(parse_certificate(text));
}

}  // namespace

extern const KeyFormat x509_leaf_key_format = {.name = "x509-leaf",
                                               .suffix = ".crt",
                                               .matches = matches_leaf,
                                               .read = read_leaf,
                                               .algorithms = kCmsAlgorithms,
                                               .fields = kLeafFields,
                                               .complete = complete};

extern const KeyFormat x509_anchor_key_format = {.name = "x509-anchor",
                                                 .suffix = ".crt",
                                                 .matches = matches_anchor,
                                                 .read = read_anchor,
                                                 .algorithms = kCmsAlgorithms,
                                                 .fields = kAnchorFields,
                                                 .complete = complete_anchor};

}  // namespace assay
