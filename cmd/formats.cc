// assay formats: what this program can open, check, demand and write.

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "cmd/commands.h"
#include "cmd/terminal.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

/// One heading and the names of the rows under it.
template <class Rows>
std::string names(std::string_view heading, const Rows& rows) {
  std::string text = fmt::format("{:<14}", heading);
  for (const auto* row : rows) text += fmt::format(" {}", row->name);
  return text + "\n";
}

/// Containers that open by themselves, then those a policy must name.
std::string opened(const Formats& formats) {
  std::vector<const Container*> always, on_request;
  for (const Container* row : formats.containers) {
    (row->on_request ? on_request : always).push_back(row);
  }
  return names("opens", always) + names("if named", on_request);
}

Result<ExitCode> run() {
  std::string text = opened(bundle_formats());
  text += names("decompresses", bundle_formats().codecs);
  text += names("keys", trust_formats().keys);
  text += names("signatures", trust_formats().signatures);
  text += names("inside", trust_formats().embedded);
  text += names("lists", trust_formats().manifests);
  text += names("writes", emitters());
  text += "\nrequirements of a policy\n";
  for (const Requirement* requirement : requirements()) {
    text += fmt::format("  {:<18} {}{}\n", requirement->name,
                        requirement->hard ? "(always) " : "", requirement->what);
  }
  TRY(print(text));
  return ExitCode::passed;
}

Action add(CLI::App& /*app*/, const Globals& /*globals*/) {
  return [] { return run(); };
}

}  // namespace

constinit const Command formats_command = {
    "formats", "list what can be opened, checked, demanded and written", "  assay formats",
    add};

}  // namespace assay::cmd
