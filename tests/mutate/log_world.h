// A log with a verdict in it: its files on disk, a copy for each thread, and what a gate
// makes of a changed one.

#pragma once

#include <map>
#include <string>

#include "log/folder.h"
#include "world.h"

namespace assay::mutate {

class LogWorld {
 public:
  explicit LogWorld(const Ground& ground);

  const std::string& verdict() const { return verdict_; }  ///< two lines
  const std::string& proof() const { return proof_; }
  const std::string& gate_toml() const { return gate_toml_; }
  const Subject& file() const { return file_; }
  /// "checkpoint", "tile/0/000", ...: every file that the log's root stands for.
  std::map<std::string, std::string> files() const;

  /// A gate with no copy of the log takes the verdict by this proof.
  bool admits(const std::string& proof) const;
  /// `assay log fsck` finds nothing in a log whose file of that name is changed.
  bool is_sound(const std::string& name, const std::string& changed) const;
  /// What a gate by this gate.toml takes.
  struct Taken {
    bool good = false;  ///< the verdict as it is
    bool bait = false;  ///< one by a stranger, for another file, long past, or not in the log
  };
  Taken taken_by(const std::string& gate_toml) const;

 private:
  const Ground& ground_;
  test::TempFolder folder_{};
  SigningKey key_, stranger_;
  Subject file_ = subject_of("agent", "bundle"), other_ = subject_of("agent", "other");
  std::string verdict_{}, strangers_verdict_{}, other_verdict_{}, proof_{}, gate_toml_{};
};

}  // namespace assay::mutate
