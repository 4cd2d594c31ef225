#include "trust/vendor_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/similar.h"
#include "base/toml.h"
#include "crypto/digest.h"
#include "trust/minisign.h"

namespace assay {
namespace {

constexpr std::string_view kSchema = "assay-vendor/1";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Result<std::vector<std::string>> read_match(TomlTable& table) {
  std::vector<std::string> match = TRY(table.strings("match"));
  if (match.empty()) {
    return table.error_at("match", "'match' names no file",
                          "list patterns of the files this vendor may sign: \"acme-agent-*\"");
  }
  for (const std::string& glob : match) {
    const std::string why = why_no_match(glob);
    if (!why.empty()) {
      return table.error_at("match", fmt::format("'{}' in 'match' {}", printable(glob), why),
                            "begin with the product's name: \"acme-agent-*\"");
    }
  }
  return match;
}

/// The encodings a signature by the key may have: a property of the pin.
Result<std::vector<std::string>> read_algorithms(TomlTable& table) {
  std::vector<std::string> algorithms =
      TRY(table.maybe_strings("algorithms")).value_or(std::vector<std::string>{"ED"});
  for (auto name = algorithms.begin(); name != algorithms.end(); ++name) {
    if ((*name != "ED" && *name != "Ed") ||
        std::find(algorithms.begin(), name, *name) != name) {
      return table.error_at(
          "algorithms",
          fmt::format("'{}' in 'algorithms' is unknown or twice there", printable(*name)),
          "minisign has \"ED\" and the legacy \"Ed\"");
    }
  }
  if (algorithms.empty()) return table.error_at("algorithms", "'algorithms' is empty");
  return algorithms;
}

Result<void> read_times(TomlTable& table, TrustedKey& key) {
  key.valid_from = TRY(table.maybe_time("valid_from"));
  key.valid_until = TRY(table.maybe_time("valid_until"));
  if (key.valid_from && key.valid_until && *key.valid_until <= *key.valid_from) {
    return table.error_at("valid_until", "the key's window ends before it begins");
  }
  key.revoked_at = TRY(table.maybe_time("revoked_at"));
  key.revoked_reason = TRY(table.maybe_string("revoked_reason")).value_or("");
  if (table.has("revoked_reason") && !key.revoked_at) {
    return table.error_at("revoked_reason", "'revoked_reason' stands without 'revoked_at'");
  }
  return {};
}

/// <vendor>/<file>, so that a vendor's keys lie together and no path leads out.
Result<std::string> read_key_path(TomlTable& table, const std::string& vendor) {
  std::string file = TRY(table.string("file"));
  const std::string folder = vendor + "/";
  if (!file.starts_with(folder) || !is_plain_name(file.substr(folder.size()))) {
    return table.error_at(
        "file", fmt::format("'file' must be {}<name>, a file in keys/{}", folder, vendor));
  }
  return file;
}

/// The key's own bytes; the id in the vendor file must be theirs.
Result<void> load_key(TomlTable& table, const KeyReader& read_key, TrustedKey& key) {
  const std::string text = TRY(read_key(key.file));
  const auto parsed = parse_minisign_key(text);
  if (!parsed) {
    return table.error_at("file", fmt::format("keys/{}: {}", key.file, parsed.error().what),
                          parsed.error().hint);
  }
  key.public_key = parsed->key;
  key.key_number = parsed->number;
  key.display_id = minisign_key_id(parsed->number);
  if (trusted_key_id(key.public_key) != key.id) {
    return table.error_at(
        "id", fmt::format("keys/{} is another key than 'id' says", key.file),
        fmt::format("the file holds minisign key {}; if that is meant, remove "
                    "this key and pin it anew",
                    key.display_id));
  }
  return {};
}

Result<TrustedKey> read_key_table(TomlTable& table, const std::string& vendor,
                                  const KeyReader& read_key) {
  TrustedKey key;
  key.name = TRY(table.string("name"));
  if (!is_plain_name(key.name)) {
    return table.error_at("name", "'name' must be letters, digits, '.', '_', '-'");
  }
  key.format = TRY(table.string("format"));
  if (key.format != "minisign") {
    return table.error_at("format",
                          fmt::format("unknown key format '{}'", printable(key.format)),
                          "this version knows \"minisign\"");
  }
  key.id = TRY(table.string("id"));
  key.file = TRY(read_key_path(table, vendor));
  key.algorithms = TRY(read_algorithms(table));
  TRY(read_times(table, key));
  TRY(table.finish());
  TRY(load_key(table, read_key, key));
  return key;
}

Result<void> check_head(TomlTable& table, const std::string& id) {
  const std::string schema = TRY(table.string("schema"));
  if (schema != kSchema) {
    return table.error_at("schema", fmt::format("'schema' must be \"{}\"", kSchema));
  }
  if (TRY(table.string("vendor")) != id) {
    return table.error_at("vendor",
                          fmt::format("'vendor' must be \"{}\", as the file is named", id));
  }
  return {};
}

}  // namespace

Result<Vendor> parse_vendor(std::string text, const std::string& label, const std::string& id,
                            const KeyReader& read_key) {
  TomlTable table = TRY(TomlTable::parse(std::move(text), label));
  TRY(check_head(table, id));
  Vendor vendor{.id = id};
  vendor.contact = TRY(table.maybe_string("contact")).value_or("");
  vendor.match = TRY(read_match(table));
  std::vector<TomlTable> keys = TRY(table.tables("key"));
  TRY(table.finish());
  if (keys.empty()) {
    return table.error_at("key", "the vendor has no key",
                          "pin one: assay trust add " + id + " --key FILE");
  }
  for (TomlTable& key : keys) vendor.keys.push_back(TRY(read_key_table(key, id, read_key)));
  return vendor;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && is_letter_or_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
         });
}

std::string why_no_match(std::string_view glob) {
  const auto control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  if (glob.empty()) return "is empty";
  if (glob.find('/') != glob.npos) return "holds a '/': patterns are for base names";
  if (!is_utf8(glob) || std::ranges::any_of(glob, control)) return "holds no plain text";
  if (glob.find_first_not_of("*?.") == glob.npos) {
    return "is too wide: the vendor could sign anybody's files";
  }
  return {};
}

std::string trusted_key_id(const Ed25519Public& key) {
  return "sha256:" + sha256_hex(key);
}

}  // namespace assay
