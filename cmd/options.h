// Options more than one command takes, so that they read the same everywhere.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "examine/examiner.h"
#include "model/policy.h"
#include "report/emitter.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace assay::cmd {

/// How to judge contents: --policy, --rules, --jobs, --at, --sandbox.
struct JudgeOptions {
  std::string policy{};
  std::vector<std::string> rules{};
  unsigned jobs = 0;  ///< 0: one a processor
  std::string at{};
  std::string sandbox = "require";

  void add_to(CLI::App& app);
  unsigned job_count() const;
  /// What parses untrusted bytes, behind a wall unless --sandbox=off, with the formats
  /// the policy names. Call it before a key is loaded or a thread is started; `rules`
  /// must outlive it. It hands out what it is to `keep`.
  Result<std::unique_ptr<Examiner>> examiner(const RuleSet& set, const Policy& by,
                                             const Keeping& keep = {}) const;
  /// --at if it was given; nothing if it was not.
  Result<std::optional<Time>> time() const;
};

/// A file that gets the answer in a format of its own.
struct SideReport {
  const Emitter* emitter = nullptr;
  std::string file{};
};

/// How to answer: --format, --output, --report.
struct OutputOptions {
  std::string format = "text";
  std::string output{};
  std::vector<std::string> reports{};  ///< FORMAT=FILE

  void add_to(CLI::App& app);
  /// True if the answer or a part of it goes to a file that is named.
  bool names_files() const { return !output.empty() || !reports.empty(); }
  /// Every file the answer goes to. Fails with usage like output().
  Result<std::vector<std::string>> files() const;
  /// The report to standard output, or to --output, and to every --report; to standard
  /// output nothing if `quiet`. Files appear whole or not at all; what a format adds to
  /// files of the CI system is appended.
  Result<void> write(const Report& report, bool verbose, bool quiet) const;

 private:
  Result<std::vector<SideReport>> side_reports() const;
};

/// To that file, whole or not at all, or to standard output if `file` is empty.
Result<void> write_answer(const std::string& file, std::string_view text);

/// The output format of that name; fails with usage and a proposal.
Result<const Emitter*> find_emitter(const std::string& name);

/// An option that may be given several times, or a positional that takes many words.
CLI::Option* add_strings(CLI::App& app, const std::string& name,
                         std::vector<std::string>& values, const std::string& what);

/// The bytes of a file, or of standard input when `path` is "-".
Result<std::string> read_input(const std::string& path, std::size_t max_bytes);

/// Everything until the end of a descriptor, at most `max_bytes`.
Result<std::string> read_descriptor(int fd, std::size_t max_bytes);

}  // namespace assay::cmd
