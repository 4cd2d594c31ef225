// What a package of Windows Installer runs when it is installed: the rows of its table
// CustomAction, as the bundle room lists them (bundle/msi_tables.h). Types by "Custom Action
// Reference" (Microsoft): the low bits say what is run, the others when, by whom and how.

#include <algorithm>
#include <optional>

#include "bundle/msi_tables.h"
#include "scan/facts.h"

namespace assay {
namespace {

constexpr unsigned kContinue = 0x40, kAsync = 0x80, kDeferred = 0x400, kAsSystem = 0x800,
                   kHidden = 0x2000;

struct Action {
  unsigned type = 0;
  std::string source{};
  std::string target{};
};

/// Its line, without the line break; nothing if that is none of ours.
std::optional<Action> action_of(std::string_view line) {
  std::vector<std::string> fields;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    auto field = unprinted(line.substr(at, end - at));
    if (!field) return std::nullopt;
    fields.push_back(std::move(*field));
    at = end + 1;
  }
  if (fields.size() != 4) return std::nullopt;
  Action action{.source = std::move(fields[2]), .target = std::move(fields[3])};
  for (const char c : fields[1]) {
    if (c < '0' || c > '9') break;
    action.type = action.type * 10 + static_cast<unsigned>(c - '0');
  }
  return action;
}

std::string_view what_runs(unsigned type) {
  switch (type & 0x3fU) {
    case 1: return "runs a library that it carries";
    case 2: return "runs a program that it carries";
    case 5:
    case 6:
    case 37:
    case 38:
    case 53:
    case 54: return "runs a script that it carries";
    case 17:
    case 18:
    case 21:
    case 22: return "runs what it installed";
    case 34:
    case 50: return "runs a command";
    case 7:
    case 23:
    case 39: return "installs another package";
    default: return {};
  }
}

bool is_script(unsigned type) {
  const unsigned base = type & 0x3fU;
  return base == 37 || base == 38 || base == 53 || base == 54;
}

struct Word {
  std::string_view text;  ///< in small letters
  std::string_view fact;
};
constexpr Word kWords[] = {
    {"powershell", "starts PowerShell"},
    {"pwsh", "starts PowerShell"},
    {"cmd.exe", "starts a shell"},
    {"comspec", "starts a shell"},
    {"mshta", "starts what runs scripts from anywhere"},
    {"wscript", "starts what runs scripts from anywhere"},
    {"cscript", "starts what runs scripts from anywhere"},
    {"regsvr32", "starts what runs scripts from anywhere"},
    {"rundll32", "starts what runs scripts from anywhere"},
    {"bitsadmin", "fetches from the network"},
    {"-urlcache", "fetches from the network"},
    {"downloadstring", "fetches from the network"},
    {"downloadfile", "fetches from the network"},
    {"invoke-webrequest", "fetches from the network"},
    {"start-bitstransfer", "fetches from the network"},
    {"xmlhttp", "fetches from the network"},
    {"curl ", "fetches from the network"},
    {"frombase64string", "has its command encoded"},
    {" -enc", "has its command encoded"},
    {" -e ", "has its command encoded"},
    {" -ec ", "has its command encoded"},
    {"-w hidden", "hides its window"},
    {"-windowstyle hidden", "hides its window"},
    {"-win hidden", "hides its window"},
    {"add-mppreference", "makes an exception in Defender"},
    {"set-mppreference", "makes an exception in Defender"},
    {"schtasks", "makes a task for later"},
    {"register-scheduledtask", "makes a task for later"},
    {"\\users\\public\\", "uses a folder others may write"},
    {"\\appdata\\", "uses a folder others may write"},
    {"%temp%", "uses a folder others may write"},
    {"$env:temp", "uses a folder others may write"},
    {"[tempfolder]", "uses a folder others may write"},
    {"invoke-expression", "runs text as code"},
    {"iex(", "runs text as code"},
    {"iex ", "runs text as code"},
};

std::string small_letters(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Facts facts_of(const Action& action) {
  Facts facts;
  const std::string_view runs = what_runs(action.type);
  if (runs.empty()) return facts;
  facts.add(std::string(runs));
  const bool deferred = (action.type & kDeferred) != 0;
  if (deferred && (action.type & kAsSystem) != 0) facts.add("runs as the system");
  if ((action.type & kContinue) != 0) facts.add("goes on when that fails");
  if ((action.type & kAsync) != 0) facts.add("does not wait for it");
  if ((action.type & kHidden) != 0) facts.add("keeps its command out of the log");
  const std::string command = small_letters(action.source + " " + action.target);
  for (const Word& word : kWords) {
    if (command.find(word.text) != std::string::npos) facts.add(std::string(word.fact));
  }
  return facts;
}

/// Each set of facts once, and what scripts and commands say as one text.
Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type != "msi-actions") return {};
  std::string_view rest = as_text(content).substr(kMsiActions.size());
  View commands{.how = "what Windows Installer runs", .type = "script", .owned = "#!/bin/sh\n"};
  std::vector<View> found;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto action = action_of(rest.substr(0, end));
    const auto offset = static_cast<std::uint64_t>(rest.data() - as_text(content).data());
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!action) continue;
    const Facts facts = facts_of(*action);
    if (facts.empty()) continue;
    commands.owned +=
        is_script(action->type) ? action->target : action->source + " " + action->target;
    commands.owned += '\n';
    View view = facts.view("msi-action-facts", offset);
    if (std::ranges::find(found, view.owned, &View::owned) == found.end()) {
      found.push_back(std::move(view));
    }
    if (found.size() > kViewsMax) {
      return undecided("scan-incomplete", "it runs too many kinds of things when installed");
    }
  }
  if (found.empty()) return {};
  std::ranges::move(found, std::back_inserter(views));
  views.push_back(std::move(commands));
  return {};
}

}  // namespace

extern const Inspector msi_actions_inspector;
constinit const Inspector msi_actions_inspector = {"msi actions", inspect, true};

}  // namespace assay
