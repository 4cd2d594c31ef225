#include "bundle/zip_index.h"

#include <algorithm>

#include "bundle/zip_records.h"

namespace assay {

Result<std::vector<ZipMember>> read_zip_index(const RandomAccess& zip, const Limits& limits) {
  const zip::Directory directory = TRY(zip::find_directory(zip));
  auto members = TRY(zip::read_directory(zip, directory, limits.members));
  for (ZipMember& member : members) {
    if (member.start >= directory.offset) {
      return zip::corrupt("a member starts behind the directory");
    }
    // Offsets count from the start of the zip; a stub before it shifts them all.
    member.start += directory.start() - directory.offset;
  }
  // Some unpack in the one order and some in the other: a link may stand in the way then.
  const bool in_order = std::ranges::is_sorted(members, {}, &ZipMember::start);
  if (!in_order && std::ranges::any_of(members, &ZipMember::is_link)) {
    return zip::ambiguous("it has links, and two orders of its members");
  }
  std::ranges::sort(members, {}, &ZipMember::start);
  TRY(zip::check_locals(zip, members, directory));
  return members;
}

}  // namespace assay
