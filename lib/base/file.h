// Whole small files: read with a bound, written so that a reader sees the old
// bytes or the new ones and nothing between.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace assay {

/// The bytes of a regular file of at most `max_bytes`; a larger one fails as
/// io, one that is not there as usage.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = 16U << 20);

/// Writes beside `path`, syncs, renames, syncs the folder. On failure (kind
/// durability) nothing is left and an older file stands unchanged. What stands
/// there and is no regular file is not replaced (usage).
Result<void> write_file(const std::string& path, std::string_view content,
                        unsigned mode = 0644);

/// As write_file, but refuses (kind usage) if something stands at `path`.
Result<void> create_file(const std::string& path, std::string_view content,
                         unsigned mode = 0644);

/// Creates a folder and its parents; an existing folder is fine.
Result<void> make_folder(const std::string& path, unsigned mode = 0755);

/// Whose fault it would be to trust this file: not a symlink, a regular file
/// or folder, ours or root's, nobody else may write it. Fails with config.
Result<void> check_not_writable_by_others(const std::string& path);

/// As above, and nobody else may read it either. For key files.
Result<void> check_private(const std::string& path);

}  // namespace assay
