// History: what this machine accepted before. An append-only file of lines,
// each naming the digest of the one above it, in the state folder.

#pragma once

#include <optional>
#include <string>
#include <string_view>
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
  /// The latest time anything was judged; the clock should be past it.
  std::optional<Time> latest() const;

 private:
  std::vector<SeenVersion> entries_{};
};

/// Adds a line under a lock, and returns when it is on the disk. Fails with durability.
Result<void> append_history(const std::string& path, const SeenVersion& entry);

}  // namespace assay
