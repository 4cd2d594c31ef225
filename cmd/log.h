// What the subcommands of `assay log` share.

#pragma once

#include <cstdint>
#include <string>

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
  std::string reason{};
  int passphrase_fd = -1;
};

/// --log, else the home folder's.
Result<log::Folder> open_log(const LogOptions& options);
/// --vkey, else the key pinned in the home folder, else the one in the log's own folder.
Result<log::NoteKey> pinned_key(const LogOptions& options, const log::Folder& folder);

Result<ExitCode> run_log_verify(const LogOptions& options);
Result<ExitCode> run_log_fsck(const LogOptions& options);
Result<ExitCode> run_log_compare(const LogOptions& options);

}  // namespace assay::cmd
