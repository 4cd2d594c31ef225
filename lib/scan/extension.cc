// Browser extensions by their manifest.json: which sites they may read, what they may do
// to traffic, and whether they sit in the chats people have with AI.

#include <algorithm>

#include "base/json.h"
#include "scan/facts.h"

namespace assay {
namespace {

constexpr std::string_view kPermissions[] = {"webRequest",
                                             "webRequestBlocking",
                                             "debugger",
                                             "proxy",
                                             "cookies",
                                             "scripting",
                                             "nativeMessaging",
                                             "management",
                                             "clipboardRead",
                                             "desktopCapture",
                                             "tabCapture",
                                             "privacy",
                                             "history",
                                             "downloads",
                                             "tabs",
                                             "unlimitedStorage"};
constexpr std::string_view kChats[] = {
    "chatgpt.com",           "chat.openai.com",   "claude.ai",     "gemini.google.com",
    "copilot.microsoft.com", "chat.deepseek.com", "perplexity.ai", "grok.com"};
constexpr std::string_view kStores[] = {"https://clients2.google.com/",
                                        "https://edge.microsoft.com/",
                                        "https://extensionupdater.api.opera.com/"};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Every string below `key`, if that is a list of them.
template <class Visit>
void each_text(const Json& json, std::string_view key, const Visit& visit) {
  const Json* const found = json.find(key);
  if (found == nullptr || found->array() == nullptr) return;
  for (const Json& item : *found->array()) {
    if (item.string() != nullptr) visit(*item.string());
  }
}

void look_at_site(const std::string& pattern, Facts& facts) {
  const bool every = pattern == "<all_urls>" || pattern == "*://*/*" ||
                     pattern == "https://*/*" || pattern == "http://*/*";
  if (every) facts.add("may read every site");
  for (const std::string_view host : kChats) {
    if (contains(pattern, host)) facts.add("sits in AI chats");
  }
}

void look_at_permissions(const Json& manifest, Facts& facts) {
  for (const char* key : {"permissions", "optional_permissions", "host_permissions",
                          "optional_host_permissions"}) {
    each_text(manifest, key, [&](const std::string& asked) {
      if (std::ranges::find(kPermissions, asked) != std::end(kPermissions)) {
        facts.add("asks for " + asked);
      }
      look_at_site(asked, facts);
    });
  }
  const Json* const scripts = manifest.find("content_scripts");
  if (scripts == nullptr || scripts->array() == nullptr) return;
  for (const Json& script : *scripts->array()) {
    each_text(script, "matches",
              [&](const std::string& pattern) { look_at_site(pattern, facts); });
    if (script.text_or_empty("world") == "MAIN") facts.add("runs as part of the page");
    if (script.text_or_empty("run_at") == "document_start") facts.add("runs before the page");
  }
}

/// In version 2 a text, in version 3 one for each kind of page.
void look_at_policy(const Json& manifest, Facts& facts) {
  const Json* const policy = manifest.find("content_security_policy");
  if (policy == nullptr) return;
  const std::string text = policy->canonical();
  if (contains(text, "unsafe-eval")) facts.add("may run text as code");
  if (contains(text, "wss://")) facts.add("may open sockets to a host it names");
  if (contains(text, "script-src http") || contains(text, "script-src 'self' http")) {
    facts.add("may run code from elsewhere");
  }
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  // One that is no plain JSON may still be read by a browser.
  const std::string_view path = member.path;
  const bool named = path.substr(path.find_last_of('/') + 1) == "manifest.json";
  if (!named && member.type != "json") return {};
  if (!contains(as_text(content), "\"manifest_version\"")) return {};
  Facts facts;
  facts.add("is a browser extension");
  // What was decoded may have something behind it.
  const std::string_view text = as_text(content);
  if (const auto json = Json::parse(text.substr(0, text.rfind('}') + 1))) {
    look_at_permissions(*json, facts);
    look_at_policy(*json, facts);
    const std::string update = json->text_or_empty("update_url");
    const bool by_store = std::ranges::any_of(
        kStores, [&](std::string_view store) { return update.starts_with(store); });
    if (!update.empty() && !by_store) facts.add("is updated from elsewhere than a store");
  } else {
    facts.add("has a manifest that is no plain JSON");
  }
  views.push_back(facts.view("extension-facts", 0));
  return {};
}

}  // namespace

extern const Inspector extension_inspector;
constinit const Inspector extension_inspector = {"extension", inspect, true};

}  // namespace assay
