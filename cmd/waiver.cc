// assay waiver: an approver bears one finding in one bundle, in writing.

#include "policy/waiver.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "bundle/source.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "crypto/digest.h"
#include "crypto/envelope.h"

namespace assay::cmd {
namespace {

constexpr std::int64_t kDay = 86'400;

struct Options {
  const Globals* globals = nullptr;
  std::string bundle{}, file{}, rule{}, member{}, reason{}, ticket{}, id{}, from{}, key{},
      sign_command{};
  std::int64_t days = 30;
  int passphrase_fd = -1;
  std::string output{};
};

Result<Waiver> waiver_of(const Options& options) {
  const Source bundle =
      TRY(Source::open(options.bundle, Limits{}).context("hashing the bundle"));
  JudgeOptions time;
  time.at = options.from;
  const Time from = TRY(time.time()).value_or(system_now());
  Waiver waiver;
  waiver.bundle_name = printable(bundle.name());
  waiver.bundle_sha256 = bundle.subject().sha256;
  waiver.rule = options.rule;
  waiver.member = options.member.empty() ? bundle.name() : options.member;
  waiver.reason = printable(options.reason);
  waiver.ticket = printable(options.ticket);
  waiver.not_before = from;
  waiver.expires = Time{from.seconds + options.days * kDay};
  const std::string what = sha256_hex(as_bytes(waiver_statement(waiver)));
  const std::string day = to_rfc3339(from).substr(0, 10);
  waiver.id = options.id.empty() ? "WVR-" + day + "-" + what.substr(0, 8) : options.id;
  return waiver;
}

/// One more signature over the envelope's payload.
Result<void> add_signature(Envelope& envelope, const Options& options) {
  const std::string passphrase = TRY(read_passphrase(
      options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd)));
  const auto key = TRY(Home::find(options.globals->home)
                           .load_signer(options.key, options.sign_command, passphrase));
  if (key == nullptr)
    return fail(Error::Kind::config, "there is no such key", "`assay key new` makes one");
  const std::string id = key_id(key->public_key());
  for (const EnvelopeSignature& signature : envelope.signatures) {
    if (signature.key_id == id) {
      return fail(Error::Kind::usage, "this key has signed the waiver already");
    }
  }
  const std::string message = dsse_pae(envelope.payload_type, envelope.payload);
  const Ed25519Signature signature = TRY(key->sign(as_bytes(message)));
  envelope.signatures.push_back({id, std::string(as_text(signature))});
  return {};
}

Result<ExitCode> run_new(const Options& options) {
  const Waiver waiver = TRY(waiver_of(options));
  Envelope envelope{.payload_type = std::string(kInTotoPayloadType),
                    .payload = waiver_statement(waiver)};
  TRY(add_signature(envelope, options));
  const std::string text = envelope_text(envelope);
  TRY(read_waiver(text, {}));  // what it says must be what verify reads
  TRY(write_answer(options.output, text + "\n"));
  if (!options.globals->quiet)
    note("waiver " + waiver.id + ", until " + to_rfc3339(waiver.expires));
  return ExitCode::passed;
}

Result<ExitCode> run_sign(const Options& options) {
  const std::string text = TRY(read_input(options.file, kMaxWaiverBytes));
  TRY(read_waiver(text, {}));
  Envelope envelope = TRY(parse_envelope(
      text, {.max_bytes = kMaxWaiverBytes, .max_signatures = kMaxWaiverSignatures}));
  TRY(add_signature(envelope, options));
  TRY(write_answer(options.output, envelope_text(envelope) + "\n"));
  return ExitCode::passed;
}

Result<ExitCode> run_show(const Options& options) {
  const std::string text = TRY(read_input(options.file, kMaxWaiverBytes));
  const Waiver waiver = TRY(read_waiver(text, {}));
  const Envelope envelope = TRY(parse_envelope(
      text, {.max_bytes = kMaxWaiverBytes, .max_signatures = kMaxWaiverSignatures}));
  std::string shown = fmt::format(
      "id       {}\nbundle   {}\nsha256   {}\nrule     {}\nmember   {}\nreason   {}\n"
      "from     {}\nuntil    {}\n",
      printable(waiver.id), printable(waiver.bundle_name), printable(waiver.bundle_sha256),
      printable(waiver.rule), printable(waiver.member), printable(waiver.reason),
      to_rfc3339(waiver.not_before), to_rfc3339(waiver.expires));
  if (!waiver.ticket.empty()) shown += "ticket   " + printable(waiver.ticket) + "\n";
  for (const EnvelopeSignature& signature : envelope.signatures) {
    shown += "signed   by a key that calls itself " + printable(signature.key_id) + "\n";
  }
  TRY(print(shown));
  if (!options.globals->quiet) {
    note(
        "whether a signature counts is for the policy's [[approver]] to say, at `assay "
        "verify`");
  }
  return ExitCode::passed;
}

void add_key(CLI::App& app, Options& options) {
  app.add_option("--key", options.key, "the approver's key file")->required();
  app.add_option("--sign-command", options.sign_command, kSignCommandHelp);
  app.add_option("--passphrase-fd", options.passphrase_fd,
                 "read the key's passphrase from this descriptor (else $ASSAY_KEY_PASSPHRASE)");
  app.add_option("--output", options.output, "write to this file");
}

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<Options>();
  options->globals = &globals;
  app.require_subcommand(1);
  CLI::App* make = app.add_subcommand("new", "write and sign a waiver");
  make->add_option("BUNDLE", options->bundle, "the bundle it is for, by its digest")
      ->required();
  make->add_option("--rule", options->rule, "the rule whose finding is borne")->required();
  make->add_option("--member", options->member,
                   "the member it was found in, as the report names it (default: the bundle)");
  make->add_option("--reason", options->reason, "why it may be borne, for auditors")
      ->required();
  make->add_option("--ticket", options->ticket, "where it was discussed");
  make->add_option("--days", options->days, "for how long")
      ->capture_default_str()
      ->check(CLI::Range(1, 366));
  make->add_option("--from", options->from, "as of this time, RFC 3339 (default: now)");
  make->add_option("--id", options->id, "its id (default: from day and content)");
  add_key(*make, *options);
  CLI::App* sign = app.add_subcommand("sign", "add an approver's signature");
  CLI::App* show = app.add_subcommand("show", "print what a waiver says");
  for (CLI::App* sub : {sign, show}) {
    sub->add_option("WAIVER", options->file, "file, or - for standard input")->required();
  }
  add_key(*sign, *options);
  return [=] {
    if (make->parsed()) return run_new(*options);
    return sign->parsed() ? run_sign(*options) : run_show(*options);
  };
}

}  // namespace

constinit const Command waiver_command = {
    "waiver", "bear one finding in one bundle, signed and for a time",
    R"(A waiver counts when an [[approver]] of the policy signed it, for exactly this bundle, rule and
member, until its day. Findings of critical severity and everything that is wrong with the
bundle as a file cannot be waived, and a gate must allow each waiver by its id.

  assay waiver new agent-1.4.tar.gz --rule PACK002 --member opt/tool --days 30 \
      --reason 'packed helper, confirmed by the vendor' --key approver.pem --output w.json
  assay verify agent-1.4.tar.gz --waiver w.json)",
    add};

}  // namespace assay::cmd
