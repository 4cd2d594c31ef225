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

/// Why no unpacker of any system should create this name (unsafe-name, or
/// limit-name-bytes): empty, absolute, with a drive letter, a ".." part or one of dots
/// and spaces only (between slashes of either kind, also once Unicode is folded), over
/// 128 parts, no UTF-8, or with an unseen character (unicode.h). Nothing if there is no
/// reason.
std::optional<Error> name_fault(std::string_view raw, MemberKind kind, const Limits& limits);

/// Why no unpacker on Windows should create this name (unsafe-name): a part with a colon
/// (a stream, a drive), one that ends in a dot or space, or a device ("nul.txt"). All
/// this is everyday in packages of other systems: ask it of archives for Windows only.
std::optional<Error> windows_fault(std::string_view raw);

/// True for containers whose members are meant for Windows too: zip.
bool is_for_windows(std::string_view container);

/// The name as unpackers create it: "./a//b/./c/" is "a/b/c".
std::string folded_name(std::string_view raw);

/// A folded name as the least particular file system knows it: slashes of one kind, no
/// dots or spaces at the end of a part, and caseless (unicode.h).
std::string collision_key(std::string_view folded);
/// True if a name is its own key at first sight; the fast way for most.
bool is_own_key(std::string_view folded);

/// Bytes of a link's target; no system follows a longer one.
constexpr std::size_t kTargetMax = 4096;

/// Why no unpacker should create a symbolic link `name` to `target` (unsafe-name):
/// empty, over 4096 bytes or 128 parts, no UTF-8, with an unseen character, absolute
/// for Windows, or leading above the root of the archive. Absolute targets are everyday
/// in system packages and no fault.
std::optional<Error> target_fault(std::string_view name, std::string_view target);

/// What parts a name: a slash, or on Windows a backslash too.
enum class Slashes { forward, both };

/// Takes the first part off `path`; empty parts count.
std::string_view next_part(std::string_view& path, Slashes slashes = Slashes::forward);

/// What a lone compressed file is called when it is unpacked: "ls.1.gz" is "ls.1",
/// "x.tgz" is "x.tar", any other name gets ".out". `suffix` is the codec's, "gz".
std::string unpacked_name(std::string_view path, std::string_view suffix);

}  // namespace assay
