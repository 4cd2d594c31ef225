// TrustStore: who is believed, and for which file names. A folder of TOML
// files and keys exactly as their owners published them:
//   vendors.d/<vendor>.toml   keys/<vendor>/<file>
// man/assay-trust.5 is the contract; keep it in step.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/key.h"

namespace assay {

/// A pinned key: one source of evidence.
struct TrustedKey {
  std::string name{};        ///< unique in the store: "acme-2026"
  std::string format{};      ///< "minisign": never taken from a signature
  std::string id{};          ///< "sha256:<hex of the 32 key bytes>", recomputed at load
  std::string display_id{};  ///< as the format's own program shows it: "E7620F1842B4E81F"
  std::string file{};        ///< relative to keys/
  std::vector<std::string> algorithms{};  ///< allowed encodings: "ED", "Ed"
  Ed25519Public public_key{};
  std::array<std::byte, 8> key_number{};  ///< minisign's hint, no security
  std::optional<Time> valid_from{};
  std::optional<Time> valid_until{};
  std::optional<Time> revoked_at{};
  std::string revoked_reason{};
};

struct Vendor {
  std::string id{};
  std::string contact{};
  std::vector<std::string> match{};  ///< globs on the bundle's base name; never empty
  std::vector<TrustedKey> keys{};
};

class TrustStore {
 public:
  /// No vendor, nobody is believed.
  TrustStore() = default;

  /// Strict: unknown or duplicate keys, ids that do not recompute, folders or
  /// files that others may write are config errors. No such folder is an error too.
  static Result<TrustStore> load(const std::string& folder);

  const std::vector<Vendor>& vendors() const { return vendors_; }
  const Vendor* find_vendor(std::string_view id) const;
  /// Vendors one of whose globs matches the base name.
  std::vector<const Vendor*> matching(std::string_view file_name) const;
  /// SHA-256 over every file the store consists of; empty for an empty store.
  const std::string& sha256() const { return sha256_; }

 private:
  std::vector<Vendor> vendors_{};
  std::string sha256_{};
};

/// A published key as found in a file or on the command line.
struct PublishedKey {
  std::string format{};
  std::string display_id{};
  std::string id{};
  std::string file_text{};  ///< what will stand under keys/, as published
};
/// Tells the format from the content. Fails with config and a hint.
Result<PublishedKey> read_published_key(std::string_view text);

/// Pins a key for a vendor: writes keys/<vendor>/<name>.pub and adds it to
/// vendors.d/<vendor>.toml, which is made if need be. Refuses a key already pinned.
struct NewPin {
  std::string vendor{}, key_name{};
  PublishedKey key{};
  std::vector<std::string> match{};
  std::optional<Time> valid_from{}, valid_until{};
};
Result<void> add_pin(const std::string& folder, const NewPin& pin);
/// Removes a vendor, or one key of it when `key_name` is not empty.
Result<void> remove_pin(const std::string& folder, const std::string& vendor,
                        const std::string& key_name);

}  // namespace assay
