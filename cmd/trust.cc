// assay trust: who is believed, and for which files.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string vendor{}, key{}, name{}, from{}, until{};
  std::vector<std::string> match{};
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
    TRY(print(fmt::format("{}  may sign {}\n", vendor.id, fmt::join(vendor.match, ", "))));
    for (const TrustedKey& key : vendor.keys) TRY(print(key_text(key)));
  }
  return ExitCode::passed;
}

Result<ExitCode> run_show(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const TrustStore store = TRY(home.load_trust());
  const Vendor* vendor = store.find_vendor(options.vendor);
  if (vendor == nullptr) {
    return fail(Error::Kind::usage, "no vendor '" + printable(options.vendor) + "' is trusted",
                "`assay trust list` shows who is");
  }
  std::string text = fmt::format("vendor   {}\ncontact  {}\nmatch    {}\n", vendor->id,
                                 vendor->contact.empty() ? "-" : vendor->contact,
                                 fmt::join(vendor->match, "\n         "));
  for (const TrustedKey& key : vendor->keys) {
    text += fmt::format(
        "\nkey      {}\nformat   {} ({})\nnumber   {}\nid       {}\nfile     {}\nwindow   {}\n",
        key.name, key.format, fmt::join(key.algorithms, ", "), key.display_id, key.id, key.file,
        window_text(key));
  }
  TRY(print(text));
  return ExitCode::passed;
}

/// The published key behind --key: standard input, a file, or the base64 itself.
Result<std::string> key_text_of(const std::string& option) {
  if (option == "-" || exists(option)) return read_input(option, 65536);
  if (from_base64(option)) return option;
  return fail(Error::Kind::usage, "there is no key file '" + printable(option) + "'");
}

Result<ExitCode> run_add(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const std::string text = TRY(key_text_of(options.key));
  NewPin pin{.vendor = options.vendor,
             .key_name = options.name,
             .key = TRY(read_published_key(text, trust_formats()).context("reading the key")),
             .match = options.match};
  pin.valid_from = TRY(optional_time("--from", options.from));
  pin.valid_until = TRY(optional_time("--until", options.until));
  if (pin.key_name.empty()) pin.key_name = options.vendor + "-" + pin.key.display_id;
  TRY(make_folder(home.path(), 0755));
  TRY(add_pin(home.trust(), pin, trust_formats()).context("pinning the key"));
  if (options.globals->quiet) return ExitCode::passed;
  TRY(print(fmt::format("pinned for {}: {} key {} as '{}'\n  {}\n", printable(pin.vendor),
                        pin.key.format, pin.key.display_id, printable(pin.key_name),
                        pin.key.id)));
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
  pin->footer("  assay trust add acme --key RWQf6LRC... --match 'agent-*.tar.gz'");

  CLI::App* list = app.add_subcommand("list", "vendors, their keys and their file names");
  CLI::App* show = app.add_subcommand("show", "one vendor, whole");
  show->add_option("VENDOR", options->vendor, "a vendor of the store")->required();
  CLI::App* remove =
      app.add_subcommand("remove", "believe a vendor, or one key of it, no longer");
  remove->add_option("VENDOR", options->vendor, "a vendor of the store")->required();
  remove->add_option("KEY", options->name, "a key's name; without it the whole vendor goes");

  return [=] {
    if (pin->parsed()) return run_add(*options);
    if (list->parsed()) return run_list(*options);
    if (show->parsed()) return run_show(*options);
    return run_remove(*options);
  };
}

}  // namespace

constinit const Command trust_command = {
    "trust", "pin, list, show and remove vendors' keys",
    R"(A key found beside a download proves nothing: get it, or its id, from somewhere else.
assay-trust(5) describes the files.

  assay trust add acme --key acme.pub --match 'agent-*.tar.gz')",
    add};

}  // namespace assay::cmd
