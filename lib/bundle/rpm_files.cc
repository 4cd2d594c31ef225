#include "bundle/rpm_files.h"

#include <map>
#include <string>

namespace assay {
namespace {

constexpr std::uint32_t kOldNames = 1027;
constexpr std::uint32_t kSizes = 1028;
constexpr std::uint32_t kModes = 1030;
constexpr std::uint32_t kDigests = 1035;
constexpr std::uint32_t kTargets = 1036;
constexpr std::uint32_t kFlags = 1037;
constexpr std::uint32_t kDevices = 1095;
constexpr std::uint32_t kInodes = 1096;
constexpr std::uint32_t kFolderIndexes = 1116;
constexpr std::uint32_t kBaseNames = 1117;
constexpr std::uint32_t kFolders = 1118;
constexpr std::uint32_t kLongSizes = 5008;
constexpr std::uint32_t kDigestAlgorithm = 5011;

constexpr std::uint64_t kGhost = 1U << 6U;  ///< listed, and in no payload
constexpr std::uint64_t kSha256 = 8;        ///< as OpenPGP counts them

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "rpm: " + std::string(why));
}

MemberKind kind_of(std::uint64_t mode) {
  constexpr std::uint64_t kType = 0170000, kFile = 0100000, kFolder = 0040000, kLink = 0120000;
  switch (mode & kType) {
    case kFile: return MemberKind::file;
    case kFolder: return MemberKind::directory;
    case kLink: return MemberKind::symlink;
    default: return MemberKind::device;
  }
}

/// Each name as a folder's and the rest, or, in old ones, as a whole.
Result<std::vector<std::string>> read_names(const RpmHeader& header) {
  const auto rests = header.texts(kBaseNames);
  const auto folders = header.texts(kFolders);
  const auto indexes = header.numbers(kFolderIndexes);
  if (indexes.size() != rests.size()) return corrupt("the list of files has gaps");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rests.size(); ++i) {
    if (indexes[i] >= folders.size()) return corrupt("a file is in no folder");
    names.push_back(std::string(folders[indexes[i]]) + std::string(rests[i]));
  }
  const auto whole = header.texts(kOldNames);
  if (!names.empty() && !whole.empty()) {
    return malformed("ambiguous-type", "rpm: two lists of files");
  }
  for (const std::string_view name : whole) names.emplace_back(name);
  return names;
}

/// The columns of the list. A tag that is not there has no lines.
struct Columns {
  std::vector<std::uint64_t> modes, sizes, flags, devices, inodes;
  std::vector<std::string_view> targets, digests;

  explicit Columns(const RpmHeader& header)
      : modes(header.numbers(kModes)),
        sizes(header.numbers(kLongSizes)),
        flags(header.numbers(kFlags)),
        devices(header.numbers(kDevices)),
        inodes(header.numbers(kInodes)),
        targets(header.texts(kTargets)),
        digests(header.texts(kDigests)) {
    if (sizes.empty()) sizes = header.numbers(kSizes);
    // Weaker digests say nothing.
    if (header.number(kDigestAlgorithm) != kSha256) digests.clear();
  }

  bool fit(std::size_t count) const {
    const auto fits = [&](const auto& column) {
      return column.empty() || column.size() == count;
    };
    return modes.size() == count && sizes.size() == count && fits(flags) && fits(devices) &&
           fits(inodes) && fits(targets) && fits(digests) && devices.size() == inodes.size();
  }
};

}  // namespace

Result<std::shared_ptr<FileList>> read_rpm_files(const RpmHeader& header) {
  const auto names = TRY(read_names(header));
  const Columns columns(header);
  if (!columns.fit(names.size())) return corrupt("the list of files has gaps");
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::size_t>> inodes;
  for (std::size_t i = 0; i < columns.inodes.size(); ++i) {
    if (kind_of(columns.modes[i]) != MemberKind::file) continue;
    inodes[{columns.devices[i], columns.inodes[i]}].push_back(i);
  }
  std::vector<std::size_t> twins(names.size());
  std::size_t groups = 0;
  for (const auto& [inode, files] : inodes) {
    if (files.size() < 2) continue;
    ++groups;
    for (const std::size_t file : files) twins[file] = groups;
  }
  auto list = std::make_shared<FileList>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!columns.flags.empty() && (columns.flags[i] & kGhost) != 0) continue;
    ListedFile file{.kind = kind_of(columns.modes[i]),
                    .mode = static_cast<std::uint32_t>(columns.modes[i] & 07777U),
                    .size = columns.sizes[i],
                    .twins = twins[i]};
    if (!columns.targets.empty()) file.link_target = columns.targets[i];
    if (!columns.digests.empty()) file.sha256 = columns.digests[i];
    if (!list->add(names[i], std::move(file))) {
      return malformed("ambiguous-type", "rpm: '" + printable(names[i]) + "' is listed twice");
    }
  }
  return list;
}

}  // namespace assay
