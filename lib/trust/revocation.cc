#include "trust/revocation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "base/similar.h"
#include "base/toml.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSchema = "assay-revocation/1";
constexpr std::array<std::string_view, 3> kReasons{"compromised", "superseded", "retired"};

struct Revocation {
  Time at{};
  std::string reason{};
};

void revoke(TrustedKey& key, const Revocation& revocation) {
  const bool lasting = is_lasting_reason(revocation.reason);
  if (key.revoked_at && key.compromised && !lasting) return;
  if (!key.revoked_at || (lasting && !key.compromised) || revocation.at < *key.revoked_at) {
    key.revoked_at = revocation.at;
  }
  key.revoked_reason = revocation.reason;
  key.compromised = lasting;
}

std::vector<TrustedKey*> keys_where(std::vector<Vendor>& vendors, const auto& is_it) {
  std::vector<TrustedKey*> found;
  for (Vendor& vendor : vendors) {
    for (TrustedKey& key : vendor.keys) {
      if (is_it(key)) found.push_back(&key);
    }
  }
  return found;
}

Result<std::string> read_digest(TomlTable& table, const std::string& text) {
  const std::string_view prefix = "sha256:";
  const std::string hex = text.starts_with(prefix) ? text.substr(prefix.size()) : "";
  const auto bytes = from_hex(hex);
  if (bytes && bytes->size() == 32 && to_hex(*bytes) == hex) return hex;
  return table.error_at("digest", "'digest' must be \"sha256:<64 lower-case digits>\"");
}

Result<void> apply_one(TomlTable& table, std::vector<Vendor>& vendors,
                       std::vector<RevokedDigest>& files) {
  const auto name = TRY(table.maybe_string("key"));
  const auto id = TRY(table.maybe_string("id"));
  const auto digest = TRY(table.maybe_string("digest"));
  if (int(name.has_value()) + int(id.has_value()) + int(digest.has_value()) != 1) {
    return table.error_at("key", "a revocation names one thing: 'key', 'id' or 'digest'");
  }
  const Revocation revocation{TRY(table.time("at")), TRY(table.string("reason"))};
  TRY(table.finish());
  if (digest) {
    files.push_back({TRY(read_digest(table, *digest)), revocation.at, revocation.reason});
    return {};
  }
  const auto named = keys_where(
      vendors, [&](const TrustedKey& key) { return name ? key.name == *name : key.id == *id; });
  if (name && named.empty()) {
    return table.error_at("key", fmt::format("no key is named '{}'", printable(*name)),
                          "give its 'id' if it is to be pinned later");
  }
  for (TrustedKey* key : named) revoke(*key, revocation);
  return {};
}

}  // namespace

bool is_lasting_reason(std::string_view reason) {
  return reason != "superseded" && reason != "retired";
}

Result<void> apply_revocations(std::string text, const std::string& label,
                               std::vector<Vendor>& vendors,
                               std::vector<RevokedDigest>& files) {
  TomlTable table = TRY(TomlTable::parse(std::move(text), label));
  if (TRY(table.string("schema")) != kSchema) {
    return table.error_at("schema", fmt::format("'schema' must be \"{}\"", kSchema));
  }
  std::vector<TomlTable> revoked = TRY(table.tables("revoked"));
  TRY(table.finish());
  for (TomlTable& one : revoked) TRY(apply_one(one, vendors, files));
  return {};
}

Result<void> revoke_key(const std::string& folder, const NewRevocation& revocation,
                        const TrustFormats& formats) {
  const TrustStore store = TRY(TrustStore::load(folder, formats));
  const Vendor* vendor = store.find_vendor(revocation.vendor);
  std::vector<std::string> names;
  if (vendor != nullptr) {
    for (const TrustedKey& key : vendor->keys) names.push_back(key.name);
  }
  const auto key = std::ranges::find(names, revocation.key_name);
  if (key == names.end()) {
    const std::string near = similar(revocation.key_name, names);
    return fail(Error::Kind::usage,
                fmt::format("there is no key '{}' of vendor '{}'",
                            printable(revocation.key_name), printable(revocation.vendor)),
                near.empty() ? "`assay trust list` shows what there is"
                             : "did you mean '" + near + "'?");
  }
  if (std::ranges::find(kReasons, revocation.reason) == kReasons.end()) {
    return fail(Error::Kind::usage,
                fmt::format("'{}' is no reason to revoke a key", printable(revocation.reason)),
                fmt::format("one of {}", fmt::join(kReasons, ", ")));
  }
  const std::string at = to_rfc3339(revocation.at);
  const fs::path place = fs::path(folder) / "revoked.d" /
                         fmt::format("{}-{}.toml", at.substr(0, 10), revocation.key_name);
  TRY(make_folder(place.parent_path().string()));
  TRY(create_file(place.string(),
                  fmt::format("schema = \"{}\"\n\n[[revoked]]\nkey = \"{}\"\nat = {}\n"
                              "reason = \"{}\"\n",
                              kSchema, revocation.key_name, at, revocation.reason)));
  TRY(TrustStore::load(folder, formats));
  return {};
}

}  // namespace assay
