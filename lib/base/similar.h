// similar: the "did you mean" of every message that refuses a name.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay {

/// The candidate nearest to `word` by edit distance (with transpositions),
/// or empty when none is near enough to be worth saying.
std::string similar(std::string_view word, std::span<const std::string> candidates);

}  // namespace assay
