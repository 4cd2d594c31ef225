#include "trust/vendor_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/bytes.h"
#include "base/glob.h"
#include "base/toml.h"

namespace assay {
namespace {

constexpr std::string_view kSchema = "assay-vendor/1";
constexpr std::string_view kRoles[] = {"payload", "metadata", "provenance"};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// What may stand in a list, each once, and the list not empty; what the pin allows is a
/// property of the pin.
Result<std::vector<std::string>> read_words(TomlTable& table, std::string_view field,
                                            std::span<const std::string_view> known,
                                            std::vector<std::string> otherwise) {
  std::vector<std::string> words =
      TRY(table.maybe_strings(field)).value_or(std::move(otherwise));
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (std::ranges::find(known, *word) != known.end() &&
        std::find(words.begin(), word, *word) == word) {
      continue;
    }
    return table.error_at(
        field, fmt::format("'{}' in '{}' is unknown or twice there", printable(*word), field),
        fmt::format("it may list {}", fmt::join(known, ", ")));
  }
  if (words.empty()) return table.error_at(field, fmt::format("'{}' is empty", field));
  return words;
}

Result<void> read_revocation(TomlTable& table, TrustedKey& key) {
  key.revoked_at = TRY(table.maybe_time("revoked_at"));
  key.revoked_reason = TRY(table.maybe_string("revoked_reason")).value_or("");
  if (table.has("revoked_reason") && !key.revoked_at) {
    return table.error_at("revoked_reason", "'revoked_reason' stands without 'revoked_at'");
  }
  // What was merely replaced still vouches for what provably existed before.
  key.compromised = key.revoked_reason != "superseded" && key.revoked_reason != "retired";
  return {};
}

Result<void> read_times(TomlTable& table, TrustedKey& key) {
  key.valid_from = TRY(table.maybe_time("valid_from"));
  key.valid_until = TRY(table.maybe_time("valid_until"));
  if (key.valid_from && key.valid_until && *key.valid_until <= *key.valid_from) {
    return table.error_at("valid_until", "the key's window ends before it begins");
  }
  return read_revocation(table, key);
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
Result<void> load_key(TomlTable& table, const KeyReader& read_key, const KeyFormat& format,
                      TrustedKey& key) {
  const std::string text = TRY(read_key(key.file));
  const auto published = format.read(text);
  if (!published) {
    return table.error_at("file", fmt::format("keys/{}: {}", key.file, published.error().what),
                          published.error().hint);
  }
  if (published->id != key.id) {
    return table.error_at(
        "id", fmt::format("keys/{} is another key than 'id' says", key.file),
        fmt::format("the file holds {} key {}; if that is meant, remove this key and pin it "
                    "anew",
                    format.name, published->display_id));
  }
  key.display_id = published->display_id;
  key.material = published->material;
  key.value = published->value.empty() ? published->id : published->value;
  if (key.algorithms.empty()) key.algorithms = published->algorithms;
  if (format.complete == nullptr) return {};
  const auto complete = format.complete(key);
  if (!complete) return table.error_at("format", complete.error().what, complete.error().hint);
  return {};
}

/// Fields that keys of this format have and others have not.
Result<void> read_special_fields(TomlTable& table, const KeyFormat& format, TrustedKey& key) {
  const auto has = [&](std::string_view field) {
    return std::ranges::find(format.fields, field) != format.fields.end();
  };
  if (has("namespaces")) {
    key.namespaces =
        TRY(table.maybe_strings("namespaces")).value_or(std::vector<std::string>{"file"});
    if (key.namespaces.empty()) return table.error_at("namespaces", "'namespaces' is empty");
  }
  if (has("subject")) key.subject = TRY(table.maybe_string("subject")).value_or("");
  if (has("usages")) {
    key.usages = TRY(table.maybe_strings("usages")).value_or(std::vector<std::string>{});
  }
  if (has("crl_required"))
    key.crl_required = TRY(table.maybe_boolean("crl_required")).value_or(false);
  if (has("sha1_binding_until")) {
    key.sha1_binding_until = TRY(table.maybe_time("sha1_binding_until"));
  }
  return {};
}

Result<const KeyFormat*> read_format(TomlTable& table, const TrustFormats& formats) {
  const std::string name = TRY(table.string("format"));
  const KeyFormat* format = find_key_format(formats, name);
  if (format != nullptr) return format;
  std::string known;
  for (const KeyFormat* one : formats.keys) {
    known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", one->name);
  }
  return table.error_at("format", fmt::format("unknown key format '{}'", printable(name)),
                        "this version knows " + known);
}

Result<TrustedKey> read_key_table(TomlTable& table, const std::string& vendor,
                                  const KeyReader& read_key, const TrustFormats& formats) {
  TrustedKey key{.vendor = vendor};
  key.name = TRY(table.string("name"));
  if (!is_plain_name(key.name)) {
    return table.error_at("name", "'name' must be letters, digits, '.', '_', '-'");
  }
  const KeyFormat& format = *TRY(read_format(table, formats));
  key.format = format.name;
  key.id = TRY(table.string("id"));
  key.file = TRY(read_key_path(table, vendor));
  if (table.has("algorithms")) {
    key.algorithms = TRY(read_words(table, "algorithms", format.algorithms, {}));
  }
  key.roles = TRY(read_words(table, "roles", kRoles, {std::string(kRoles[0])}));
  key.operator_name = TRY(table.maybe_string("operator")).value_or(key.name);
  if (key.operator_name.empty()) return table.error_at("operator", "'operator' is empty");
  key.min_version = TRY(table.maybe_string("min_version")).value_or("");
  key.superseded_by = TRY(table.maybe_string("superseded_by")).value_or("");
  TRY(read_times(table, key));
  TRY(read_special_fields(table, format, key));
  TRY(table.finish());
  TRY(load_key(table, read_key, format, key));
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

/// The products, or the one that a file without `[[product]]` stands for.
Result<std::vector<Product>> read_products(TomlTable& table, const std::string& vendor) {
  std::vector<Product> products;
  for (TomlTable& block : TRY(table.tables("product"))) {
    Product product = TRY(read_product(block));
    if (std::ranges::find(products, product.name, &Product::name) != products.end()) {
      return block.error_at("name", fmt::format("two products are named '{}'", product.name));
    }
    products.push_back(std::move(product));
  }
  if (products.empty()) {
    auto match = TRY(read_match(table));
    products.push_back({.name = vendor, .match = std::move(match)});
  } else if (table.has("match")) {
    return table.error_at("match", "'match' stands beside [[product]]",
                          "give each product its own 'match', and the vendor none");
  }
  return products;
}

/// A demand that nobody could meet, and a successor nobody has pinned, are mistakes.
Result<void> check_demands(const TomlTable& table, const Vendor& vendor) {
  for (const Product& product : vendor.products) {
    const std::string why = why_unmeetable(product.require, vendor.keys);
    if (why.empty()) continue;
    return table.error_at(
        "product", fmt::format("'require' of product '{}': {}", printable(product.name), why),
        "it says: " + to_string(product.require));
  }
  for (const TrustedKey& key : vendor.keys) {
    if (key.superseded_by.empty()) continue;
    const auto next = std::ranges::find(vendor.keys, key.superseded_by, &TrustedKey::name);
    if (next != vendor.keys.end() && next->name != key.name) continue;
    return table.error_at(
        "key", fmt::format("'superseded_by' of key '{}' names no other key", key.name));
  }
  return {};
}

/// Who looked at the keys, and how: for people.
Result<void> read_review(TomlTable& table, Vendor& vendor) {
  auto review = TRY(table.maybe_table("reviewed"));
  if (!review) return {};
  vendor.reviewed_by = TRY(review->string("by"));
  vendor.reviewed_at = TRY(review->time("at"));
  vendor.reviewed_how = TRY(review->maybe_string("how")).value_or("");
  return review->finish();
}

}  // namespace

std::vector<std::string> Vendor::match() const {
  std::vector<std::string> globs;
  for (const Product& product : products) {
    globs.insert(globs.end(), product.match.begin(), product.match.end());
  }
  return globs;
}

std::vector<const Product*> Vendor::products_for(std::string_view file_name) const {
  std::vector<const Product*> found;
  for (const Product& product : products) {
    const bool claims = std::ranges::any_of(
        product.match, [&](const std::string& glob) { return glob_matches(glob, file_name); });
    if (claims) found.push_back(&product);
  }
  return found;
}

Result<Vendor> parse_vendor(std::string text, const std::string& label, const std::string& id,
                            const KeyReader& read_key, const TrustFormats& formats) {
  TomlTable table = TRY(TomlTable::parse(std::move(text), label));
  TRY(check_head(table, id));
  Vendor vendor{.id = id};
  vendor.contact = TRY(table.maybe_string("contact")).value_or("");
  TRY(read_review(table, vendor));
  vendor.products = TRY(read_products(table, id));
  std::vector<TomlTable> keys = TRY(table.tables("key"));
  TRY(table.finish());
  if (keys.empty()) {
    return table.error_at("key", "the vendor has no key",
                          "pin one: assay trust add " + id + " --key FILE");
  }
  for (TomlTable& key : keys) {
    vendor.keys.push_back(TRY(read_key_table(key, id, read_key, formats)));
  }
  TRY(check_demands(table, vendor));
  return vendor;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && is_letter_or_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
         });
}

}  // namespace assay
