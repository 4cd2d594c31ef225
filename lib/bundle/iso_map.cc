#include "bundle/iso_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "bundle/iso_records.h"
#include "bundle/stream_index.h"

namespace assay::iso {

Result<std::vector<std::byte>> Map::read(std::uint64_t offset, std::uint64_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset) {
    return malformed("truncated", "iso: it ends early");
  }
  std::vector<std::byte> bytes(size);
  if (TRY(bytes_.read_at(offset, bytes)) != size) {
    return malformed("truncated", "iso: it ends early");
  }
  return bytes;
}

Result<std::vector<std::byte>> Map::take_metadata(std::uint64_t offset, std::uint64_t size) {
  auto bytes = TRY(read(offset, size));
  claims_.push_back({offset, size, false});
  return bytes;
}

Result<void> Map::claim_content(std::uint64_t offset, std::uint64_t size) {
  if (size == 0) return {};
  if (offset > bytes_.size() || size > bytes_.size() - offset) {
    return malformed("truncated", "iso: a file reaches beyond the end");
  }
  claims_.push_back({offset, size, true});
  return {};
}

bool Map::is_content(std::uint64_t offset) const {
  return std::ranges::any_of(claims_, [&](const Claim& it) {
    return it.is_content && offset >= it.offset && offset - it.offset < it.size;
  });
}

Result<void> Map::check_zero(std::uint64_t from, std::uint64_t to, std::uint64_t end) const {
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;
  while (from < to) {
    const auto piece = TRY(read(from, std::min(kPiece, to - from)));
    const std::size_t zeros = leading_zeros(piece);
    if (zeros < piece.size()) {
      const std::uint64_t at = from + zeros;
      return malformed(at >= end ? "trailing-data" : "unaccounted-bytes",
                       fmt::format("iso: {} bytes at byte {} belong to nothing", to - at, at));
    }
    from += piece.size();
  }
  return {};
}

Result<Ledger> Map::account(std::uint64_t end) {
  std::ranges::sort(claims_, {}, [](const Claim& it) {
    return std::tuple(it.offset, it.size, it.is_content);
  });
  Ledger ledger;
  std::uint64_t at = 0;
  const Claim* last = nullptr;
  for (const Claim& claim : claims_) {
    const bool again = last != nullptr && claim.is_content && last->is_content &&
                       claim.offset == last->offset && claim.size == last->size;
    if (again) continue;
    if (claim.offset < at) {
      return corrupt(fmt::format("two things stand at byte {}", claim.offset));
    }
    TRY(check_zero(at, claim.offset, end));
    ledger.padding += claim.offset - at;
    (claim.is_content ? ledger.member : ledger.metadata) += claim.size;
    at = claim.offset + claim.size;
    last = &claim;
  }
  TRY(check_zero(at, bytes_.size(), end));
  ledger.padding += bytes_.size() - at;
  return ledger;
}

}  // namespace assay::iso
