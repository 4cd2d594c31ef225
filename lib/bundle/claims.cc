#include "bundle/claims.h"

#include <fmt/format.h>

namespace assay {
namespace {

using Faults = std::vector<Error>;

/// Where links lead, and what is unpacked through them.
void judge_link(const Entry& entry, LinkLedger& links, const Limits& limits, Faults& faults) {
  const std::string name = folded_name(entry.name);
  if (links.leads_through(name)) {
    faults.push_back(malformed("unsafe-name", "its folder is an earlier link"));
  }
  if (entry.kind == MemberKind::symlink) {
    if (auto fault = target_fault(entry.name, entry.link_target)) faults.push_back(*fault);
    links.add(name);
  }
  if (entry.kind != MemberKind::hardlink) return;
  if (auto fault = name_fault(entry.link_target, MemberKind::file, limits)) {
    fault->what = "as the link's target, " + fault->what;
    faults.push_back(*fault);
  }
  const std::string target = folded_name(entry.link_target);
  if (links.leads_through(target)) {
    faults.push_back(
        malformed("unsafe-name", "the link's target stands behind an earlier link"));
  }
  if (links.contains(target)) links.add(name);
}

/// Content that one program scans and another passes over.
void judge_kind(const Entry& entry, Faults& faults) {
  if (entry.kind == MemberKind::device) {
    faults.push_back(malformed("unsafe-type", "a device, FIFO or socket"));
  }
  if (entry.declared_size.value_or(0) == 0) return;
  const auto odd = [&](std::string_view what) {
    faults.push_back(malformed("ambiguous-type", fmt::format("a {} has content", what)));
  };
  switch (entry.kind) {
    case MemberKind::directory: return odd("folder");
    case MemberKind::symlink: return odd("link");
    case MemberKind::device: return odd("device");
    case MemberKind::hardlink:  // some writers do that; it is scanned
    case MemberKind::file:
    case MemberKind::other: break;
  }
}

}  // namespace

std::vector<Error> Claims::judge(const Entry& entry, std::string_view type,
                                 const Limits& limits) {
  Faults faults;
  if (auto fault = name_fault(entry.name, entry.kind, limits)) faults.push_back(*fault);
  // Object archives hold several members of one name, and folders may come twice.
  const bool may_repeat = entry.kind == MemberKind::directory || type == "ar";
  if (!may_repeat && !names_.insert(folded_name(entry.name)).second) {
    faults.push_back(malformed("duplicate-name", "an earlier member has this name"));
  }
  judge_link(entry, links_, limits, faults);
  judge_kind(entry, faults);
  return faults;
}

}  // namespace assay
