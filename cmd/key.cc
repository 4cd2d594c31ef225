// assay key: the key that signs verdicts.

#include "cmd/key.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/terminal.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string file{};
  int passphrase_fd = -1;
};

std::optional<int> passphrase_fd(const Options& options) {
  return options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd);
}

Result<ExitCode> run_new(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const std::string path = options.file.empty() ? home.key() : options.file;
  if (options.file.empty()) TRY(make_folder(home.path() + "/keys", 0700));
  const std::string passphrase = TRY(read_passphrase(passphrase_fd(options)));
  const NewKey made = TRY(make_key(path, public_path(path), passphrase));
  TRY(print(fmt::format("key     {}{}\npublic  {}\nid      {}\n", printable(made.file),
                        passphrase.empty() ? " (not encrypted)" : " (encrypted)",
                        printable(made.public_file), made.id)));
  return ExitCode::passed;
}

/// The public half: from its own file, so that no passphrase is needed, else
/// from the key.
Result<Ed25519Public> find_public(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const std::string path = options.file.empty() ? home.key() : options.file;
  if (exists(public_path(path))) {
    return parse_public_key_pem(TRY(read_file(public_path(path), 65536)));
  }
  const auto key = TRY(home.load_key(options.file, passphrase_fd(options)));
  if (key) return key->public_key();
  return fail(Error::Kind::config, "there is no key yet",
              "`assay init` or `assay key new` makes one");
}

Result<ExitCode> run_show(const Options& options) {
  const Ed25519Public key = TRY(find_public(options));
  TRY(print(public_key_pem(key)));
  if (!options.globals->quiet) note("key id " + key_id(key));
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.require_subcommand(1);
  CLI::App* make = app.add_subcommand("new", "make a key, in a file that only you may read");
  CLI::App* show = app.add_subcommand("show", "print the public half, for gates and auditors");
  for (CLI::App* sub : {make, show}) {
    sub->add_option("--key", options->file,
                    "key file (default: keys/verdict.pem of the home folder)");
    sub->add_option("--passphrase-fd", options->passphrase_fd,
                    "read the passphrase from this descriptor (else $ASSAY_KEY_PASSPHRASE)");
  }
  return [=] { return make->parsed() ? run_new(*options) : run_show(*options); };
}

}  // namespace

std::string public_path(const std::string& key_path) {
  const std::string stem =
      key_path.ends_with(".pem") ? key_path.substr(0, key_path.size() - 4) : key_path;
  return stem + ".pub.pem";
}

Result<NewKey> make_key(const std::string& path, const std::string& public_file,
                        const std::string& passphrase) {
  const SigningKey key = TRY(SigningKey::generate());
  const std::string public_pem = public_key_pem(key.public_key());
  TRY(create_file(path, TRY(key.to_pem(passphrase)), 0600));
  TRY(write_file(public_file, public_pem, 0644));
  return NewKey{.file = path, .public_file = public_file, .id = key_id(key.public_key())};
}

constinit const Command key_command = {
    "key", "make and show the key that signs verdicts",
    R"(The key is Ed25519 in PKCS#8, encrypted when a passphrase is given. A key file that others
may read is refused.

  assay key show > verdict.pub.pem)",
    add};

}  // namespace assay::cmd
