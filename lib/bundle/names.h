// names: what a member may be called. Names are claims; they are judged, never
// opened.

#pragma once

#include <optional>
#include <string>
#include <string_view>

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

/// What a lone compressed file is called when it is unpacked: "ls.1.gz" is "ls.1",
/// "x.tgz" is "x.tar", any other name gets ".out". `suffix` is the codec's, "gz".
std::string unpacked_name(std::string_view path, std::string_view suffix);

}  // namespace assay
