#include "bundle/claims.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "bundle/names.h"
#include "bundle/unicode.h"

namespace assay {
namespace {

using Faults = std::vector<Error>;

constexpr std::uint32_t kSetId = 06000;
constexpr std::uint32_t kSticky = 01000;
constexpr std::uint32_t kOthersWrite = 0002;

/// Java and Android never unpack these; their members do differ by case at times.
bool marks_reading_in_place(std::string_view name) {
  return name == "META-INF/MANIFEST.MF" || name == "AndroidManifest.xml";
}

/// "SPIRV -> spirv/1" leads to itself where case does not count, and so nowhere.
bool leads_to_itself(std::string_view name, std::string_view target) {
  const std::size_t slash = name.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? name : name.substr(slash + 1);
  const std::string way = folded_name(target);
  std::string_view rest = way;
  return collision_key(next_part(rest)) == collision_key(last);
}

std::string_view folder_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
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

/// `name`, which is new, and every other spelling of it that was met.
void Claims::judge_spelling(std::string_view name, Kind kind, bool for_windows,
                            Faults& faults) {
  if (spots_.empty() && is_own_key(name)) return;
  const std::string key = collision_key(name);
  auto place = spots_.find(key);
  if (key == name && place == spots_.end()) return;
  unsigned before = place == spots_.end() ? 0 : place->second.kinds;
  if (place == spots_.end()) {
    const auto twin = names_.find(key);
    if (twin != names_.end()) before = twin->second;
    place = spots_.emplace(key, Spot{.kinds = before, .plain = is_ascii(key)}).first;
  }
  Spot& spot = place->second;
  spot.kinds |= kind;
  spot.plain = spot.plain && is_ascii(name) && caseless(name) == key;
  if (before == 0 || spot.kinds == folder) return;
  // A link that is a folder by another spelling is a way out.
  const bool leads = (spot.kinds & link) != 0 && (spot.kinds & folder) != 0;
  if (spot.plain && !leads && (!for_windows || is_read_in_place_)) {
    faults.push_back(malformed("case-collision", "an earlier name differs by case only"));
    return;
  }
  faults.push_back(malformed("name-collision",
                             spot.plain ? "an earlier name differs by case only"
                                        : "an earlier name is the same in another spelling"));
}

/// The folders a name stands in, whether they came as members or not.
void Claims::judge_folders(std::string_view name, bool for_windows, Faults& faults) {
  for (std::string_view above = folder_of(name); !above.empty(); above = folder_of(above)) {
    const auto known = names_.find(above);
    if (known == names_.end()) {
      names_.emplace(above, folder);
      judge_spelling(above, folder, for_windows, faults);
      continue;
    }
    // What stands behind links is told by judge_link().
    if (known->second == file) {
      faults.push_back(malformed("name-collision", "its folder is an earlier file"));
    }
    return;
  }
}

void Claims::judge_place(const std::string& name, Kind kind, bool for_windows, Faults& faults) {
  if (name.empty()) return;
  judge_folders(name, for_windows, faults);
  const auto [known, is_new] = names_.try_emplace(name, kind);
  if (is_new) return judge_spelling(name, kind, for_windows, faults);
  if (kind == folder && known->second == folder) return;
  if (kind != folder && known->second != folder) {
    faults.push_back(malformed("duplicate-name", "an earlier member has this name"));
    return;
  }
  faults.push_back(malformed("name-collision", kind == folder
                                                   ? "an earlier file or link has this name"
                                                   : "an earlier folder has this name"));
}

/// Where links lead, and what is unpacked through them.
void Claims::judge_link(const Entry& entry, const std::string& name, const Limits& limits,
                        Faults& faults) {
  if (links_.leads_through(name)) {
    faults.push_back(malformed("unsafe-name", "its folder is an earlier link"));
  }
  if (entry.kind == MemberKind::symlink) {
    if (auto fault = target_fault(entry.name, entry.link_target)) faults.push_back(*fault);
    links_.add(name, entry.link_target);
  }
  if (entry.kind != MemberKind::hardlink) return;
  const std::string target = folded_name(entry.link_target);
  if (auto fault = name_fault(entry.link_target, MemberKind::file, limits)) {
    fault->what = "as the link's target, " + fault->what;
    faults.push_back(*fault);
  } else if (links_.leads_through(target)) {
    faults.push_back(
        malformed("unsafe-name", "the link's target stands behind an earlier link"));
  } else if (const auto known = names_.find(target);
             target == name || known == names_.end() || known->second == folder) {
    faults.push_back(malformed("unsafe-name", "the link's target is no earlier file"));
  }
  links_.add_alias(name, target);
}

/// An update's files run with the rights its admin gives them, not with those they take.
void Claims::judge_rights(const Entry& entry, Faults& faults) {
  if (!entry.rights.empty()) faults.push_back(malformed("unsafe-mode", entry.rights));
  const bool is_file = entry.kind == MemberKind::file;
  const bool is_folder = entry.kind == MemberKind::directory;
  const bool open = (is_file && (entry.mode & kOthersWrite) != 0) ||
                    (is_folder && (entry.mode & (kOthersWrite | kSticky)) == kOthersWrite);
  if (open && writable_++ == 0) first_writable_ = printable(entry.name.substr(0, 200));
  if (!is_file || (entry.mode & kSetId) == 0) return;
  const std::string what = fmt::format("its mode is {:04o}", entry.mode);
  faults.push_back(
      malformed(open ? "unsafe-mode" : "setuid-member",
                open ? what + ": anybody may change what runs as its owner" : what));
}

std::vector<Error> Claims::judge(const Entry& entry, std::string_view type,
                                 const Limits& limits) {
  Faults faults;
  const bool for_windows = is_for_windows(type);
  if (auto fault = name_fault(entry.name, entry.kind, limits)) {
    faults.push_back(*fault);
  } else if (auto trap = windows_fault(entry.name)) {
    if (for_windows) {
      faults.push_back(*trap);
    } else if (for_linux_++ == 0) {
      first_for_linux_ = printable(entry.name.substr(0, 200));
    }
  }
  const std::string name = folded_name(entry.name);
  is_read_in_place_ = is_read_in_place_ || marks_reading_in_place(name);
  Kind kind = entry.kind == MemberKind::directory ? folder : file;
  if (entry.kind == MemberKind::symlink && !leads_to_itself(name, entry.link_target)) {
    kind = link;
  }
  if (entry.kind == MemberKind::hardlink && links_.contains(folded_name(entry.link_target))) {
    kind = link;
  }
  judge_link(entry, name, limits, faults);
  // Object archives hold several members of one name, and nobody unpacks them.
  if (type != "ar") judge_place(name, kind, for_windows, faults);
  judge_rights(entry, faults);
  judge_kind(entry, faults);
  if (list_ != nullptr) {
    if (auto fault = list_->take(entry)) faults.push_back(std::move(*fault));
  }
  return faults;
}

std::string Claims::listed_sha256(const Entry& entry) const {
  return list_ == nullptr ? std::string() : list_->sha256_of(entry);
}

std::vector<Remark> Claims::finish() const {
  std::vector<Remark> remarks = links_.escapes();
  if (list_ != nullptr) {
    if (auto fault = list_->rest()) remarks.push_back({.error = std::move(*fault)});
  }
  if (writable_ > 0) {
    remarks.push_back(
        {.error = malformed("world-writable",
                            fmt::format("members that anybody may change once they are "
                                        "unpacked: {}, first '{}'",
                                        writable_, first_writable_))});
  }
  if (for_linux_ > 0) {
    remarks.push_back(
        {.error = malformed("windows-name",
                            fmt::format("names that are a trap on Windows: {}, first '{}'",
                                        for_linux_, first_for_linux_))});
  }
  return remarks;
}

}  // namespace assay
