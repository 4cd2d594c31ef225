// assay init: a home folder to start from. Never replaces what is there.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/key.h"
#include "cmd/terminal.h"
#include "log/folder.h"
#include "policy/policy.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  int passphrase_fd = -1;
  std::string log_name{};
};

/// A gate that believes the key made beside it.
std::string gate_toml(const std::string& id, const std::string& vkey) {
  return fmt::format(
      R"(# What `assay gate` accepts; assay-gate(1) describes every key.
# A gate on another host needs this file, keys/verdict.pub.pem, and a copy of log/ (without
# which it sees no revocation: then leave `mirror` out).
schema   = "assay-gate/1"
policies = ["urn:assay:policy:baseline", "urn:assay:policy:strict"]
max_age  = "7d"

[[key]]
name     = "this-host"
file     = "keys/verdict.pub.pem"
verifier = "urn:assay:verifier:{}"

[log]
vkey   = "{}"
mirror = "log"
)",
      id, vkey);
}

/// "made  path" or "kept  path".
Result<void> tell(const Options& options, const char* what, const std::string& path) {
  if (options.globals->quiet) return {};
  return print(fmt::format("{:<8} {}\n", what, printable(path)));
}

/// Writes a file unless there is one; says which.
Result<void> offer(const Options& options, const std::string& path,
                   const std::string& content) {
  if (exists(path)) return tell(options, "kept", path);
  TRY(create_file(path, content));
  return tell(options, "made", path);
}

/// A name nobody else's log has, unless one is given.
std::string origin_of(const Options& options, const Ed25519Public& key) {
  return options.log_name.empty() ? "assay.local/" + key_id(key).substr(0, 16)
                                  : options.log_name;
}

/// The log, with a key of its own: who holds the verdict key cannot rewrite it.
Result<void> offer_log(const Options& options, const Home& home,
                       const std::string& passphrase) {
  if (exists(home.log() + "/checkpoint")) return tell(options, "kept", home.log());
  if (!exists(home.log_key())) {
    TRY(make_key(home.log_key(), public_path(home.log_key()), passphrase));
  }
  const SigningKey key = TRY(SigningKey::load(home.log_key(), passphrase));
  const log::Folder made =
      TRY(log::Folder::create(home.log(), origin_of(options, key.public_key()), key)
              .context("making the log"));
  TRY(write_file(home.log_vkey(), log::to_vkey(made.key()) + "\n"));
  return tell(options, "made", home.log());
}

Result<ExitCode> run(const Options& options) {
  const Home home = Home::find(options.globals->home);
  for (const std::string folder : {"", "/trust", "/trust/vendors.d", "/trust/keys"}) {
    TRY(make_folder(home.path() + folder));
  }
  TRY(make_folder(home.path() + "/keys", 0700));
  const std::optional<int> fd =
      options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd);
  const std::string passphrase = TRY(read_passphrase(fd));
  TRY(offer(options, home.policy(), built_in_policy("baseline")));
  if (exists(home.key())) {
    TRY(tell(options, "kept", home.key()));
  } else {
    TRY(make_key(home.key(), home.public_key(), passphrase));
    TRY(tell(options, "made", home.key()));
  }
  TRY(offer_log(options, home, passphrase));
  const std::string pem = TRY(read_file(home.public_key(), 65536));
  std::string vkey = TRY(read_file(home.log_vkey(), 1024));
  if (vkey.ends_with('\n')) vkey.pop_back();
  TRY(offer(options, home.gate(), gate_toml(key_id(TRY(parse_public_key_pem(pem))), vkey)));
  if (!options.globals->quiet) {
    note("next: assay trust add VENDOR --key KEY --match 'NAME-*', then assay verify FILE");
  }
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.add_option(
      "--passphrase-fd", options->passphrase_fd,
      "encrypt the key with what this descriptor gives (else $ASSAY_KEY_PASSPHRASE)");
  app.add_option("--log-name", options->log_name,
                 "what the log is called, like logs.example.org/verdicts; for good");
  return [options] { return run(*options); };
}

}  // namespace

constinit const Command init_command = {
    "init", "make keys, trust store, policy, log and gate file to start from",
    R"(Whatever is there already is kept. The folder is --home, $ASSAY_HOME, or assay/ in your
configuration folder.

  assay init)",
    add};

}  // namespace assay::cmd
