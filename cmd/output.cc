// Where answers go, and in which format.

#include <fcntl.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <cstdlib>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/similar.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

/// Adds to a file that is there; it is the CI system's, and may hold what others wrote.
Result<void> append(const std::string& path, std::string_view text) {
  const auto trouble = [&] {
    Error error = io_error("cannot add to '" + printable(path) + "'", errno);
    error.kind = Error::Kind::durability;
    return error;
  };
  const Fd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) return trouble();
  while (!text.empty()) {
    const ssize_t n = ::write(file.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return trouble();
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

/// To the files that the environment names, where it does.
Result<void> append_all(const Emitter& emitter, const Report& report, const Style& style) {
  for (const Appendix& appendix : emitter.appendices) {
    const char* path = std::getenv(appendix.variable);
    if (path == nullptr || *path == '\0') continue;
    TRY(append(path, appendix.emit(report, style)).context("writing the report"));
  }
  return {};
}

}  // namespace

Result<void> write_answer(const std::string& file, std::string_view text) {
  return file.empty() ? print(text) : write_file(file, text);
}

Result<const Emitter*> find_emitter(const std::string& name) {
  std::vector<std::string> names;
  for (const Emitter* emitter : emitters()) {
    if (emitter->name == name) return emitter;
    names.emplace_back(emitter->name);
  }
  const std::string near = similar(name, names);
  return fail(Error::Kind::usage, "unknown format '" + printable(name) + "'",
              near.empty() ? "`assay formats` lists them" : "did you mean '" + near + "'?");
}

void OutputOptions::add_to(CLI::App& app) {
  app.add_option("--format", format,
                 "text, json, html, markdown, sarif, junit, github, gitlab, dotenv, prometheus "
                 "or cyclonedx (`assay formats` says for whom)");
  app.add_option("-o,--output", output, "write the answer to this file");
  add_strings(app, "--report", reports,
              "FORMAT=FILE: write the answer there too; may be given several times")
      ->allow_extra_args(false);
}

Result<std::vector<SideReport>> OutputOptions::side_reports() const {
  std::vector<SideReport> sides;
  for (const std::string& word : reports) {
    const std::size_t end = word.find('=');
    if (end == word.npos || end + 1 == word.size()) {
      return fail(Error::Kind::usage, "--report '" + printable(word) + "' is not FORMAT=FILE",
                  "write it like --report junit=assay.xml");
    }
    const Emitter* emitter = TRY(find_emitter(word.substr(0, end)));
    sides.push_back({.emitter = emitter, .file = word.substr(end + 1)});
  }
  return sides;
}

Result<std::vector<std::string>> OutputOptions::files() const {
  TRY(find_emitter(format));
  std::vector<std::string> all;
  if (!output.empty()) all.push_back(output);
  for (const SideReport& side : TRY(side_reports())) all.push_back(side.file);
  return all;
}

Result<void> OutputOptions::write(const Report& report, bool verbose, bool quiet) const {
  const Style plain{.verbose = verbose};
  for (const SideReport& side : TRY(side_reports())) {
    TRY(write_file(side.file, side.emitter->emit(report, plain)).context("writing the report"));
  }
  const Emitter& emitter = *TRY(find_emitter(format));
  TRY(append_all(emitter, report, plain));
  if (!output.empty()) {
    return write_file(output, emitter.emit(report, plain)).context("writing the report");
  }
  if (quiet) return {};
  return print(emitter.emit(report, terminal_style(verbose)));
}

}  // namespace assay::cmd
