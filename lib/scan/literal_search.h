// LiteralSearch: which of many literals are in a member, in one pass.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "scan/literal_database.h"
#include "scan/literals.h"

struct hs_scratch;

namespace assay {

void free_literal_scratch(hs_scratch* scratch) noexcept;

class LiteralSearch {
 public:
  using Scratch = CHandle<hs_scratch, free_literal_scratch>;

  /// The number under which `literal` is reported; the same one for the same literal.
  std::uint32_t add(const Literal& literal);
  /// After the last add(). False when Vectorscan does not take the literals.
  bool compile(PreparedParts prepared = {});
  /// All that was added; points into this.
  std::vector<SoughtLiteral> sought() const;

  std::size_t size() const { return numbers_.size(); }
  /// For one thread; null when there is no memory.
  Scratch make_scratch() const;
  /// Sets seen[number] of each literal that is in `content`. False when it
  /// could not be told; `seen` means nothing then.
  bool find(Bytes content, hs_scratch* scratch, std::vector<std::uint8_t>& seen) const;

 private:
  std::map<Literal, std::uint32_t> numbers_{};
  LiteralDatabase database_{};
};

}  // namespace assay
