// History: what this machine accepted before. An append-only file of lines,
// each naming the digest of the one above it, in the state folder.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace assay {

/// A version that was accepted.
struct SeenVersion {
  std::string vendor{};
  std::string product{};
  std::string version{};
  Time at{};  ///< when it was judged
};

/// The signed index of a repository, that named something which was accepted.
struct SeenIndex {
  std::string vendor{};
  std::string product{};
  std::string repository{};  ///< as the index calls it: "Debian bookworm"
  Time date{};               ///< when the index says it was made
  Time at{};
};

/// A key that spoke for something which was accepted, for the first time.
struct SeenKey {
  std::string vendor{};
  std::string key{};  ///< its id: "sha256:..."
  Time at{};
};

using Lesson = std::variant<SeenVersion, SeenIndex, SeenKey>;

class History {
 public:
  /// Nothing was ever accepted.
  History() = default;

  /// No such file is an empty history. Fails with config if a line is none, does not
  /// continue the one above it, or others may write the file.
  static Result<History> load(const std::string& path);

  /// Every version of that product, oldest entry first.
  std::vector<SeenVersion> versions_of(std::string_view vendor, std::string_view product) const;
  /// What was accepted before that moment.
  History before(Time moment) const;
  /// The date of the latest index of that repository.
  std::optional<Time> index_date(std::string_view vendor, std::string_view product,
                                 std::string_view repository) const;
  /// When the key spoke first for something accepted here.
  std::optional<Time> first_seen(std::string_view key) const;
  /// Every key that did for that vendor, in the order in which they did.
  std::vector<SeenKey> keys_of(std::string_view vendor) const;
  /// The latest time anything was judged; the clock should be past it.
  std::optional<Time> latest() const;

  /// True if the lesson changes nothing.
  bool knows(const Lesson& lesson) const;

 private:
  std::vector<Lesson> entries_{};
};

/// Adds a line for each lesson that is news, under a lock, and returns when they are on the
/// disk. Fails with durability.
Result<void> append_history(const std::string& path, std::span<const Lesson> lessons);

}  // namespace assay
