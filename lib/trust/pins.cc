// Pinning and unpinning: every change is loaded again before it is kept.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "base/similar.h"
#include "trust/saved_file.h"
#include "trust/store.h"
#include "trust/vendor_file.h"
#include "trust/vendor_text.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

Error refused(std::string what, std::string hint = {}) {
  return fail(Error::Kind::usage, std::move(what), std::move(hint));
}

fs::path vendor_path(const std::string& folder, const std::string& vendor) {
  return fs::path(folder) / "vendors.d" / (vendor + ".toml");
}

Error cannot_edit(const std::string& path) {
  return fail(Error::Kind::config,
              fmt::format("'{}' is not laid out so that assay can edit it", printable(path)),
              "edit it by hand; nothing was changed");
}

/// The file's globs and after them those that are new.
std::vector<std::string> united(std::vector<std::string> match,
                                const std::vector<std::string>& more) {
  for (const std::string& glob : more) {
    if (std::ranges::find(match, glob) == match.end()) match.push_back(glob);
  }
  return match;
}

Result<void> check_names(const NewPin& pin) {
  if (!is_plain_name(pin.vendor) || pin.vendor.size() > 59) {
    return refused(fmt::format("'{}' cannot be a vendor's id", printable(pin.vendor)),
                   "use up to 59 letters, digits, '.', '_', '-'");
  }
  if (!is_plain_name(pin.key_name + ".pub") || pin.key_name.empty()) {
    return refused(fmt::format("'{}' cannot be a key's name", printable(pin.key_name)),
                   "use up to 60 letters, digits, '.', '_', '-'");
  }
  for (const std::string& glob : pin.match) {
    const std::string why = why_no_match(glob);
    if (why.empty()) continue;
    return refused(fmt::format("the pattern '{}' {}", printable(glob), why),
                   "begin with the product's name: 'acme-agent-*'");
  }
  return {};
}

Result<void> check_new(const TrustStore& store, const NewPin& pin) {
  for (const Vendor& vendor : store.vendors()) {
    for (const TrustedKey& key : vendor.keys) {
      if (key.id == pin.key.id || key.value == pin.key.value) {
        return refused(fmt::format("this key is pinned already: '{}' of vendor '{}'", key.name,
                                   vendor.id));
      }
      if (key.name == pin.key_name) {
        return refused(
            fmt::format("vendor '{}' has a key named '{}' already", vendor.id, key.name),
            "give the new key another name with --name");
      }
    }
  }
  if (store.find_vendor(pin.vendor) == nullptr && pin.match.empty()) {
    return refused(fmt::format("vendor '{}' is new: say which files he may sign", pin.vendor),
                   "--match '" + pin.vendor + "-*'");
  }
  return {};
}

Result<void> make_folders(const std::string& folder, const std::string& vendor) {
  const fs::path root(folder);
  TRY(make_folder(folder));
  TRY(make_folder((root / "vendors.d").string()));
  TRY(make_folder((root / "keys").string()));
  return make_folder((root / "keys" / vendor).string());
}

/// The vendor file with the new key in it.
Result<std::string> text_with(const NewPin& pin, const Vendor* vendor, const SavedFile& file,
                              std::string_view key_file) {
  std::string text;
  if (vendor == nullptr || !file.text()) {
    text = new_vendor_text(pin, united({}, pin.match));
  } else {
    text = *file.text();
    if (!text.ends_with('\n')) text += '\n';
    const std::vector<std::string> match = united(vendor->match(), pin.match);
    if (match != vendor->match()) {
      std::optional<std::string> rewritten = with_match(text, match);
      if (!rewritten) return cannot_edit(file.path());
      text = std::move(*rewritten);
    }
  }
  return text + key_block(pin, key_file);
}

/// The ids of a vendor's keys, in the file's order.
std::vector<std::string> key_ids(const Vendor* vendor) {
  std::vector<std::string> ids;
  if (vendor == nullptr) return ids;
  for (const TrustedKey& key : vendor->keys) ids.push_back(key.id);
  return ids;
}

/// The store as it is now holds for `vendor` exactly these patterns and keys.
Result<void> check_holds(const std::string& folder, const std::string& vendor,
                         const std::vector<std::string>& match,
                         const std::vector<std::string>& ids, const TrustFormats& formats) {
  const TrustStore store = TRY(TrustStore::load(folder, formats));
  const Vendor* now = store.find_vendor(vendor);
  if (now == nullptr || now->match() != match || key_ids(now) != ids) {
    return cannot_edit(vendor_path(folder, vendor).string());
  }
  return {};
}

