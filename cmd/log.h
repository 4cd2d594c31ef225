// What the subcommands of `assay log` share.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/commands.h"
#include "cmd/home.h"
#include "log/folder.h"
#include "model/exit_code.h"

namespace assay::cmd {

struct LogOptions {
  const Globals* globals = nullptr;
  std::string folder{};  ///< --log
  std::string vkey{};    ///< --vkey
  std::string since{};   ///< --since
  std::string other{};   ///< of compare
  std::string what{};    ///< entry, verdict file, text
  std::string kind{}, subject{}, result{}, from{}, until{};
  std::string format{}, output{};
  std::string reason{}, sign_command{};
  std::string bundle{}, repository{};       ///< of reproduce
  std::vector<std::string> sidecars{};      ///< of reproduce
  std::vector<std::string> witnesses{};     ///< their keys
  std::optional<std::uint64_t> old_size{};  ///< of witness-request
  int passphrase_fd = -1;
};

/// --log, else the home folder's.
Result<log::Folder> open_log(const LogOptions& options);
/// --vkey, else the key pinned in the home folder, else the one in the log's own folder.
Result<log::NoteKey> pinned_key(const LogOptions& options, const log::Folder& folder);

/// Of the tree that the checkpoint signs.
Result<std::uint64_t> log_size(const LogOptions& options, const log::Folder& folder);

struct FoundEntry {
  std::uint64_t index = 0;
  std::string bytes{};
};
/// An entry by its number, or the one that is the verdict of this file.
Result<FoundEntry> find_entry(const log::Folder& folder, const std::string& what,
                              std::uint64_t size);

/// "[log-truncated] ...", and what to do.
Error explained(Error error);

Result<ExitCode> run_log_list(const LogOptions& options);
Result<ExitCode> run_log_show(const LogOptions& options);
Result<ExitCode> run_log_prove(const LogOptions& options);
Result<ExitCode> run_log_export(const LogOptions& options);
Result<ExitCode> run_log_note(const LogOptions& options);
Result<ExitCode> run_log_revoke(const LogOptions& options);
Result<ExitCode> run_log_report(const LogOptions& options);
Result<ExitCode> run_log_html(const LogOptions& options);
Result<ExitCode> run_log_witness_request(const LogOptions& options);
Result<ExitCode> run_log_add_cosignature(const LogOptions& options);
Result<ExitCode> run_log_reproduce(const LogOptions& options);
Result<ExitCode> run_log_verify(const LogOptions& options);
Result<ExitCode> run_log_fsck(const LogOptions& options);
Result<ExitCode> run_log_compare(const LogOptions& options);

}  // namespace assay::cmd
