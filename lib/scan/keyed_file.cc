// A small file that is as a whole under a single-byte key, though none of the words stands
// in it that hidden_text looks for: text by how text is spelled, other bytes by their zeros.

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <utility>

#include "scan/inspector.h"

namespace assay {
namespace {

constexpr std::size_t kSmallest = 24, kLargest = std::size_t{1} << 20;
constexpr std::size_t kSample = std::size_t{4} << 10;
constexpr std::size_t kKindsLeast = 10;  ///< of bytes: a row of one says nothing
constexpr std::size_t kKindsMost = 128;  ///< of bytes in a text
constexpr int kTextScore = 40;           ///< what text has or more, a tenth of a byte's mean
constexpr int kMargin = 4;               ///< by which another reading must be better

/// How much a byte speaks for text.
constexpr std::array<int, 256> weights() {
  std::array<int, 256> table{};
  table.fill(-25);
  for (std::size_t c = 0x20; c < 0x7f; ++c) table[c] = 1;
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = 3;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) table[c] = 2;
  for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = 5;
  for (const char c : {'e', 't', 'a', 'o', 'i', 'n', 's', 'r'})
    table[static_cast<unsigned char>(c)] = 7;
  for (const char c : {'/', '.', '-', '=', ':', '_', '"', ','})
    table[static_cast<unsigned char>(c)] = 3;
  table[' '] = 8;
  table['\n'] = 6;
  table['\t'] = table['\r'] = 2;
  return table;
}
constexpr std::array<int, 256> kWeights = weights();

struct Key {
  std::uint8_t value = 0;
  bool added = false;

  std::uint8_t plain(std::uint8_t byte) const {
    return static_cast<std::uint8_t>(added ? byte - value : byte ^ value);
  }
  std::uint8_t hidden(std::uint8_t byte) const {
    return static_cast<std::uint8_t>(added ? byte + value : byte ^ value);
  }
};

struct Histogram {
  std::array<std::uint32_t, 256> counts{};
  std::size_t total = 0, kinds = 0;
  std::array<std::uint8_t, 256> seen{};  ///< the bytes that are there, `kinds` of them

  explicit Histogram(Bytes sample) : total(sample.size()) {
    // By turns in two tables: a processor waits for a count it has just changed.
    std::array<std::uint32_t, 256> others{};
    for (std::size_t i = 0; i + 1 < sample.size(); i += 2) {
      ++counts[std::to_integer<std::size_t>(sample[i])];
      ++others[std::to_integer<std::size_t>(sample[i + 1])];
    }
    if (total % 2 == 1) ++counts[std::to_integer<std::size_t>(sample.back())];
    for (std::size_t byte = 0; byte < counts.size(); ++byte) counts[byte] += others[byte];
    for (std::size_t byte = 0; byte < counts.size(); ++byte) {
      if (counts[byte] != 0) seen[kinds++] = static_cast<std::uint8_t>(byte);
    }
  }

  bool is_ascii_text() const {
    const auto is_none = [](std::uint32_t count) { return count == 0; };
    return std::all_of(counts.begin(), counts.begin() + '\t', is_none) &&
           std::all_of(counts.begin() + 0x7f, counts.end(), is_none);
  }

  std::size_t blanks(const Key& key) const {
    return counts[key.hidden(' ')] + counts[key.hidden('\n')];
  }

  /// Ten times the mean weight of the bytes, as the key makes them.
  int score(const Key& key) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < kinds; ++i) {
      sum += std::int64_t{counts[seen[i]]} * kWeights[key.plain(seen[i])];
    }
    return static_cast<int>(10 * sum / static_cast<std::int64_t>(total));
  }
};

/// The keys under which it is text with blanks between words, the best first, if as it
/// stands it is less of one.
std::vector<Key> text_keys(const Histogram& bytes) {
  constexpr std::size_t kBlankShare = 64;  ///< one byte of so many
  constexpr std::size_t kTried = 8;
  const int plain = bytes.score({});
  if (plain >= kTextScore && bytes.blanks({}) >= bytes.total / kBlankShare) return {};
  std::vector<std::pair<int, Key>> found;
  for (unsigned value = 1; value < 256; ++value) {
    for (const bool added : {false, true}) {
      const Key key{.value = static_cast<std::uint8_t>(value), .added = added};
      if (bytes.blanks(key) < bytes.total / kBlankShare) continue;
      const int score = bytes.score(key);
      if (score >= kTextScore && score > plain + kMargin) found.emplace_back(score, key);
    }
  }
  std::ranges::stable_sort(found, std::greater(), &std::pair<int, Key>::first);
  std::vector<Key> keys;
  for (const auto& [score, key] : found) {
    if (keys.size() < kTried) keys.push_back(key);
  }
  return keys;
}

View decoded(Bytes content, const Key& key) {
  View view{.how = std::string("bytes to which a key is ") + (key.added ? "added" : "XORed")};
  view.owned.reserve(content.size());
  for (const std::byte b : content) {
    view.owned += static_cast<char>(key.plain(std::to_integer<std::uint8_t>(b)));
  }
  view.type = type_of_hidden(as_bytes(view.owned));
  return view;
}

bool may_be_keyed(const std::string& type) {
  return type == "data" || type == "text" || type == "json" || type == "script";
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  const bool fits = content.size() >= kSmallest && content.size() <= kLargest;
  if (!fits || !may_be_keyed(member.type)) return {};
  const Histogram bytes(content.first(std::min(content.size(), kSample)));
  if (bytes.kinds < kKindsLeast) return {};
  const auto most = std::ranges::max_element(bytes.counts);
  // No letter and no blank is as much as that of a text.
  if (bytes.kinds <= kKindsMost && *most < bytes.total * 2 / 5) {
    const std::vector<Key> keys = text_keys(bytes);
    for (const Key& key : keys) views.push_back(decoded(content, key));
    if (!keys.empty()) return {};
  }
  // Where one byte is a quarter of all, it was zero: padding, or the high halves of numbers.
  const auto zero = static_cast<std::uint8_t>(most - bytes.counts.begin());
  const std::size_t share = member.type == "data" ? bytes.total / 4 : bytes.total / 2;
  if (zero == 0 || (zero == ' ' && bytes.is_ascii_text()) || *most < share) return {};
  for (const bool added : {false, true}) {
    views.push_back(decoded(content, {.value = zero, .added = added}));
  }
  return {};
}

}  // namespace

extern const Inspector keyed_file_inspector;
constinit const Inspector keyed_file_inspector = {"keyed file", inspect};

}  // namespace assay
