// Keys: what a vendor published, what the store pins of it, and the rows that
// know how each kind of key is written.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace assay {

struct TrustedKey;

/// A published key as found in a file or on the command line. Nothing in it is
/// believed but the key itself.
struct PublishedKey {
  std::string format{};      ///< "minisign": the KeyFormat that read it
  std::string id{};          ///< as a vendor file pins it: "sha256:<hex>", "v4:<fingerprint>"
  std::string display_id{};  ///< as the format's own program shows it: "E7620F1842B4E81F"
  std::string material{};    ///< what the format verifies with, in a form of its own choosing
  /// The same for every form one key can be published in, so that it is counted once:
  /// "ed25519:<hex of the point>", or "spki:<hex of SHA-256 over the DER>". Empty: `id`.
  std::string value{};
  std::string file_text{};  ///< what will stand under keys/, as published
  std::vector<std::string>
      algorithms{};                   ///< what a pin allows that does not say: the strongest
  std::vector<std::string> usages{};  ///< x509: what a new pin demands
  std::vector<std::string> notes{};   ///< what it claims of itself, one printable line each
};

/// KeyFormat: one row. How keys of one kind are published and pinned.
struct KeyFormat {
  std::string_view name;    ///< `format` in a vendor file: "minisign"
  std::string_view suffix;  ///< of its file under keys/: ".pub"
  /// Whether `read` should be asked what this is; true for keys and for what people
  /// mistake for them.
  bool (*matches)(std::string_view text);
  /// Fails with config and a hint.
  Result<PublishedKey> (*read)(std::string_view text);
  std::span<const std::string_view> algorithms;  ///< all that `algorithms` may list
  /// Fields of a `[[key]]` that only some kinds have: "namespaces", "subject", ...
  std::span<const std::string_view> fields;
  /// Fills in what a pin of this kind leaves out, and refuses one that believes too much:
  /// config and a hint. Null: there is nothing to do.
  Result<void> (*complete)(TrustedKey& key) = nullptr;
};

/// A pinned key: one source of evidence.
struct TrustedKey {
  std::string vendor{};                   ///< whose file pins it
  std::string name{};                     ///< unique in the store: "acme-2026"
  std::string format{};                   ///< "minisign": never taken from a signature
  std::string id{};                       ///< recomputed at load
  std::string display_id{};               ///< as PublishedKey has it
  std::string material{};                 ///< as PublishedKey has it
  std::string value{};                    ///< as PublishedKey has it, never empty
  std::string file{};                     ///< relative to keys/
  std::vector<std::string> algorithms{};  ///< allowed encodings; never empty
  std::vector<std::string> roles{};       ///< "payload", "metadata", "provenance"; never empty
  std::string operator_name{};  ///< who holds it; thresholds count each once; never empty
  std::string min_version{};    ///< signs no older one; empty: any
  std::string superseded_by{};  ///< the key that takes its place, by name
  std::optional<Time> valid_from{};
  std::optional<Time> valid_until{};
  std::optional<Time> revoked_at{};
  std::string revoked_reason{};
  bool compromised = true;  ///< revoked for good, whatever proves an earlier time

  std::vector<std::string> namespaces{};     ///< ssh
  std::string subject{};                     ///< x509: exact, as RFC 4514 writes it
  std::vector<std::string> usages{};         ///< x509: extended key usages, dotted
  bool crl_required = false;                 ///< x509
  std::optional<Time> sha1_binding_until{};  ///< openpgp: a dated waiver
};

}  // namespace assay
