// What npm runs when a package is installed: the hooks of its package.json, as scripts.

#include "base/json.h"
#include "scan/inspector.h"

namespace assay {
namespace {

constexpr std::string_view kHooks[] = {"preinstall",   "install",   "postinstall",  "prepare",
                                       "preuninstall", "uninstall", "postuninstall"};

/// By its name, or where what it was called is not known.
bool may_be_npm(const Member& member) {
  const std::string_view path = member.path;
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  return member.type == "json" && (name == "package.json" || !name.ends_with(".json"));
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (!may_be_npm(member) || as_text(content).find("\"scripts\"") == std::string_view::npos) {
    return {};
  }
  // What was decoded may have something behind it.
  const std::string_view text = as_text(content);
  const auto json = Json::parse(text.substr(0, text.rfind('}') + 1));
  // npm would not read it either, or it is rules' to look at as text.
  if (!json) return {};
  const Json* const scripts = json->find("scripts");
  if (scripts == nullptr) return {};
  View view{.how = "what npm runs at installation", .type = "script"};
  for (const std::string_view hook : kHooks) {
    const std::string command = scripts->text_or_empty(hook);
    if (!command.empty()) view.owned += command + '\n';
  }
  if (view.owned.empty()) return {};
  view.owned.insert(0, "#!/bin/sh\n");
  views.push_back(std::move(view));
  return {};
}

}  // namespace

extern const Inspector package_script_inspector;
constinit const Inspector package_script_inspector = {"package script", inspect, true};

}  // namespace assay
