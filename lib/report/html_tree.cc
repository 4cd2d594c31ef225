// Members as a tree of folders and containers that open by a click, without a script.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/bytes.h"
#include "report/escape.h"
#include "report/html.h"

namespace assay::html {
namespace {

constexpr std::size_t kShown = 4000;    // members; a page with more is slow to open
constexpr std::size_t kDeepest = 32;    // levels; what lies deeper keeps its path as a name
constexpr std::size_t kOpenCount = 40;  // a tree of so few members starts open

/// A folder, a container or a leaf.
struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children{};
  const Member* member = nullptr;
  std::uint64_t bytes = 0;  ///< of the members below, or its own
  std::size_t count = 0;    ///< members below
  bool hit = false;         ///< something was found in it or below
};

Node& child(Node& parent, std::string_view name) {
  const auto found = parent.children.find(name);
  if (found != parent.children.end()) return *found->second;
  return *parent.children.emplace(std::string(name), std::make_unique<Node>()).first->second;
}

/// "a!/b/c" goes to a, then b, then c; containers lose the mark of their nesting.
void add(Node& root, const Member& member, bool hit) {
  const bool has_content = member.kind == MemberKind::file || member.kind == MemberKind::other;
  std::string_view rest = member.path;
  Node* node = &root;
  for (std::size_t depth = 0; !rest.empty(); ++depth) {
    const std::size_t end = depth == kDeepest ? rest.npos : rest.find('/');
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (part.ends_with('!') && end != part.npos) part.remove_suffix(1);
    node->hit = node->hit || hit;
    node = &child(*node, part);
    if (!rest.empty()) {
      if (has_content) ++node->count;
      node->bytes += has_content ? member.size : 0;
    }
  }
  node->member = &member;
  node->hit = node->hit || hit;
}

std::string about(const Member& member) {
  std::string text = "<dl>";
  const auto line = [&](std::string_view title, const std::string& value) {
    text += fmt::format("<dt>{}</dt><dd class=\"mono\">{}</dd>", title, value);
  };
  if (!member.sha256.empty()) line("SHA-256", words(member.sha256));
  if (!member.link_target.empty()) line("leads to", name(member.link_target));
  line("mode", fmt::format("{:04o}", member.mode));
  return text + "</dl>";
}

std::string line(const std::string& label, std::string_view kind, const std::string& bytes,
                 bool hit) {
  return fmt::format(
      "<summary><span class=\"line\"><span class=\"label mono\">{}{}</span>"
      "<span class=\"kind\">{}</span><span class=\"bytes\">{}</span></span>"
      "</summary>",
      label, hit ? " <span class=\"badge failed\">see above</span>" : "", words(kind), bytes);
}

std::string leaf(std::string_view label, const Node& node) {
  const Member& member = *node.member;
  const bool has_content = member.kind == MemberKind::file || member.kind == MemberKind::other;
  std::string kind = has_content ? member.type : std::string(to_string(member.kind));
  if (has_content && !member.scanned) kind += ", not looked at";
  return fmt::format(
      "<li><details class=\"file{}\">{}{}</details></li>\n", node.hit ? " hit" : "",
      line(name(label), kind, has_content ? size(member.size) : "", node.hit), about(member));
}

std::string subtree(const Node& node, std::size_t open);

/// `open`: how many levels start unfolded.
// Recursion ends at kDeepest.
// NOLINTNEXTLINE(misc-no-recursion)
std::string branch(std::string label, const Node* node, std::size_t open) {
  // A chain of folders that hold one folder each is one line.
  while (node->children.size() == 1 && node->member == nullptr &&
         !node->children.begin()->second->children.empty()) {
    label += "/" + node->children.begin()->first;
    node = node->children.begin()->second.get();
  }
  std::string kind = fmt::format("{} {}", node->count, node->count == 1 ? "member" : "members");
  if (node->member != nullptr && node->member->kind != MemberKind::directory) {
    kind = node->member->type + ", " + kind;
  }
  return fmt::format("<li><details class=\"dir\"{}>{}\n{}</details></li>\n",
                     open > 0 || node->hit ? " open" : "",
                     line(name(label + "/"), kind, size(node->bytes), false),
                     subtree(*node, open > 0 ? open - 1 : 0));
}

// Recursion ends at kDeepest.
std::string subtree(const Node& node, std::size_t open) {  // NOLINT(misc-no-recursion)
  std::string text = "<ul>\n";
  for (const auto& [label, below] : node.children) {
    text += below->children.empty() && below->member != nullptr
                ? leaf(label, *below)
                : branch(label, below.get(), open);
  }
  return text + "</ul>\n";
}

std::set<std::string_view> hit_members(const Evidence& evidence) {
  std::set<std::string_view> hit;
  for (const Finding& finding : evidence.findings) {
    if (finding.severity > Severity::info) hit.insert(finding.member);
  }
  for (const Problem& problem : evidence.problems) {
    if (problem.effect != Effect::note) hit.insert(problem.member);
  }
  return hit;
}

}  // namespace

std::string members(const Evidence& evidence) {
  if (evidence.members.empty()) return {};
  const std::set<std::string_view> hit = hit_members(evidence);
  Node root;
  std::size_t shown = 0, left_out = 0;
  // What something was found in is there, however many there are.
  for (const bool wanted : {true, false}) {
    for (const Member& member : evidence.members) {
      if (hit.contains(member.path) != wanted) continue;
      if (shown == kShown) {
        ++left_out;
        continue;
      }
      ++shown;
      add(root, member, wanted);
    }
  }
  std::string text = subtree(root, shown <= kOpenCount ? kDeepest : 2);
  text.replace(0, 4, "<ul class=\"tree\">");
  if (left_out > 0) {
    text += fmt::format("<p class=\"sub\">and {} more; the json report has them all</p>\n",
                        left_out);
  }
  return "<div class=\"card\">\n" + text + "</div>\n";
}

}  // namespace assay::html
