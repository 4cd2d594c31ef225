// assay trust: who is believed, and for which files.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "trust/history.h"
#include "trust/lint.h"
#include "trust/revocation.h"
#include "trust/vendor_file.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string vendor{}, key{}, name{}, from{}, until{}, format{}, reason{}, at{};
  std::string reviewed_by{}, how{};
  std::string operator_name{};
  std::vector<std::string> match{}, roles{};
};

Result<std::optional<Time>> optional_time(const std::string& flag, const std::string& text) {
  if (text.empty()) return std::optional<Time>();
  const auto time = from_rfc3339(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (time) return time;
  return fail(Error::Kind::usage, flag + " '" + printable(text) + "' is not a time",
              "write it like 2027-01-31 or 2027-01-31T12:00:00Z");
}

/// The window of a key as a person reads it, and what ended it.
std::string window_text(const TrustedKey& key) {
  if (key.revoked_at) {
    return fmt::format("REVOKED at {} ({})", to_rfc3339(*key.revoked_at), key.revoked_reason);
  }
  if (!key.valid_from && !key.valid_until) return "always";
  return fmt::format("{} to {}", key.valid_from ? to_rfc3339(*key.valid_from) : "always",
                     key.valid_until ? to_rfc3339(*key.valid_until) : "further notice");
}

std::string key_text(const TrustedKey& key) {
  return fmt::format("  {}  {} {}  {}\n", key.name, key.format, key.display_id,
                     window_text(key));
}

Result<ExitCode> run_list(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const TrustStore store = TRY(home.load_trust());
  if (store.vendors().empty() && !options.globals->quiet) {
    note("nobody is trusted yet; `assay trust add` pins a vendor's key");
  }
  for (const Vendor& vendor : store.vendors()) {
    TRY(print(fmt::format("{}  may sign {}\n", vendor.id, fmt::join(vendor.match(), ", "))));
    for (const TrustedKey& key : vendor.keys) TRY(print(key_text(key)));
  }
  return ExitCode::passed;
}

/// Fields of a key that not every key has, each on a line.
std::string special_text(const TrustedKey& key) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<9}{}\n", name, printable(value));
  };
  if (key.operator_name != key.name) add("operator", key.operator_name);
  add("since", key.min_version);
  add("next", key.superseded_by);
  add("spaces", fmt::format("{}", fmt::join(key.namespaces, ", ")));
  add("subject", key.subject);
  add("usages", fmt::format("{}", fmt::join(key.usages, ", ")));
  return text;
}

std::string whole_key_text(const TrustedKey& key, const History& history) {
  const auto seen = history.first_seen(key.id);
  return fmt::format(
             "\nkey      {}\nformat   {} ({})\nnumber   {}\nid       {}\nfile     {}\n"
             "roles    {}\nwindow   {}\nseen     {}\n",
             key.name, key.format, fmt::join(key.algorithms, ", "), key.display_id, key.id,
             key.file, fmt::join(key.roles, ", "), window_text(key),
             seen ? "first " + to_rfc3339(*seen) : "never in anything accepted here") +
         special_text(key);
}

Result<History> load_history(const Home& home) {
  return History::load(home.history()).context("reading the history");
}

std::string product_text(const Product& product) {
  std::string text =
      fmt::format("\nproduct  {}\nmatch    {}\nrequire  {}\n", printable(product.name),
                  fmt::join(product.match, "\n         "), to_string(product.require));
  if (!product.type.empty())
    text += fmt::format("type     {}\n", fmt::join(product.type, ", "));
  if (product.version) {
    const VersionRule& rule = *product.version;
    text +=
        fmt::format("version  {}{}\n", rule.floor.empty() ? "any" : rule.floor + " or later",
                    rule.learn ? ", and none older than accepted before" : "");
  }
  if (product.max_age != 0) {
    text += fmt::format("max age  {} hours\n", product.max_age / 3600);
  }
  if (product.bind_file_name) text += "name     must be signed along\n";
  return text;
}

