#include "scan/literal_search.h"

#include <hs.h>

#include <algorithm>
#include <limits>

namespace assay {
namespace {

int note_literal(unsigned number, unsigned long long, unsigned long long, unsigned,
                 void* user) noexcept {
  (*static_cast<std::vector<std::uint8_t>*>(user))[number] = 1;
  return 0;
}

}  // namespace

void free_literal_scratch(hs_scratch* scratch) noexcept {
  hs_free_scratch(scratch);
}

std::uint32_t LiteralSearch::add(const Literal& literal) {
  return numbers_.emplace(literal, static_cast<std::uint32_t>(numbers_.size())).first->second;
}

std::vector<SoughtLiteral> LiteralSearch::sought() const {
  std::vector<SoughtLiteral> all;
  for (const auto& [literal, number] : numbers_) {
    all.push_back(
        {.bytes = literal.bytes, .caseless = literal.caseless, .once = true, .number = number});
  }
  return all;
}

bool LiteralSearch::compile(PreparedParts prepared) {
  if (numbers_.empty()) return true;
  database_ = literal_database(sought(), prepared);
  return static_cast<bool>(database_);
}

LiteralSearch::Scratch LiteralSearch::make_scratch() const {
  hs_scratch_t* scratch = nullptr;
  if (!database_ || hs_alloc_scratch(database_.get(), &scratch) != HS_SUCCESS) return {};
  return Scratch(scratch);
}

bool LiteralSearch::find(Bytes content, hs_scratch* scratch,
                         std::vector<std::uint8_t>& seen) const {
  std::ranges::fill(seen, std::uint8_t{0});
  if (content.empty() || numbers_.empty()) return true;
  if (!database_ || scratch == nullptr ||
      content.size() > std::numeric_limits<unsigned>::max()) {
    return false;
  }
  return hs_scan(database_.get(), reinterpret_cast<const char*>(content.data()),
                 static_cast<unsigned>(content.size()), 0, scratch, note_literal,
                 &seen) == HS_SUCCESS;
}

}  // namespace assay
