// assay witness: the other side. Somebody else's machine remembers how far a log had come,
// and signs only what grew from there.

#include "log/witness.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/log.h"
#include "cmd/options.h"
#include "cmd/terminal.h"

namespace assay::cmd {
namespace {

struct Options {
  const Globals* globals = nullptr;
  std::string request = "-", key{}, name{}, state{}, output{};
  std::vector<std::string> logs{};
  int passphrase_fd = -1;
};

/// The witness's key under its name: witness/key.pem of the home folder unless named.
struct Identity {
  SigningKey key;
  log::NoteKey note_key{};
};

Result<Identity> identity(const Options& options) {
  const Home home = Home::find(options.globals->home);
  const std::string file =
      options.key.empty() ? home.path() + "/keys/witness.pem" : options.key;
  if (!exists(file)) {
    return fail(Error::Kind::config, "there is no key '" + printable(file) + "'",
                "`assay key new --key " + printable(file) + "` makes one");
  }
  const std::string passphrase = TRY(read_passphrase(
      options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd)));
  SigningKey key = TRY(SigningKey::load(file, passphrase));
  const std::string name = options.name.empty()
                               ? "assay.local/witness-" + key_id(key.public_key()).substr(0, 16)
                               : options.name;
  if (!log::is_note_name(name)) {
    return fail(Error::Kind::usage, "a witness cannot be called '" + printable(name) + "'",
                "a name without spaces and plus signs, like witness.example.org/w1");
  }
  log::NoteKey note_key{
      .name = name, .type = log::NoteKey::kCosignature, .public_key = key.public_key()};
  return Identity{std::move(key), std::move(note_key)};
}

Result<ExitCode> run_key(const Options& options) {
  TRY(print(log::to_vkey(TRY(identity(options)).note_key) + "\n"));
  return ExitCode::passed;
}

Result<ExitCode> run_sign(const Options& options) {
  std::vector<log::NoteKey> logs;
  for (const std::string& vkey : options.logs) logs.push_back(TRY(log::parse_vkey(vkey)));
  const std::string request = TRY(read_input(options.request, log::kMaxRequest));
  const Identity self = TRY(identity(options));
  const std::string state = options.state.empty()
                                ? Home::find(options.globals->home).path() + "/state/witness"
                                : options.state;
  auto line = log::witness_sign(state, request, logs, self.note_key, self.key, system_now());
  if (!line) return explained(std::move(line.error()));
  TRY(write_answer(options.output, *line));
  return ExitCode::passed;
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.require_subcommand(1);
  CLI::App* sign = app.add_subcommand("sign", "sign a checkpoint that grew from the last one");
  sign->add_option("REQUEST", options->request,
                   "what `assay log witness-request` wrote (default: standard input)");
  add_strings(*sign, "--vkey", options->logs,
              "key of a log this witness watches; may be given several times")
      ->required();
  sign->add_option("--state", options->state,
                   "folder that remembers (default: state/witness of the home folder)");
  sign->add_option("-o,--output", options->output, "write the answer to this file");
  CLI::App* key = app.add_subcommand("key", "print the witness's key, for logs and gates");
  for (CLI::App* sub : {sign, key}) {
    sub->add_option("--key", options->key,
                    "key file (default: keys/witness.pem of the home folder)");
    sub->add_option("--name", options->name, "what the witness is called; for good");
    sub->add_option("--passphrase-fd", options->passphrase_fd,
                    "read the key's passphrase from this descriptor (else "
                    "$ASSAY_KEY_PASSPHRASE)");
  }
  return [=] { return sign->parsed() ? run_sign(*options) : run_key(*options); };
}

}  // namespace

constinit const Command witness_command = {
    "witness", "watch somebody else's log, and sign what grew",
    R"(A witness remembers each log's last checkpoint and signs the next one only if it grew from
there: a log that lost or changed entries is refused, with exit 5. Request and answer are files
of C2SP tlog-witness; they go by any road. Once a witness signed, its state folder must not be
put back to an older copy.

  assay witness sign request.txt --vkey KEY --name witness.example.org/w1 > answer)",
    add};

}  // namespace assay::cmd