Result<ExitCode> run_show(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const TrustStore store = TRY(home.load_trust());
  const Vendor* vendor = store.find_vendor(options.vendor);
  if (vendor == nullptr) {
    return fail(Error::Kind::usage, "no vendor '" + printable(options.vendor) + "' is trusted",
                "`assay trust list` shows who is");
  }
  const History history = TRY(load_history(home));
  const auto or_dash = [](const std::string& text) {
    return text.empty() ? std::string("-") : printable(text);
  };
  std::string text = fmt::format(
      "vendor   {}\ncontact  {}\nreviewed {}\n", vendor->id, or_dash(vendor->contact),
      vendor->reviewed_at
          ? fmt::format(
                "{} by {}{}", to_rfc3339(*vendor->reviewed_at), printable(vendor->reviewed_by),
                vendor->reviewed_how.empty() ? "" : ": " + printable(vendor->reviewed_how))
          : "-");
  for (const Product& product : vendor->products) text += product_text(product);
  for (const TrustedKey& key : vendor->keys) text += whole_key_text(key, history);
  TRY(print(text));
  return ExitCode::passed;
}

/// True if a person could mean this key by `word`: its name, its id, or the beginning of
/// one, with or without the kind of digest.
bool is_meant(const TrustedKey& key, const std::string& word) {
  const std::string hex = key.id.substr(std::min(key.id.find(':') + 1, key.id.size()));
  return key.name == word || key.display_id == word ||
         (word.size() >= 8 && (key.id.starts_with(word) || hex.starts_with(word)));
}

Result<ExitCode> run_explain(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const TrustStore store = TRY(home.load_trust());
  const History history = TRY(load_history(home));
  std::string text;
  for (const Vendor& vendor : store.vendors()) {
    for (const TrustedKey& key : vendor.keys) {
      if (!is_meant(key, options.key)) continue;
      text += fmt::format("key '{}' is pinned for vendor {}\n{}", key.name, vendor.id,
                          whole_key_text(key, history));
      for (const Product& product : vendor.products) text += product_text(product);
    }
  }
  if (!text.empty()) {
    TRY(print(text));
    return ExitCode::passed;
  }
  return fail(Error::Kind::usage,
              fmt::format("no pinned key is called '{}'", printable(options.key)),
              "nobody vouches for it here; a key found beside a download proves nothing: get "
              "it from the vendor by another way, then `assay trust add`");
}

Result<ExitCode> run_check(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const TrustStore store = TRY(home.load_trust());
  const std::vector<Lint> found = lint(store, system_now());
  for (const Lint& one : found) {
    TRY(print(
        fmt::format("{} {}: {}\n", one.grave ? "error  " : "warning", one.where, one.what)));
  }
  if (found.empty() && !options.globals->quiet) {
    TRY(print(
        fmt::format("{} vendors, nothing to say against them\n", store.vendors().size())));
  }
  const bool grave = std::ranges::any_of(found, [](const Lint& one) { return one.grave; });
  return grave ? ExitCode::failed : ExitCode::passed;
}

Result<ExitCode> run_revoke(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const auto at = TRY(optional_time("--at", options.at));
  TRY(revoke_key(home.trust(),
                 {.vendor = options.vendor,
                  .key_name = options.name,
                  .reason = options.reason,
                  .at = at.value_or(system_now())},
                 trust_formats())
          .context("revoking the key"));
  if (!options.globals->quiet) {
    TRY(print(fmt::format("revoked key {} of {}: {}\n", printable(options.name),
                          printable(options.vendor), options.reason)));
  }
  return ExitCode::passed;
}

/// The published key behind --key: standard input, a file, or the key itself.
Result<std::string> key_text_of(const std::string& option) {
  if (option == "-" || exists(option)) return read_input(option, 65536);
  const auto keys = trust_formats().keys;
  if (std::ranges::any_of(keys, [&](const KeyFormat* key) { return key->matches(option); })) {
    return option;
  }
  if (from_base64(option)) return option;
  return fail(Error::Kind::usage, "there is no key file '" + printable(option) + "'");
}

/// What a name can be made of: the id as its format's program shows it, or the first of
/// its digits where that one has more than letters and digits.
std::string short_id(const PublishedKey& key) {
  if (is_plain_name(key.display_id)) return key.display_id;
  return key.id.substr(key.id.find(':') + 1).substr(0, 16);
}

