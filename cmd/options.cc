#include "cmd/options.h"

#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/terminal.h"
#include "examine/sandboxed.h"
#include "verify/registry.h"

namespace assay::cmd {

void JudgeOptions::add_to(CLI::App& app) {
  app.add_option("--policy", policy, "policy file, or a built-in: baseline, strict");
  add_strings(app, "--rules", rules,
              "folder of YARA rules to scan with beside the built-in ones; may be given "
              "several times (default: rules/ and packs/ of the home folder)");
  app.add_option("-j,--jobs", jobs, "scanning threads (default: one a processor)");
  app.add_option(
      "--sandbox", sandbox,
      "require (default); best-effort: go on where there is no seccomp, PASSED only if the "
      "policy's min_sandbox allows it; off: no wall, for debugging, never PASSED");
  app.add_option("--at", at, "judge as of this time, RFC 3339: 2026-01-31T12:00:00Z");
}

Result<std::unique_ptr<Examiner>> JudgeOptions::examiner(const RuleSet& set, const Policy& by,
                                                         const Keeping& keep) const {
  Formats formats = bundle_formats(by.formats);
  if (sandbox == "off") {
    return std::make_unique<InProcessExaminer>(set, std::move(formats), job_count(), keep);
  }
  const bool best_effort = sandbox == "best-effort";
  if (!best_effort && sandbox != "require") {
    return fail(Error::Kind::usage,
                "--sandbox '" + printable(sandbox) + "' is none of its values",
                "it is 'require' unless you say 'best-effort', or 'off', which never gives "
                "PASSED");
  }
  return std::make_unique<SandboxedExaminer>(
      TRY(SandboxedExaminer::create(set, std::move(formats), job_count(), best_effort, keep)));
}

unsigned JudgeOptions::job_count() const {
  return jobs != 0 ? std::min(jobs, 64U) : std::max(1U, std::thread::hardware_concurrency());
}

Result<std::optional<Time>> JudgeOptions::time() const {
  if (at.empty()) return std::optional<Time>();
  const std::optional<Time> time = from_rfc3339(at);
  if (!time) {
    return fail(Error::Kind::usage, "--at '" + printable(at) + "' is not a time",
                "write it like 2026-01-31T12:00:00Z");
  }
  return time;
}

Result<std::string> read_input(const std::string& path, std::size_t max_bytes) {
  return path == "-" ? read_descriptor(STDIN_FILENO, max_bytes) : read_file(path, max_bytes);
}

Result<std::string> read_descriptor(int fd, std::size_t max_bytes) {
  std::string content;
  std::array<char, 65536> buffer{};
  while (content.size() <= max_bytes) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      Error error = io_error("cannot read descriptor " + std::to_string(fd), errno);
      if (error.what.ends_with("Bad file descriptor")) error.kind = Error::Kind::usage;
      return error;
    }
    if (n == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return fail(Error::Kind::io, "descriptor " + std::to_string(fd) + " gives more than the " +
                                   std::to_string(max_bytes) + " bytes such a file may have");
}

CLI::Option* add_strings(CLI::App& app, const std::string& name,
                         std::vector<std::string>& values, const std::string& what) {
  CLI::Option* const option = app.add_option(name, values, what);
  // What follows one value of an option is not another one of it.
  if (name.starts_with('-')) option->allow_extra_args(false);
  return option;
}

}  // namespace assay::cmd
