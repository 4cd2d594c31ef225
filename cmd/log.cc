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

Result<std::uint64_t> index_from(const std::string& text) {
  std::uint64_t index = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return index;
  return fail(Error::Kind::usage, "'" + printable(text) + "' is no number of an entry");
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
  CLI::App* list = command("list", "one line an entry", run_log_list);
  list->add_option("--kind", options->kind,
                   "verdict, revocation, policy, trust, rules, note, ...");
  list->add_option("--subject", options->subject, "part of a name or of a SHA-256");
  list->add_option("--result", options->result, "PASSED, FAILED, or a reason");
  CLI::App* show = command("show", "an entry whole", run_log_show);
  show->add_option("--format", options->format, "text, or raw: the envelope as logged")
      ->check(CLI::IsMember({"text", "raw"}));
  CLI::App* verify = command(
      "verify", "is it signed, whole, and grown from what was seen before?", run_log_verify);
  verify->add_option("--since", options->since,
                     "a checkpoint file seen before (default: what this home remembers)");
  CLI::App* prove = command("prove", "print the proof of an entry (tlog-proof)", run_log_prove);
  for (CLI::App* sub : {show, prove}) {
    sub->add_option("ENTRY", options->what, "its number, or the verdict file it is")
        ->required();
  }
  command("fsck", "hash every entry and every tile again", run_log_fsck);
  CLI::App* compare = command("compare", "is one copy how the other began?", run_log_compare);
  compare->add_option("OTHER", options->other, "folder of the other copy")->required();
  CLI::App* exporting = command("export", "write entries or tiles elsewhere", run_log_export);
  exporting->add_option("--format", options->format, "jsonl, csv or tiles")
      ->check(CLI::IsMember({"jsonl", "csv", "tiles"}));
  for (CLI::App* sub : {prove, exporting}) {
    sub->add_option("-o,--output", options->output, "file, or folder of tiles");
  }
  CLI::App* noting = command("note", "log a sentence", run_log_note);
  noting->add_option("TEXT", options->what, "what is to be remembered")->required();
  CLI::App* revoke =
      command("revoke", "log that something must not be used any more", run_log_revoke);
  revoke
      ->add_option("WHAT", options->what,
                   "a verdict file, a bundle, a public key, or the SHA-256 of one")
      ->required();
  revoke->add_option("--reason", options->reason, "why, for who asks later")->required();
  for (CLI::App* sub : {noting, revoke}) {
    sub->add_option("--sign-command", options->sign_command, kSignCommandHelp);
    sub->add_option(
        "--passphrase-fd", options->passphrase_fd,
        "read the keys' passphrase from this descriptor (else $ASSAY_KEY_PASSPHRASE)");
  }
  CLI::App* again = command("reproduce", "make a verdict again from what was kept, and compare",
                            run_log_reproduce);
  again->add_option("ENTRY", options->what, "its number, or the verdict file it is")
      ->required();
  again->add_option("BUNDLE", options->bundle, "the bundle it is about")->required();
  add_strings(*again, "--signature,--sums", options->sidecars,
              "signature or checksum list that does not lie beside the bundle");
  again->add_option("--repository", options->repository,
                    "folder dists/SUITE of the Debian repository, if one was named");
  CLI::App* report = command("report", "what happened in a period", run_log_report);
  report->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  CLI::App* html = command("html", "pages for a browser, without script", run_log_html);
  html->add_option("-o,--output", options->output, "folder of the pages")->required();
  CLI::App* request = command("witness-request", "ask a witness to sign the checkpoint",
                              run_log_witness_request);
  request->add_option(
      "--old", options->old_size,
      "how many entries he saw last (default: by the cosignature that is here)");
  request->add_option("--witness", options->witnesses, "his key, to look up what he saw")
      ->expected(1);
  CLI::App* adding = command("add-cosignature", "put a witness's answer under the checkpoint",
                             run_log_add_cosignature);
  adding->add_option("ANSWER", options->what, "file, or - for standard input")->required();
  adding->add_option("--request", options->other,
                     "what he was asked, if the log has grown since");
  add_strings(*adding, "--witness", options->witnesses,
              "his key (default: those whose cosignatures are here)");
  for (CLI::App* sub : {report, request}) {
    sub->add_option("-o,--output", options->output, "write to this file");
  }
  for (CLI::App* sub : {list, report}) {
    sub->add_option("--from", options->from, "not before this time, RFC 3339, or a day");
    sub->add_option("--until,--to", options->until, "before this time");
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

Result<std::uint64_t> log_size(const LogOptions& options, const log::Folder& folder) {
  const log::NoteKey key = TRY(pinned_key(options, folder));
  return TRY(log::open_checkpoint(TRY(folder.read_note()), key)).tree.size;
}

Result<FoundEntry> find_entry(const log::Folder& folder, const std::string& what,
                              std::uint64_t size) {
  if (!std::filesystem::is_regular_file(what)) {
    const std::uint64_t index = TRY(index_from(what));
    auto bytes = TRY(folder.read_entry(index, size));
    return FoundEntry{.index = index, .bytes = std::move(bytes)};
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
  if (at) return FoundEntry{.index = *at, .bytes = line};
  return fail(Error::Kind::usage,
              "no entry of the log is the verdict '" + printable(what) + "'");
}

constinit const Command log_command = {
    "log", "read, check and prove what was decided here",
    R"(Every signed verdict becomes an entry before anyone hears of it. Exit 5 when the log is not
what it says or not what it was; `assay explain` knows each reason. assay-log(1) describes
each subcommand.

  assay log list --result FAILED
  assay log verify && assay log prove agent-1.4.tar.gz.verdict.jsonl -o proof)",
    add};

}  // namespace assay::cmd
