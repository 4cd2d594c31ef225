// The terminal: answers to stdout, everything else to stderr.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "report/emitter.h"

namespace assay::cmd {

/// Writes all of it to standard output; a full disk or closed pipe is an Error
/// of kind durability.
Result<void> print(std::string_view text);

/// A line on standard error, "assay: note: …"; never fails the run.
void note(std::string_view text);
void print_error(const Error& error);

/// Colour only on a terminal, and never when NO_COLOR is set or TERM is dumb.
Style terminal_style(bool verbose);

/// While it lives, and after a second, standard error shows what is being done
/// and for how long; only on a terminal, and the line is gone afterwards.
class Progress {
 public:
  Progress(std::string what, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::cmd
