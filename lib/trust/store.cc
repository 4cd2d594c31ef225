#include "trust/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "trust/revocation.h"
#include "trust/vendor_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileMax = std::size_t{1} << 20;
constexpr std::string_view kSuffix = ".toml";

/// Reads the store's files, and remembers each and its digest.
class Reader {
 public:
  explicit Reader(fs::path folder) : folder_(std::move(folder)) {}

  /// The text of a file of the store, once nobody else can write it or a folder above it.
  Result<std::string> read(const fs::path& relative) {
    fs::path place = folder_;
    for (const fs::path& part : relative) {
      place /= part;
      TRY(check_not_writable_by_others(place.string()));
    }
    auto text = read_file(place.string(), kFileMax);
    if (!text) {
      text.error().kind = Error::Kind::config;
      return text;
    }
    digests_[relative.string()] = sha256_hex(as_bytes(*text));
    files_[relative.string()] = *text;
    return text;
  }

  /// One digest over all: path, NUL, digest, line feed for each file, sorted by path.
  std::string sha256() const {
    if (digests_.empty()) return {};
    std::string all;
    for (const auto& [path, digest] : digests_) {
      all += path;
      all += '\0';
      all += digest + "\n";
    }
    return sha256_hex(as_bytes(all));
  }

  std::map<std::string, std::string> take_files() { return std::move(files_); }

 private:
  fs::path folder_;
  std::map<std::string, std::string> digests_{}, files_{};
};

/// The id a file in vendors.d stands for. A stray file is refused: a vendor
/// must not vanish because his file is called acme.tmol.
Result<std::string> vendor_of(const std::string& file_name) {
  if (!file_name.ends_with(kSuffix)) {
    return fail(Error::Kind::config,
                fmt::format("vendors.d/{} is no vendor file", printable(file_name)),
                "vendor files end in .toml; move everything else out of vendors.d");
  }
  std::string id = file_name.substr(0, file_name.size() - kSuffix.size());
  if (!is_plain_name(id)) {
    return fail(Error::Kind::config, fmt::format("'{}' cannot be a vendor's id", printable(id)),
                "use letters, digits, '.', '_', '-'");
  }
  return id;
}

/// Names of what stands in vendors.d, sorted; dot-files are nobody's.
Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  if (error) {
    return fail(Error::Kind::config, fmt::format("cannot read '{}': {}",
                                                 printable(folder.string()), error.message()));
  }
  std::ranges::sort(names);
  return names;
}

/// Every file of a folder that need not be there.
Result<std::vector<TrustAnchor>> read_anchors(Reader& reader, const fs::path& root,
                                              const std::string& folder,
                                              const std::string& vendor) {
  std::vector<TrustAnchor> anchors;
  std::error_code error;
  if (!fs::exists(fs::symlink_status(root / folder, error))) return anchors;
  for (const std::string& name : TRY(names_in(root / folder))) {
    const fs::path place = fs::path(folder) / name;
    std::string bytes = TRY(reader.read(place));
    anchors.push_back({.name = place.string(), .vendor = vendor, .bytes = std::move(bytes)});
  }
  return anchors;
}

/// What stands under tsa/ and crl/ can be read: an authority or a list must not vanish
/// because its file is broken.
Result<void> check_anchors(const std::vector<TrustAnchor>& authorities,
                           const std::vector<TrustAnchor>& lists) {
  for (const TrustAnchor& file : authorities) {
    TRY(parse_certificates(file.bytes).context("reading " + printable(file.name)));
  }
  for (const TrustAnchor& file : lists) {
    TRY(parse_revocation_list(file.bytes).context("reading " + printable(file.name)));
  }
  return {};
}

/// A key or its name standing twice would be counted, or blamed, twice.
Result<void> check_distinct(const std::vector<Vendor>& vendors) {
  std::map<std::string, std::string> names, ids;
  for (const Vendor& vendor : vendors) {
    for (const TrustedKey& key : vendor.keys) {
      const auto [same_name, new_name] = names.emplace(key.name, vendor.id);
      if (!new_name) {
        return fail(Error::Kind::config,
                    fmt::format("two keys are named '{}' (vendors '{}' and '{}')", key.name,
                                same_name->second, vendor.id),
                    "key names are unique in the whole store");
      }
      const auto [same_key, new_key] = ids.emplace(key.value, key.name);
      if (!new_key) {
        return fail(Error::Kind::config,
                    fmt::format("'{}' and '{}' are the same key", same_key->second, key.name),
                    "pin a key once; if a vendor signs more, widen his 'match'");
      }
    }
  }
  return {};
}

/// Every file of revoked.d, applied to keys and remembered for files.
Result<void> read_revocations(Reader& reader, const fs::path& root,
                              std::vector<Vendor>& vendors, std::vector<RevokedDigest>& files) {
  for (const TrustAnchor& file : TRY(read_anchors(reader, root, "revoked.d", ""))) {
    TRY(apply_revocations(file.bytes, (root / file.name).string(), vendors, files));
  }
  return {};
}

}  // namespace

Result<TrustStore> TrustStore::load(const std::string& folder, const TrustFormats& formats) {
  const fs::path root(folder);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(root, error))) {
    return fail(Error::Kind::config,
                fmt::format("there is no trust store '{}'", printable(folder)),
                "make one with `assay init`, or pin a key with `assay trust add`");
  }
  TRY(check_not_writable_by_others(folder));
  TRY(check_not_writable_by_others((root / "vendors.d").string()));
  Reader reader(root);
  TrustStore store;
  for (const std::string& name : TRY(names_in(root / "vendors.d"))) {
    const std::string id = TRY(vendor_of(name));
    std::string text = TRY(reader.read(fs::path("vendors.d") / name));
    const KeyReader read_key = [&](const std::string& file) {
      return reader.read(fs::path("keys") / file);
    };
    store.vendors_.push_back(TRY(parse_vendor(
        std::move(text), (root / "vendors.d" / name).string(), id, read_key, formats)));
  }
  TRY(check_distinct(store.vendors_));
  TRY(read_revocations(reader, root, store.vendors_, store.revoked_));
  store.authorities_ = TRY(read_anchors(reader, root, "tsa", ""));
  std::set<std::string> list_folders{std::string(kTimeAuthorities)};
  for (const Vendor& vendor : store.vendors_) list_folders.insert(vendor.id);
  for (const std::string& name : list_folders) {
    auto lists = TRY(read_anchors(reader, root, "crl/" + name, name));
    std::ranges::move(lists, std::back_inserter(store.revocation_lists_));
  }
  TRY(check_anchors(store.authorities_, store.revocation_lists_));
  store.sha256_ = reader.sha256();
  store.files_ = reader.take_files();
  return store;
}

const Vendor* TrustStore::find_vendor(std::string_view id) const {
  const auto found = std::ranges::find(vendors_, id, &Vendor::id);
  return found == vendors_.end() ? nullptr : &*found;
}

std::vector<const Vendor*> TrustStore::matching(std::string_view file_name) const {
  std::vector<const Vendor*> found;
  for (const Vendor& vendor : vendors_) {
    if (!vendor.products_for(file_name).empty()) found.push_back(&vendor);
  }
  return found;
}

const RevokedDigest* TrustStore::find_revoked(std::string_view sha256) const {
  const auto found = std::ranges::find(revoked_, sha256, &RevokedDigest::sha256);
  return found == revoked_.end() ? nullptr : &*found;
}

}  // namespace assay
