// assay key: the key that signs verdicts.

#include "cmd/key.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/terminal.h"
#include "log/entry.h"
#include "verify/record.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string file{}, reason{}, overlap = "7d";
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

/// What the log says of it, signed by both keys: who held the old one wanted the new one.
Result<void> log_change(const Options& options, const Home& home, const SigningKey& old_key,
                        const SigningKey& new_key, std::string_view passphrase) {
  const log::Folder folder = TRY(log::Folder::open(home.log()).context("opening the log"));
  const SigningKey log_key = TRY(SigningKey::load(home.log_key(), passphrase));
  const LogRecorder recorder(folder, log_key, old_key, home.log_memory());
  const std::string id = key_id(new_key.public_key());
  const log::Event event{.kind = "key-change",
                         .at = system_now(),
                         .subject = "urn:assay:verifier:" + id,
                         .sha256 = id,
                         .details = {{"role", "verdict"},
                                     {"text", printable(options.reason)},
                                     {"previousSha256", key_id(old_key.public_key())},
                                     {"publicKey", public_key_pem(new_key.public_key())}}};
  const Recorded entry = TRY(recorder.record(event, &new_key));
  if (options.globals->quiet) return {};
  return print(fmt::format("entry   {} of {}, signed by both\n", entry.index, entry.origin));
}

/// For gates: both keys for a while, then the new one.
std::string gate_snippet(const std::string& old_file, const SigningKey& old_key,
                         const SigningKey& new_key, std::int64_t overlap) {
  const Time until{system_now().seconds + overlap};
  const auto table = [](std::string_view name, const std::string& file, const SigningKey& key) {
    return fmt::format(
        "[[key]]\nname     = \"{}\"\nfile     = \"{}\"\n"
        "verifier = \"urn:assay:verifier:{}\"\n",
        name, file, key_id(key.public_key()));
  };
  return "\n# for each gate.toml, instead of the old key's table:\n" +
         table("this-host", "keys/verdict.pub.pem", new_key) + "\n" +
         table("this-host-before", "keys/" + old_file, old_key) +
         "valid_until = " + to_rfc3339(until) + "\n";
}

/// The next key, which an interrupted rotation may have made.
Result<SigningKey> next_key(const std::string& path, const std::string& passphrase) {
  if (!exists(path)) TRY(make_key(path, public_path(path), passphrase));
  return SigningKey::load(path, passphrase);
}

Result<void> move_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  Error error = io_error("cannot rename '" + printable(from) + "'", errno);
  error.kind = Error::Kind::durability;
  return error;
}

Result<ExitCode> run_rotate(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const auto overlap = duration_seconds(options.overlap);
  if (!overlap || *overlap < 0) {
    return fail(Error::Kind::usage, "--overlap '" + printable(options.overlap) + "' is no span",
                "write it like 12h, 7d or 4w");
  }
  const std::string passphrase = TRY(read_passphrase(passphrase_fd(options)));
  const SigningKey old_key = TRY(SigningKey::load(home.key(), passphrase));
  const std::string next = home.path() + "/keys/verdict-next.pem";
  const SigningKey new_key = TRY(next_key(next, passphrase));
  if (exists(home.log_key())) {
    TRY(log_change(options, home, old_key, new_key, passphrase).context("logging the change"));
  }
  const std::string old_name = "verdict-" + key_id(old_key.public_key()).substr(0, 8) + ".pem";
  const std::string old_path = home.path() + "/keys/" + old_name;
  TRY(move_file(home.public_key(), public_path(old_path)));
  TRY(move_file(home.key(), old_path));
  TRY(move_file(public_path(next), home.public_key()));
  TRY(move_file(next, home.key()));
  TRY(print(
      fmt::format("key     {}\nid      {}\nold key {}: destroy it once no gate takes it\n",
                  printable(home.key()), key_id(new_key.public_key()), printable(old_path)) +
      gate_snippet(public_path(old_name), old_key, new_key, *overlap)));
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.require_subcommand(1);
  CLI::App* make = app.add_subcommand("new", "make a key, in a file that only you may read");
  CLI::App* show = app.add_subcommand("show", "print the public half, for gates and auditors");
  CLI::App* rotate =
      app.add_subcommand("rotate", "put a new verdict key in place, and say so in the log");
  rotate->add_option("--reason", options->reason, "why, for who asks later")->required();
  rotate
      ->add_option("--overlap", options->overlap,
                   "for how long gates are to take the old key, too: 12h, 7d")
      ->capture_default_str();
  for (CLI::App* sub : {make, show}) {
    sub->add_option("--key", options->file,
                    "key file (default: keys/verdict.pem of the home folder)");
  }
  for (CLI::App* sub : {make, show, rotate}) {
    sub->add_option("--passphrase-fd", options->passphrase_fd,
                    "read the passphrase from this descriptor (else $ASSAY_KEY_PASSPHRASE)");
  }
  return [=] {
    if (rotate->parsed()) return run_rotate(*options);
    return make->parsed() ? run_new(*options) : run_show(*options);
  };
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
    "key", "make, show and replace the key that signs verdicts",
    R"(The key is Ed25519 in PKCS#8, encrypted when a passphrase is given. A key file that others
may read is refused. rotate makes a new key, has the log say so under both signatures, and
prints what gates need; `assay log revoke OLD.pub.pem` is for a key that leaked.

  assay key show > verdict.pub.pem)",
    add};

}  // namespace assay::cmd
