// assay log list, show, prove, export: what stands in the log.

#include <fmt/format.h>

#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/log.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "log/append.h"
#include "log/audit.h"
#include "log/entry.h"

namespace assay::cmd {
namespace {

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

}  // namespace

Result<ExitCode> run_log_list(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::uint64_t size = TRY(log_size(options, folder));
  TRY(log::for_each_entry(
      folder, 0, size, [&](std::uint64_t index, const std::string& bytes) -> Result<void> {
        const log::Entry entry = log::read_entry(bytes);
        return wanted(options, entry) ? print(row(index, entry, "text")) : Result<void>();
      }));
  return ExitCode::passed;
}

Result<ExitCode> run_log_show(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::uint64_t size = TRY(log_size(options, folder));
  const FoundEntry found = TRY(find_entry(folder, options.what, size));
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

Result<ExitCode> run_log_prove(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::string note = TRY(folder.read_note());
  const std::uint64_t size =
      TRY(log::open_checkpoint(note, TRY(pinned_key(options, folder)))).tree.size;
  const FoundEntry found = TRY(find_entry(folder, options.what, size));
  const std::string proof = log::format_proof(TRY(log::prove(folder, found.index, note)));
  TRY(log::open_proof(proof, found.bytes, folder.key()));
  TRY(write_answer(options.output, proof));
  return ExitCode::passed;
}

Result<ExitCode> run_log_export(const LogOptions& options) {
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

}  // namespace assay::cmd
