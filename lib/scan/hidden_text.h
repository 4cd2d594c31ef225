// HiddenText: finds programs and telling words under a single-byte key, whatever the key.
// x[i] ^ x[i+1] is the same for a text and for that text under any XOR key, and
// x[i+1] - x[i] is for any ADD key; both streams are searched for what they make of the words.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "scan/literal_database.h"

namespace assay {

/// A word found: y = x ^ key, or y = x - key for ADD, is its text.
struct HiddenWord {
  bool added = false;
  std::uint8_t key = 0;      ///< 0: it stands there openly
  std::uint64_t offset = 0;  ///< of the word
  std::size_t word = 0;      ///< its number
};

class HiddenText {
 public:
  explicit HiddenText(PreparedParts prepared = {});
  HiddenText(const HiddenText&) = delete;
  HiddenText& operator=(const HiddenText&) = delete;
  ~HiddenText();

  /// The first word under each key, and the first kHeadsMax heads of programs that stand
  /// openly inside; in order. Thoroughly is for all words and both kinds of key, else
  /// for the few that tell most, under XOR. Any thread.
  /// Fails as `undecided` when the engine does not answer.
  Result<std::vector<HiddenWord>> find(Bytes content, bool thorough) const;

  /// What a HiddenText can be made of.
  static std::string prepare();

  static constexpr std::size_t kHeadsMax = 16;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `content` without the key.
std::string without_key(Bytes content, const HiddenWord& word);

}  // namespace assay
