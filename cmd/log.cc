// assay log: what was decided here, in an order nobody can change.

#include "cmd/log.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <charconv>
#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "crypto/digest.h"
#include "log/append.h"
#include "log/audit.h"
#include "log/entry.h"
#include "verify/record.h"

namespace assay::cmd {
namespace {

struct Found {
  std::uint64_t index = 0;
  std::string bytes{};
};

Result<std::uint64_t> index_from(const std::string& text) {
  std::uint64_t index = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return index;
  return fail(Error::Kind::usage, "'" + printable(text) + "' is no number of an entry");
}

/// An entry by its number, or the one that is the verdict of this file.
Result<Found> find_entry(const log::Folder& folder, const std::string& what,
                         std::uint64_t size) {
  if (!std::filesystem::is_regular_file(what)) {
    const std::uint64_t index = TRY(index_from(what));
    auto bytes = TRY(folder.read_entry(index, size));
    return Found{.index = index, .bytes = std::move(bytes)};
  }
  std::string text = TRY(read_file(what, std::size_t{1} << 30U));
  if (text.ends_with('\n')) text.pop_back();
  const std::string line = text.substr(text.rfind('\n') + 1);
  std::optional<std::uint64_t> at;
  TRY(log::for_each_entry(folder, 0, size,
                          [&](std::uint64_t index, const std::string& entry) -> Result<void> {
                            if (entry == line) at = index;
                            return {};
                          }));
  if (at) return Found{.index = *at, .bytes = line};
  return fail(Error::Kind::usage,
              "no entry of the log is the verdict '" + printable(what) + "'");
}

bool wanted(const LogOptions& options, const log::Entry& entry) {
  const auto fits = [](const std::string& demanded, std::string_view text) {
    return demanded.empty() || text.find(demanded) != text.npos;
  };
  return (options.kind.empty() || options.kind == entry.kind) &&
         (fits(options.subject, entry.subject) || fits(options.subject, entry.sha256)) &&
         fits(options.result, entry.result) &&
         (options.from.empty() || entry.at >= options.from) &&
         (options.until.empty() || entry.at < options.until);
}

std::string row(std::uint64_t index, const log::Entry& entry, const std::string& format) {
  const std::string says = entry.kind == "verdict" ? entry.result : log::detail(entry, "text");
  if (format == "csv") {
    // Quoted as RFC 4180 wants it; a formula must not begin a field.
    const auto field = [](const std::string& text) {
      std::string quoted = printable(text);
      for (std::size_t at = 0; (at = quoted.find('"', at)) != quoted.npos; at += 2) {
        quoted.insert(at, 1, '"');
      }
      const bool formula = quoted.find_first_of("=+-@") == 0;
      return "\"" + std::string(formula ? "'" : "") + quoted + "\"";
    };
    return fmt::format("{},{},{},{},{},{}\n", index, field(entry.at), field(entry.kind),
                       field(says), field(entry.subject), field(entry.sha256));
  }
  return fmt::format("{:>6}  {:<20}  {:<13}  {:<10}  {}\n", index, printable(entry.at),
                     entry.kind, printable(says), printable(entry.subject));
}

Result<ExitCode> run_list(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::uint64_t size =
      TRY(log::open_checkpoint(TRY(folder.read_note()), TRY(pinned_key(options, folder))))
          .tree.size;
  TRY(log::for_each_entry(
      folder, 0, size, [&](std::uint64_t index, const std::string& bytes) -> Result<void> {
        const log::Entry entry = log::read_entry(bytes);
        return wanted(options, entry) ? print(row(index, entry, "text")) : Result<void>();
      }));
  return ExitCode::passed;
}

Result<ExitCode> run_show(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::uint64_t size =
      TRY(log::open_checkpoint(TRY(folder.read_note()), TRY(pinned_key(options, folder))))
          .tree.size;
  const Found found = TRY(find_entry(folder, options.what, size));
  if (options.format == "raw") {
    TRY(print(found.bytes + "\n"));
    return ExitCode::passed;
  }
  const log::Entry entry = log::read_entry(found.bytes);
  TRY(print(
      fmt::format("entry    {} of {}\nkind     {}\ntime     {}\nsubject  {}\nsha256   {}\n"
                  "key      {}\n{}\n",
                  found.index, size, entry.kind, printable(entry.at), printable(entry.subject),
                  printable(entry.sha256), printable(entry.key_id), entry.statement.pretty())));
  return ExitCode::passed;
}

Result<ExitCode> run_prove(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::string note = TRY(folder.read_note());
  const std::uint64_t size =
      TRY(log::open_checkpoint(note, TRY(pinned_key(options, folder)))).tree.size;
  const Found found = TRY(find_entry(folder, options.what, size));
  const std::string proof = log::format_proof(TRY(log::prove(folder, found.index, note)));
  TRY(log::open_proof(proof, found.bytes, folder.key()));
  TRY(write_answer(options.output, proof));
  return ExitCode::passed;
}

/// The public files of a log, those that its checkpoint covers.
Result<void> export_tiles(const log::Folder& folder, const std::string& note,
                          std::uint64_t size, const std::string& target) {
  const auto put = [&](const std::string& name, std::string_view bytes) -> Result<void> {
    const std::string path = target + "/" + name;
    TRY(make_folder(std::filesystem::path(path).parent_path().string()));
    return write_file(path, bytes);
  };
  for (int level = log::Tile::kEntries; log::hashes_at(level, size) > 0; ++level) {
    for (std::uint64_t at = 0; at < log::hashes_at(level, size); at += log::kTileWidth) {
      const log::Tile tile = log::tile_of(level, at, size);
      std::string bytes = TRY(folder.read_tile(tile));
      if (level == log::Tile::kEntries) {
        bytes.clear();
        for (const auto& entry : TRY(folder.read_bundle(tile.index, size))) {
          bytes += log::frame(entry);
        }
      } else {
        bytes.resize(tile.width * sizeof(log::Hash));
      }
      TRY(put(log::tile_path(tile), bytes));
    }
  }
  TRY(put("log.vkey", log::to_vkey(folder.key()) + "\n"));
  return put("checkpoint", note);
}

Result<ExitCode> run_export(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::string note = TRY(folder.read_note());
  const std::uint64_t size =
      TRY(log::open_checkpoint(note, TRY(pinned_key(options, folder)))).tree.size;
  if (options.format == "tiles") {
    if (options.output.empty()) {
      return fail(Error::Kind::usage, "tiles are many files", "name a folder with --output");
    }
    TRY(export_tiles(folder, note, size, options.output));
    return ExitCode::passed;
  }
  std::string text =
      options.format == "csv" ? "index,time,kind,result,subject,sha256\n" : std::string();
  TRY(log::for_each_entry(
      folder, 0, size, [&](std::uint64_t index, const std::string& bytes) -> Result<void> {
        text +=
            options.format == "csv" ? row(index, log::read_entry(bytes), "csv") : bytes + "\n";
        return {};
      }));
  TRY(write_answer(options.output, text));
  return ExitCode::passed;
}

Result<ExitCode> record(const LogOptions& options, log::Event event) {
  const Home home = Home::find(options.globals->home);
  const log::Folder folder = TRY(open_log(options));
  const std::string passphrase = TRY(read_passphrase(
      options.passphrase_fd < 0 ? std::nullopt : std::optional(options.passphrase_fd)));
  const SigningKey verdict_key = TRY(SigningKey::load(home.key(), passphrase));
  const SigningKey log_key = TRY(SigningKey::load(home.log_key(), passphrase));
  event.at = system_now();
  const LogRecorder recorder(folder, log_key, verdict_key, home.log_memory());
  const Recorded entry = TRY(recorder.record(event));
  if (!options.globals->quiet) {
    TRY(print(fmt::format("entry {} of {}\n", entry.index, entry.origin)));
  }
  return ExitCode::passed;
}

Result<ExitCode> run_note(const LogOptions& options) {
  if (!is_utf8(options.what) || options.what.size() > 4096) {
    return fail(Error::Kind::usage, "a note is at most 4096 bytes of UTF-8");
  }
  return record(options, {.kind = "note",
                          .subject = "note",
                          .sha256 = sha256_hex(as_bytes(options.what)),
                          .details = {{"text", options.what}}});
}

/// A file: its digest, or that of its verdict line; else 64 hex digits.
Result<ExitCode> run_revoke(const LogOptions& options) {
  std::string sha256 = options.what;
  std::string name = "sha256:" + options.what;
  if (std::filesystem::is_regular_file(options.what)) {
    std::string text = TRY(read_file(options.what, std::size_t{4} << 30U));
    const bool verdict = text.starts_with("{\"payload\":") && text.ends_with('\n');
    if (verdict) {
      text.pop_back();
      text = text.substr(text.rfind('\n') + 1);
    }
    sha256 = sha256_hex(as_bytes(text));
    name = printable(std::filesystem::path(options.what).filename().string());
  }
  const auto bytes = from_hex(sha256);
  if (sha256.size() != 64 || !bytes) {
    return fail(Error::Kind::usage,
                "'" + printable(options.what) + "' is no file and no SHA-256");
  }
  return record(options, {.kind = "revocation",
                          .subject = name,
                          .sha256 = to_hex(*bytes),
                          .details = {{"text", printable(options.reason)}}});
}

Result<ExitCode> run_key(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  TRY(print(log::to_vkey(TRY(pinned_key(options, folder))) + "\n"));
  return ExitCode::passed;
}

using Run = Result<ExitCode> (*)(const LogOptions&);

Action add(CLI::App& app, const Globals& globals) {
  auto options = std::make_shared<LogOptions>();
  options->globals = &globals;
  app.require_subcommand(1);
  std::vector<std::pair<CLI::App*, Run>> runs;
  const auto command = [&](const char* name, const char* what, Run run) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->add_option("--log", options->folder,
                    "the log's folder (default: log/ of the home folder)");
    sub->add_option("--vkey", options->vkey,
                    "the log's key (default: the one pinned in the home folder)");
    runs.emplace_back(sub, run);
    return sub;
  };
  CLI::App* list = command("list", "one line an entry", run_list);
  list->add_option("--kind", options->kind,
                   "verdict, revocation, policy, trust, rules, note, ...");
  list->add_option("--subject", options->subject, "part of a name or of a SHA-256");
  list->add_option("--result", options->result, "PASSED, FAILED, or a reason");
  list->add_option("--from", options->from, "not before this time, RFC 3339");
  list->add_option("--until", options->until, "before this time, RFC 3339");
  CLI::App* show = command("show", "an entry whole", run_show);
  show->add_option("--format", options->format, "text, or raw: the envelope as logged")
      ->check(CLI::IsMember({"text", "raw"}));
  CLI::App* verify = command(
      "verify", "is it signed, whole, and grown from what was seen before?", run_log_verify);
  verify->add_option("--since", options->since,
                     "a checkpoint file seen before (default: what this home remembers)");
  CLI::App* prove = command("prove", "print the proof of an entry (tlog-proof)", run_prove);
  for (CLI::App* sub : {show, prove}) {
    sub->add_option("ENTRY", options->what, "its number, or the verdict file it is")
        ->required();
  }
  command("fsck", "hash every entry and every tile again", run_log_fsck);
  CLI::App* compare = command("compare", "is one copy how the other began?", run_log_compare);
  compare->add_option("OTHER", options->other, "folder of the other copy")->required();
  CLI::App* exporting = command("export", "write entries or tiles elsewhere", run_export);
  exporting->add_option("--format", options->format, "jsonl, csv or tiles")
      ->check(CLI::IsMember({"jsonl", "csv", "tiles"}));
  for (CLI::App* sub : {prove, exporting}) {
    sub->add_option("-o,--output", options->output, "file, or folder of tiles");
  }
  CLI::App* noting = command("note", "log a sentence", run_note);
  noting->add_option("TEXT", options->what, "what is to be remembered")->required();
  CLI::App* revoke =
      command("revoke", "log that something must not be used any more", run_revoke);
  revoke->add_option("WHAT", options->what, "a verdict file, a bundle, or a SHA-256 of either")
      ->required();
  revoke->add_option("--reason", options->reason, "why, for who asks later")->required();
  for (CLI::App* sub : {noting, revoke}) {
    sub->add_option(
        "--passphrase-fd", options->passphrase_fd,
        "read the keys' passphrase from this descriptor (else $ASSAY_KEY_PASSPHRASE)");
  }
  command("key", "print the log's key, for gates and auditors", run_key);
  return [options, runs]() -> Result<ExitCode> {
    for (const auto& [sub, run] : runs) {
      if (sub->parsed()) return run(*options);
    }
    return ExitCode::internal;
  };
}

}  // namespace

Result<log::Folder> open_log(const LogOptions& options) {
  const std::string path =
      options.folder.empty() ? Home::find(options.globals->home).log() : options.folder;
  return log::Folder::open(path).context("opening the log");
}

Result<log::NoteKey> pinned_key(const LogOptions& options, const log::Folder& folder) {
  if (!options.vkey.empty()) return log::parse_vkey(options.vkey);
  const std::string pinned = Home::find(options.globals->home).log_vkey();
  if (!options.folder.empty() || !exists(pinned)) return folder.key();
  std::string text = TRY(read_file(pinned, 1024));
  if (text.ends_with('\n')) text.pop_back();
  return log::parse_vkey(text).context("reading the pinned key of the log");
}

constinit const Command log_command = {
    "log", "read, check and prove what was decided here",
    R"(Every signed verdict becomes an entry before anyone hears of it. Exit 5 when the log is not
what it says or not what it was; `assay explain` knows each reason. assay-log(1) tells how to
check a log without assay.

  assay log list --result FAILED
  assay log verify && assay log prove agent-1.4.tar.gz.verdict.jsonl -o proof)",
    add};

}  // namespace assay::cmd
