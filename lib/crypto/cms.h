// CMS SignedData (RFC 5652), which PKCS#7 is an older spelling of: what a message says, and
// whether one of its signatures was made with a certificate's key.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"

namespace assay {

/// The content types that are known here, dotted.
inline constexpr std::string_view kCmsData = "1.2.840.113549.1.7.1";
inline constexpr std::string_view kCmsTimestamp = "1.2.840.113549.1.9.16.1.4";

/// The signature algorithms that prove something, as pins list them.
inline constexpr std::string_view kCmsAlgorithms[] = {
    "RSA-PKCS1-SHA256", "RSA-PKCS1-SHA384", "RSA-PKCS1-SHA512", "RSA-PSS-SHA256",
    "RSA-PSS-SHA384",   "RSA-PSS-SHA512",   "ECDSA-SHA256",     "ECDSA-SHA384",
    "ECDSA-SHA512",     "Ed25519"};

/// One SignerInfo, section 5.3. All of it are claims; `signer_fault` says whether the signed
/// ones are the words of a key.
struct CmsSigner {
  std::string names{};  ///< whose key it is said to be, printable: "serial 0A1B of CN=Acme"
  /// As a pin lists it: "ECDSA-SHA256". What proves nothing has a name too: "ECDSA-SHA1".
  std::string algorithm{};
  std::optional<HashAlgorithm> digest{};  ///< nothing: another

  // Signed attributes, sections 5.3 and 11.
  bool has_attributes = false;
  std::string content_type{};               ///< dotted; empty if it is not there exactly once
  std::vector<std::byte> message_digest{};  ///< likewise
  std::optional<Time> signing_time{};
  bool algorithms_differ = false;  ///< from those that were signed along (RFC 6211)

  std::string signature{};
  std::vector<std::string> timestamps{};  ///< unsigned attributes: tokens over `signature`, DER
};

struct CmsMessage {
  std::string der{};
  std::string content_type{};            ///< of what is signed, dotted
  std::optional<std::string> content{};  ///< carried along; nothing: detached
  std::vector<Certificate> certificates{};
  std::vector<CmsSigner> signers{};
};

/// Whether the bytes look like SignedData over something of that content type.
bool looks_like_cms(std::string_view bytes, std::string_view content_type);

/// PEM or DER, all of it. Fails as malformed (sidecar-malformed) or undecided
/// (limit-signature-parts).
Result<CmsMessage> parse_cms(std::string_view bytes);

/// True if it is all in DER, and the versions in it and the digests it names in front are
/// those that follow from its signatures. Nobody signs them.
bool has_plain_frame(const CmsMessage& message);

/// True if `certificate` is the one that the signer names: by its key identifier, or by its
/// issuer's name, byte for byte, and its serial number.
bool names(const CmsMessage& message, std::size_t signer, const Certificate& certificate);

/// Why the signed attributes are not what the certificate's key signed, soundly; nothing if
/// they are: then its message_digest is that key's word.
Fault signer_fault(const CmsMessage& message, std::size_t signer,
                   const Certificate& certificate);

/// The same for a signer without signed attributes, whose signature is over the content
/// itself: `content_digest` is by the signer's digest. The caller must know by the content's
/// form that it cannot be somebody's attributes (RFC 5652 section 5.4): no SET in DER.
Fault bare_signer_fault(const CmsMessage& message, std::size_t signer,
                        const Certificate& certificate,
                        std::span<const std::byte> content_digest);

/// True if the signed attributes name, by ESSCertID or ESSCertIDv2 (RFC 5035), the first of
/// `known` as the signer's.
bool binds_certificate(const CmsMessage& message, std::size_t signer,
                       std::span<const Certificate> known);

}  // namespace assay
