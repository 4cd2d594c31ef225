#include "bundle/cfb_chains.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay::cfb {

void add_extent(std::vector<Extent>& extents, Extent extent) {
  if (extent.size == 0) return;
  if (!extents.empty() && extents.back().offset + extents.back().size == extent.offset) {
    extents.back().size += extent.size;
  } else {
    extents.push_back(extent);
  }
}

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", fmt::format("msi: {}", why));
}

Result<Chains> Chains::of(std::vector<std::uint32_t> next, std::uint64_t count,
                          std::string_view what, bool may_end_twice) {
  if (next.size() < count) {
    return malformed("size-mismatch", fmt::format("msi: its tables speak of {} of {} {}s",
                                                  next.size(), count, what));
  }
  auto beyond = next.begin() + static_cast<std::ptrdiff_t>(count);
  if (may_end_twice && beyond != next.end() && *beyond == kEndOfChain) ++beyond;
  if (!std::all_of(beyond, next.end(), [](std::uint32_t it) { return it == kFree; })) {
    return malformed("truncated",
                     fmt::format("msi: its tables speak of a {} that is not there", what));
  }
  next.resize(count);
  Chains chains;
  chains.taken_.resize(count);
  chains.next_ = std::move(next);
  chains.what_ = what;
  return chains;
}

Result<void> Chains::claim(std::uint32_t sector) {
  if (sector >= next_.size()) {
    return malformed("truncated", fmt::format("msi: a chain leads to {} {:#x} of {:#x}", what_,
                                              sector, next_.size()));
  }
  if (taken_[sector]) {
    return corrupt(
        fmt::format("{} {:#x} is in two places, or a chain is a loop", what_, sector));
  }
  taken_[sector] = true;
  return {};
}

Result<std::vector<std::uint32_t>> Chains::take(std::uint32_t start) {
  std::vector<std::uint32_t> chain;
  for (std::uint32_t at = start; at != kEndOfChain; at = next_[at]) {
    TRY(claim(at));
    chain.push_back(at);
  }
  return chain;
}

Result<void> Chains::take_marked(std::uint32_t sector, std::uint32_t mark) {
  TRY(claim(sector));
  if (next_[sector] == mark) return {};
  return corrupt(fmt::format("{} {:#x} holds a table and is not marked so", what_, sector));
}

Result<std::vector<std::uint32_t>> Chains::rest() const {
  std::vector<std::uint32_t> rest;
  for (std::uint32_t at = 0; at < next_.size(); ++at) {
    if (taken_[at]) continue;
    if (next_[at] != kFree) {
      return malformed(
          "unaccounted-bytes",
          fmt::format("msi: {} {:#x} is in use and belongs to nothing", what_, at));
    }
    rest.push_back(at);
  }
  return rest;
}

}  // namespace assay::cfb
