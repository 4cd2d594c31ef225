// The commands, one file each, and what they share. cmd/ is the only place
// that reads flags, prints and ends the process.

#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "model/exit_code.h"

namespace CLI {
class App;
}

namespace assay::cmd {

/// Options every command takes.
struct Globals {
  std::string home{};    ///< --home
  bool quiet = false;    ///< -q
  bool verbose = false;  ///< -v
};

/// What a command does once its flags are read.
using Action = std::function<Result<ExitCode>()>;

/// Command: one row. `add` declares the command's flags on `app` and returns
/// what runs them; `globals` is filled before that.
struct Command {
  const char* name;
  const char* what;     ///< one line of `assay --help`
  const char* details;  ///< the rest of `assay NAME --help`, ending in an example
  Action (*add)(CLI::App& app, const Globals& globals);
};

extern const Command verify_command, gate_command, report_command, scan_command,
    inspect_command, trust_command, policy_command, waiver_command, rules_command, key_command,
    init_command, log_command, witness_command, explain_command, formats_command;

}  // namespace assay::cmd