Result<ExitCode> run_add(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const std::string text = TRY(key_text_of(options.key));
  PublishedKey key =
      TRY(read_published_key(text, trust_formats(), options.format).context("reading the key"));
  NewPin pin{.vendor = options.vendor,
             .key_name = options.name,
             .key = std::move(key),
             .match = options.match};
  pin.valid_from = TRY(optional_time("--from", options.from));
  pin.valid_until = TRY(optional_time("--until", options.until));
  if (pin.key_name.empty()) pin.key_name = options.vendor + "-" + short_id(pin.key);
  pin.roles = options.roles;
  pin.operator_name = options.operator_name;
  pin.reviewed_by = options.reviewed_by;
  pin.reviewed_how = options.how;
  pin.reviewed_at = system_now();
  TRY(make_folder(home.path(), 0755));
  TRY(add_pin(home.trust(), pin, trust_formats()).context("pinning the key"));
  if (options.globals->quiet) return ExitCode::passed;
  TRY(print(fmt::format("pinned for {}: {} key {} as '{}'\n  {}\n", printable(pin.vendor),
                        pin.key.format, pin.key.display_id, printable(pin.key_name),
                        pin.key.id)));
  for (const std::string& claim : pin.key.notes) note("the key says of itself: " + claim);
  note("compare that id with one you got elsewhere than the download");
  return ExitCode::passed;
}

Result<ExitCode> run_remove(const Options& options) {
  const Home home = Home::find(options.globals->home);
  TRY(remove_pin(home.trust(), options.vendor, options.name, trust_formats())
          .context("removing from the trust store"));
  TRY(print(options.name.empty()
                ? fmt::format("removed vendor {}\n", printable(options.vendor))
                : fmt::format("removed key {} of {}\n", printable(options.name),
                              printable(options.vendor))));
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.require_subcommand(1);

  CLI::App* pin = app.add_subcommand("add", "pin a key for what this vendor may sign");
  pin->add_option("VENDOR", options->vendor, "a short name of your choosing: acme")->required();
  pin->add_option("--key", options->key,
                  "public key: a file, the key itself, or - for standard input")
      ->required();
  add_strings(*pin, "--match", options->match,
              "file names the vendor may sign: 'agent-*.tar.gz'; needed for a new vendor");
  pin->add_option("--name", options->name, "the key's name in reports");
  pin->add_option("--from", options->from,
                  "counts from then on: 2026-01-31, or 2026-01-31T12:00:00Z");
  pin->add_option("--until", options->until, "counts until then, that moment excluded");
  pin->add_option("--format", options->format,
                  "the kind of key, where its content could be two: minisign, signify, ...");
  add_strings(*pin, "--role", options->roles,
              "what the key may sign: payload (the default), metadata, provenance");
  pin->add_option("--operator", options->operator_name,
                  "who holds the key: keys in one hand have one voice");
  pin->add_option("--reviewed-by", options->reviewed_by,
                  "who compared the key with another source (for a new vendor)");
  pin->add_option("--how", options->how, "and how: 'fingerprint read over the phone'");
  pin->footer("  assay trust add acme --key RWQf6LRC... --match 'agent-*.tar.gz'");

  CLI::App* list = app.add_subcommand("list", "vendors, their keys and their file names");
  CLI::App* show = app.add_subcommand("show", "one vendor, whole");
  show->add_option("VENDOR", options->vendor, "a vendor of the store")->required();
  CLI::App* remove =
      app.add_subcommand("remove", "believe a vendor, or one key of it, no longer");
  remove->add_option("VENDOR", options->vendor, "a vendor of the store")->required();
  remove->add_option("KEY", options->name, "a key's name; without it the whole vendor goes");
  CLI::App* revoke = app.add_subcommand("revoke", "say that a key no longer vouches");
  revoke->add_option("VENDOR", options->vendor, "a vendor of the store")->required();
  revoke->add_option("KEY", options->name, "the key's name")->required();
  revoke
      ->add_option("--reason", options->reason,
                   "compromised (for good), superseded or retired (what provably existed "
                   "before still counts)")
      ->default_val("compromised");
  revoke->add_option("--at", options->at, "since when (default: now)");
  CLI::App* check = app.add_subcommand(
      "check", "keys that run out, demands that cannot be met, files with two masters");
  CLI::App* explain = app.add_subcommand("explain", "whose a key is and what it may sign");
  explain->add_option("KEY", options->key, "its name, or its id or the beginning of it")
      ->required();

  return [=] {
    if (pin->parsed()) return run_add(*options);
    if (list->parsed()) return run_list(*options);
    if (show->parsed()) return run_show(*options);
    if (revoke->parsed()) return run_revoke(*options);
    if (check->parsed()) return run_check(*options);
    if (explain->parsed()) return run_explain(*options);
    return run_remove(*options);
  };
}

}  // namespace

constinit const Command trust_command = {
    "trust", "pin, list, show, revoke and check vendors' keys",
    R"(A key found beside a download proves nothing: get it, or its id, from somewhere else.
assay-trust(5) describes the files.

  assay trust add acme --key acme.pub --match 'agent-*.tar.gz')",
    add};

}  // namespace assay::cmd
