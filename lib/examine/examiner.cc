#include "examine/examiner.h"

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/digest.h"

namespace assay {

Examination only_problem(const Error& why, std::uint64_t bundle_size) {
  Examination out;
  out.coverage.ledger.unknown = bundle_size;
  out.format = "unknown";
  out.problems.push_back(as_problem(why, {}));
  return out;
}

bool Keeping::wants(std::string_view path) const {
  return std::ranges::any_of(endings,
                             [&](std::string_view ending) { return path.ends_with(ending); });
}

void count_members(Examination& examination) {
  std::vector<std::string> lines;
  lines.reserve(examination.members.size());
  for (const Member& member : examination.members) {
    if (member.kind == MemberKind::file) {
      ++examination.coverage.members;
      if (member.scanned) ++examination.coverage.scanned;
    }
    std::string line = member.path;
    line.append(1, '\0').append(to_string(member.kind));
    line.append(1, '\0').append(std::to_string(member.mode));
    line.append(1, '\0').append(member.sha256).append(1, '\n');
    lines.push_back(std::move(line));
  }
  std::ranges::sort(lines);
  Hasher hasher(HashAlgorithm::sha256);
  for (const std::string& line : lines) hasher.update(as_bytes(line));
  examination.contents_sha256 = hasher.finish_hex();
}

}  // namespace assay
