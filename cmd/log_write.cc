// assay log note, revoke: entries that a person makes.

#include <fmt/format.h>

#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/log.h"
#include "cmd/terminal.h"
#include "crypto/digest.h"
#include "log/entry.h"
#include "verify/record.h"

namespace assay::cmd {
namespace {

Result<ExitCode> record_event(const LogOptions& options, log::Event event) {
  const Home home = Home::find(options.globals->home);
  const log::Folder folder = TRY(open_log(options));
  const std::string passphrase = TRY(read_passphrase(
      options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd)));
  const auto verdict_key = TRY(home.load_signer({}, options.sign_command, passphrase));
  if (verdict_key == nullptr) return fail(Error::Kind::config, "there is no key to sign with");
  const SigningKey log_key = TRY(SigningKey::load(home.log_key(), passphrase));
  event.at = system_now();
  const LogRecorder recorder(folder, log_key, *verdict_key, home.log_memory());
  const Recorded entry = TRY(recorder.record(event));
  if (!options.globals->quiet) {
    TRY(print(fmt::format("entry {} of {}\n", entry.index, entry.origin)));
  }
  return ExitCode::passed;
}

}  // namespace

Result<ExitCode> run_log_note(const LogOptions& options) {
  if (!is_utf8(options.what) || options.what.size() > 4096) {
    return fail(Error::Kind::usage, "a note is at most 4096 bytes of UTF-8");
  }
  return record_event(options, {.kind = "note",
                                .subject = "note",
                                .sha256 = sha256_hex(as_bytes(options.what)),
                                .details = {{"text", options.what}}});
}

/// A file: its digest, or that of its verdict line, or a public key's id; else 64 hex digits.
Result<ExitCode> run_log_revoke(const LogOptions& options) {
  std::string sha256 = options.what;
  std::string name = "sha256:" + options.what;
  if (std::filesystem::is_regular_file(options.what)) {
    std::string text = TRY(read_file(options.what, std::size_t{4} << 30U));
    const bool verdict = text.starts_with("{\"payload\":") && text.ends_with('\n');
    if (verdict) {
      text.pop_back();
      text = text.substr(text.rfind('\n') + 1);
    }
    const auto key = parse_public_key_pem(text);
    sha256 = key ? key_id(*key) : sha256_hex(as_bytes(text));
    name = printable(std::filesystem::path(options.what).filename().string());
  }
  const auto bytes = from_hex(sha256);
  if (sha256.size() != 64 || !bytes) {
    return fail(Error::Kind::usage,
                "'" + printable(options.what) + "' is no file and no SHA-256");
  }
  return record_event(options, {.kind = "revocation",
                                .subject = name,
                                .sha256 = to_hex(*bytes),
                                .details = {{"text", printable(options.reason)}}});
}

}  // namespace assay::cmd
