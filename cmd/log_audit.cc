// assay log verify, fsck, compare: is the log what it says, and what it was?

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/log.h"
#include "cmd/terminal.h"
#include "log/audit.h"
#include "log/memory.h"
#include "model/reason.h"

namespace assay::cmd {
namespace {

/// The tree that was seen before: of --since, else as this home remembers it.
Result<std::optional<log::TreeHead>> seen_before(const LogOptions& options,
                                                 const log::NoteKey& key) {
  if (options.since.empty()) {
    return log::recall(Home::find(options.globals->home).log_memory(), key.name);
  }
  const std::string note = TRY(read_file(options.since, log::kMaxNoteBytes));
  return std::optional(TRY(log::open_checkpoint(note, key).context("reading --since")).tree);
}

}  // namespace

Error explained(Error error) {
  const Reason* reason = find_reason(error.code);
  if (reason == nullptr) return error;
  error.what = fmt::format("[{}] {}", error.code, error.what);
  if (error.hint.empty()) error.hint = reason->remedy;
  return error;
}

Result<ExitCode> run_log_verify(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const log::NoteKey key = TRY(pinned_key(options, folder));
  const auto before = TRY(seen_before(options, key));
  auto checked = log::check_log(folder, key, before);
  if (!checked) return explained(std::move(checked.error()));
  TRY(log::remember(Home::find(options.globals->home).log_memory(), *checked));
  if (options.globals->quiet) return ExitCode::passed;
  TRY(print(
      fmt::format("log      {}\nentries  {}\nroot     {}\n{}", checked->origin,
                  checked->tree.size, to_base64(checked->tree.root),
                  before ? fmt::format("grew from the {} entries seen before\n", before->size)
                         : std::string("seen for the first time\n"))));
  return ExitCode::passed;
}

Result<ExitCode> run_log_fsck(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const log::NoteKey key = TRY(pinned_key(options, folder));
  const Progress progress("hashing the log", options.globals->quiet);
  const std::vector<log::Fault> faults = log::fsck(folder, key);
  for (const log::Fault& fault : faults) {
    TRY(print(fmt::format("{}: {}\n", fault.code, fault.what)));
  }
  if (!faults.empty()) return ExitCode::durability;
  const log::Checkpoint checkpoint = TRY(folder.read_checkpoint());
  if (!options.globals->quiet) {
    TRY(print(
        fmt::format("{} entries, every one and every tile as signed\n", checkpoint.tree.size)));
  }
  return ExitCode::passed;
}

Result<ExitCode> run_log_compare(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const log::Folder other = TRY(log::Folder::open(options.other));
  auto compared = log::compare(folder, other, TRY(pinned_key(options, folder)));
  if (!compared) return explained(std::move(compared.error()));
  if (!options.globals->quiet) {
    TRY(print(fmt::format("one history: {} and {} entries\n",
                          TRY(folder.read_checkpoint()).tree.size,
                          TRY(other.read_checkpoint()).tree.size)));
  }
  return ExitCode::passed;
}

}  // namespace assay::cmd
