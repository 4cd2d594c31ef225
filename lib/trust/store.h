// TrustStore: who is believed, and for which file names. A folder of TOML
// files and keys exactly as their owners published them:
//   vendors.d/<vendor>.toml   keys/<vendor>/<file>   revoked.d/<name>.toml
//   tsa/<name>.pem            crl/<vendor>/<name>   crl/tsa/<name>
// man/assay-trust.5 is the contract; keep it in step.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "trust/formats.h"
#include "trust/product.h"

namespace assay {

struct Vendor {
  std::string id{};
  std::string contact{};
  std::string reviewed_by{}, reviewed_how{};  ///< who compared the keys, and how; or empty
  std::optional<Time> reviewed_at{};
  std::vector<Product> products{};  ///< never empty
  std::vector<TrustedKey> keys{};

  /// Globs on the bundle's base name, those of all products.
  std::vector<std::string> match() const;
  /// Products one of whose globs matches the base name.
  std::vector<const Product*> products_for(std::string_view file_name) const;
};

/// A file nobody shall install, however well signed.
struct RevokedDigest {
  std::string sha256{};  ///< lower hex
  Time at{};
  std::string reason{};
};

/// The folder of crl/ for those who give times, beside the vendors' own.
inline constexpr std::string_view kTimeAuthorities = "tsa";

/// A file of tsa/ or crl/, as it stands there.
struct TrustAnchor {
  std::string name{};    ///< "tsa/freetsa.pem", "crl/acme/root.crl"
  std::string vendor{};  ///< whose, by its folder under crl/; empty under tsa/
  std::string bytes{};
};

class TrustStore {
 public:
  /// No vendor, nobody is believed.
  TrustStore() = default;

  /// Strict: unknown or duplicate keys, ids that do not recompute, folders or
  /// files that others may write are config errors. No such folder is an error too.
  /// `formats` are those a key may have.
  static Result<TrustStore> load(const std::string& folder, const TrustFormats& formats);

  const std::vector<Vendor>& vendors() const { return vendors_; }
  const Vendor* find_vendor(std::string_view id) const;
  /// Vendors one of whose globs matches the base name.
  std::vector<const Vendor*> matching(std::string_view file_name) const;
  /// Certificates in PEM of the time-stamping authorities that are believed.
  const std::vector<TrustAnchor>& timestamp_authorities() const { return authorities_; }
  /// Revocation lists in PEM or DER that stand under crl/<vendor>/ and crl/tsa/.
  const std::vector<TrustAnchor>& revocation_lists() const { return revocation_lists_; }
  /// Null if nobody revoked the file.
  const RevokedDigest* find_revoked(std::string_view sha256) const;
  /// SHA-256 over every file the store consists of; empty for an empty store.
  const std::string& sha256() const { return sha256_; }
  /// Those files as they were read, by their paths in the store.
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::vector<Vendor> vendors_{};
  std::vector<RevokedDigest> revoked_{};
  std::vector<TrustAnchor> authorities_{};
  std::vector<TrustAnchor> revocation_lists_{};
  std::string sha256_{};
  std::map<std::string, std::string> files_{};
};

/// Pins a key for a vendor: writes keys/<vendor>/<name> and adds it to
/// vendors.d/<vendor>.toml, which is made if need be. Refuses a key already pinned.
struct NewPin {
  std::string vendor{}, key_name{};
  PublishedKey key{};
  std::vector<std::string> match{};
  std::optional<Time> valid_from{}, valid_until{};
  std::vector<std::string> roles{};           ///< empty: the payload's
  std::string operator_name{};                ///< empty: the key's own name
  std::string reviewed_by{}, reviewed_how{};  ///< stand in a new vendor file, if given
  Time reviewed_at{};
};
Result<void> add_pin(const std::string& folder, const NewPin& pin, const TrustFormats& formats);
/// Removes a vendor, or one key of it when `key_name` is not empty.
Result<void> remove_pin(const std::string& folder, const std::string& vendor,
                        const std::string& key_name, const TrustFormats& formats);

}  // namespace assay