Error unknown(std::string_view what, std::string_view name,
              const std::vector<std::string>& known) {
  const std::string near = similar(name, known);
  return refused(
      fmt::format("there is no {} '{}'", what, printable(name)),
      near.empty() ? "`assay trust list` shows what there is" : "did you mean '" + near + "'?");
}

Result<void> remove_file(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (!error) return {};
  Error failure = io_error("cannot remove '" + printable(path.string()) + "'", error.value());
  failure.kind = Error::Kind::durability;
  return failure;
}

Result<void> remove_vendor(const std::string& folder, const Vendor& vendor,
                           const TrustFormats& formats) {
  const fs::path keys = fs::path(folder) / "keys";
  std::vector<SavedFile> saved;
  saved.push_back(TRY(SavedFile::of(vendor_path(folder, vendor.id))));
  for (const TrustedKey& key : vendor.keys)
    saved.push_back(TRY(SavedFile::of(keys / key.file)));
  for (const SavedFile& file : saved) TRY(remove_file(file.path()));
  TRY(TrustStore::load(folder, formats));
  for (SavedFile& file : saved) file.keep();
  std::error_code not_empty;
  fs::remove(keys / vendor.id, not_empty);  // whatever else lies there stays
  return {};
}

Result<void> remove_key(const std::string& folder, const Vendor& vendor, std::size_t index,
                        const TrustFormats& formats) {
  SavedFile file = TRY(SavedFile::of(vendor_path(folder, vendor.id)));
  SavedFile key = TRY(SavedFile::of(fs::path(folder) / "keys" / vendor.keys[index].file));
  const auto text = without_key(file.text().value_or(""), index);
  if (!text) return cannot_edit(file.path());
  std::vector<std::string> ids = key_ids(&vendor);
  ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(index));
  TRY(write_file(file.path(), *text));
  TRY(remove_file(key.path()));
  TRY(check_holds(folder, vendor.id, vendor.match(), ids, formats));
  file.keep();
  key.keep();
  return {};
}

}  // namespace

Result<void> add_pin(const std::string& folder, const NewPin& pin,
                     const TrustFormats& formats) {
  TRY(check_names(pin));
  std::error_code error;
  const bool there = fs::exists(fs::path(folder) / "vendors.d", error);
  const TrustStore store = there ? TRY(TrustStore::load(folder, formats)) : TrustStore();
  TRY(check_new(store, pin));
  TRY(make_folders(folder, pin.vendor));

  const Vendor* vendor = store.find_vendor(pin.vendor);
  const KeyFormat* format = find_key_format(formats, pin.key.format);
  if (format == nullptr) return refused("'" + pin.key.format + "' is no format of keys");
  const std::string key_file = pin.vendor + "/" + pin.key_name + std::string(format->suffix);
  const std::string key_path = (fs::path(folder) / "keys" / key_file).string();
  SavedFile file = TRY(SavedFile::of(vendor_path(folder, pin.vendor)));
  const std::string text = TRY(text_with(pin, vendor, file, key_file));
  TRY(create_file(key_path, pin.key.file_text));
  SavedFile key = SavedFile::absent(key_path);
  TRY(write_file(file.path(), text));
  std::vector<std::string> ids = key_ids(vendor);
  ids.push_back(pin.key.id);
  const std::vector<std::string> match =
      united(vendor == nullptr ? std::vector<std::string>{} : vendor->match(), pin.match);
  TRY(check_holds(folder, pin.vendor, match, ids, formats));
  file.keep();
  key.keep();
  return {};
}

Result<void> remove_pin(const std::string& folder, const std::string& vendor,
                        const std::string& key_name, const TrustFormats& formats) {
  const TrustStore store = TRY(TrustStore::load(folder, formats));
  std::vector<std::string> known;
  for (const Vendor& one : store.vendors()) known.push_back(one.id);
  const Vendor* found = store.find_vendor(vendor);
  if (found == nullptr) return unknown("vendor", vendor, known);
  if (key_name.empty()) return remove_vendor(folder, *found, formats);

  known.clear();
  for (const TrustedKey& key : found->keys) known.push_back(key.name);
  const auto key = std::ranges::find(known, key_name);
  if (key == known.end()) return unknown("key", key_name, known);
  if (known.size() == 1) {
    return refused(fmt::format("'{}' is the only key of vendor '{}'", key_name, vendor),
                   "remove the vendor: assay trust remove " + vendor);
  }
  return remove_key(folder, *found, static_cast<std::size_t>(key - known.begin()), formats);
}

}  // namespace assay
