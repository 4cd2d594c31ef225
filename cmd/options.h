// Options more than one command takes, so that they read the same everywhere.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "examine/examiner.h"
#include "model/policy.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace assay::cmd {

/// How to judge contents: --policy, --rules, --jobs, --at, --sandbox.
struct JudgeOptions {
  std::string policy{};
  std::string rules{};
  unsigned jobs = 0;  ///< 0: one a processor
  std::string at{};
  std::string sandbox = "require";

  void add_to(CLI::App& app);
  unsigned job_count() const;
  /// What parses untrusted bytes, behind a wall unless --sandbox=off, with the formats
  /// the policy names. Call it before a key is loaded or a thread is started; `rules`
  /// must outlive it.
  Result<std::unique_ptr<Examiner>> examiner(const RuleSet& set, const Policy& by) const;
  /// --at if it was given; nothing if it was not.
  Result<std::optional<Time>> time() const;
};

/// How to answer: --format, --output.
struct OutputOptions {
  std::string format = "text";
  std::string output{};

  void add_to(CLI::App& app);
  /// To --output, atomically, or to standard output.
  Result<void> write(const std::string& text) const;
};

/// An option that may be given several times, or a positional that takes many words.
CLI::Option* add_strings(CLI::App& app, const std::string& name,
                         std::vector<std::string>& values, const std::string& what);

/// The bytes of a file, or of standard input when `path` is "-".
Result<std::string> read_input(const std::string& path, std::size_t max_bytes);

/// Everything until the end of a descriptor, at most `max_bytes`.
Result<std::string> read_descriptor(int fd, std::size_t max_bytes);

}  // namespace assay::cmd
