// archive: what verdicts are made by, kept beside the log under the digest that the
// verdict binds, so that one can be made again years later.
//
//   archive/policy/<SHA-256>.toml   archive/waiver/<SHA-256>.json   one file each
//   archive/trust/<SHA-256>/...     archive/rules/<SHA-256>/...     sets of files

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/folder.h"

namespace assay::log {

/// A file of a set, by its path below the set's folder.
struct ArchivedFile {
  std::string name{};
  std::string bytes{};
};

/// SHA-256 over name, NUL, SHA-256 in hex, line feed of each file, sorted by name: the
/// digest of a trust store and of a rule set.
std::string set_sha256(std::vector<ArchivedFile> files);

/// Where it is, or would be, below the log's folder. `kind` is policy, waiver, trust or rules.
std::string archive_path(std::string_view kind, std::string_view sha256);
bool is_archived(const Folder& folder, std::string_view kind, std::string_view sha256);

/// Keeps one file under its digest, or a set under its set_sha256, durably; what is there
/// already stays. Fails with durability; a set whose digest is another one, or that has a
/// name which leads out of its folder, is refused.
Result<void> archive_file(const Folder& folder, std::string_view kind, std::string_view bytes);
Result<void> archive_set(const Folder& folder, std::string_view kind, std::string_view sha256,
                         const std::vector<ArchivedFile>& files);

/// What stands below archive/ and is not what its name says, a line each; every file is read.
Result<std::vector<std::string>> check_archive(const Folder& folder);

}  // namespace assay::log
