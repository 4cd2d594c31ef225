// names: what a member may be called. Names are claims; they are judged, never
// opened.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/error.h"
#include "model/evidence.h"
#include "model/limits.h"

namespace assay {

/// The name as paths show it: without one leading "./" and a folder's last slash,
/// and not longer than the limit.
std::string shown_name(std::string_view raw, MemberKind kind, const Limits& limits);

/// Why no unpacker should create this name (unsafe-name, limit-name-bytes): empty,
/// absolute, with a drive letter, a ".." part (also between backslashes) or a
/// control byte. Nothing if there is no reason.
std::optional<Error> name_fault(std::string_view raw, MemberKind kind, const Limits& limits);

/// The name as unpackers create it: "./a//b/./c/" is "a/b/c".
std::string folded_name(std::string_view raw);

/// Why no unpacker should create a symbolic link `name` to `target` (unsafe-name):
/// empty, with a control byte, over 4096 bytes, or leading above the root of the
/// archive. Absolute targets are everyday in system packages and no fault.
std::optional<Error> target_fault(std::string_view name, std::string_view target);

/// LinkLedger: the symbolic links of one container. What is unpacked through one
/// lands wherever it points.
class LinkLedger {
 public:
  /// `folded` as folded_name() gives it.
  void add(std::string folded) { links_.insert(std::move(folded)); }
  bool contains(const std::string& folded) const { return links_.contains(folded); }
  /// True if a folder of this name is an earlier link.
  bool leads_through(std::string_view folded) const;

 private:
  std::unordered_set<std::string> links_{};
};

/// What a lone compressed file is called when it is unpacked: "ls.1.gz" is "ls.1",
/// "x.tgz" is "x.tar", any other name gets ".out". `suffix` is the codec's, "gz".
std::string unpacked_name(std::string_view path, std::string_view suffix);

}  // namespace assay
