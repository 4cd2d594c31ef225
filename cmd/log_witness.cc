// assay log witness-request, add-cosignature: the log's side of a witness's visit.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/log.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "log/witness.h"

namespace assay::cmd {
namespace {

/// Those named by hand, else those whose cosignatures are here.
Result<std::vector<log::NoteKey>> witnesses_of(const LogOptions& options,
                                               const log::Folder& folder) {
  std::vector<log::NoteKey> keys;
  for (const std::string& vkey : options.witnesses) {
    keys.push_back(TRY(log::parse_vkey(vkey)));
    if (keys.back().type == log::NoteKey::kCosignature) continue;
    return fail(Error::Kind::usage, "'" + printable(vkey) + "' is no witness's key",
                "`assay witness key` prints one");
  }
  if (!keys.empty()) return keys;
  return log::known_witnesses(folder);
}

/// --old, else what the one witness saw last.
Result<std::uint64_t> old_size(const LogOptions& options, const log::Folder& folder,
                               const log::NoteKey& key) {
  if (options.old_size) return *options.old_size;
  const auto witnesses = TRY(witnesses_of(options, folder));
  const auto seen = TRY(log::newest_seen(&folder, key, witnesses));
  if (seen.size() <= 1) return seen.empty() ? 0 : seen.front().tree.size;
  return fail(Error::Kind::usage, "several witnesses saw this log",
              "say which one is asked, with --witness, or what he saw, with --old");
}

}  // namespace

Result<ExitCode> run_log_witness_request(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const log::NoteKey key = TRY(pinned_key(options, folder));
  const std::uint64_t old = TRY(old_size(options, folder, key));
  TRY(write_answer(options.output, format_request(TRY(log::make_request(folder, key, old)))));
  return ExitCode::passed;
}

Result<ExitCode> run_log_add_cosignature(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const log::NoteKey key = TRY(pinned_key(options, folder));
  const std::string lines = TRY(read_input(options.what, log::kMaxNoteBytes));
  std::string note = TRY(folder.read_note());
  if (!options.other.empty()) {
    note = TRY(log::parse_request(TRY(read_file(options.other, log::kMaxRequest)))).checkpoint;
  }
  const auto witnesses = TRY(witnesses_of(options, folder));
  const auto added = log::add_cosignatures(folder, key, note, lines, witnesses);
  if (!added) return explained(added.error());
  for (const log::Seen& seen : *added) {
    if (options.globals->quiet) break;
    TRY(print(fmt::format("{} saw {} entries at {}\n", printable(seen.witness), seen.tree.size,
                          to_rfc3339(seen.at))));
  }
  return ExitCode::passed;
}

}  // namespace assay::cmd
