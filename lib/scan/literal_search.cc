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

void free_literal_database(hs_database* database) noexcept {
  hs_free_database(database);
}

void free_literal_scratch(hs_scratch* scratch) noexcept {
  hs_free_scratch(scratch);
}

std::uint32_t LiteralSearch::add(const Literal& literal) {
  return numbers_.emplace(literal, static_cast<std::uint32_t>(numbers_.size())).first->second;
}

bool LiteralSearch::compile() {
  if (numbers_.empty()) return true;
  std::vector<const char*> bytes;
  std::vector<std::size_t> sizes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const auto& [literal, number] : numbers_) {
    bytes.push_back(literal.bytes.data());
    sizes.push_back(literal.bytes.size());
    flags.push_back(HS_FLAG_SINGLEMATCH | (literal.caseless ? HS_FLAG_CASELESS : 0U));
    ids.push_back(number);
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* trouble = nullptr;
  const hs_error_t code = hs_compile_lit_multi(
      bytes.data(), flags.data(), ids.data(), sizes.data(), static_cast<unsigned>(bytes.size()),
      HS_MODE_BLOCK, nullptr, &database, &trouble);
  if (trouble != nullptr) hs_free_compile_error(trouble);
  database_.reset(database);
  return code == HS_SUCCESS && database != nullptr;
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
