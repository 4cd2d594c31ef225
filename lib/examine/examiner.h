// Examiner: bytes of a bundle in, evidence about its contents out. The one
// place untrusted formats are parsed; a sandbox is another implementation.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "bundle/format.h"
#include "bundle/source.h"
#include "model/evidence.h"
#include "model/limits.h"
#include "scan/rules.h"

namespace assay {

/// Whole members that are handed out as they are, beside what is found out about them.
struct Keeping {
  std::vector<std::string_view> endings{};  ///< of their paths
  std::uint64_t max_bytes = 0;              ///< of all together; what would be more is not kept

  bool wants(std::string_view path) const;
};

struct KeptMember {
  std::size_t place = 0;  ///< among the members
  std::string bytes{};
};

/// What an examination finds out; moved into the Evidence by the pipeline.
struct Examination {
  std::string format{};
  std::string contents_sha256{};
  std::vector<Member> members{};    ///< in walk order
  std::vector<Finding> findings{};  ///< by member order, then rule, then offset
  std::vector<Problem> problems{};
  Coverage coverage{};
  std::string sandbox = "none";
  std::vector<KeptMember> kept{};  ///< by place
};

/// Sets contents_sha256, coverage.members and coverage.scanned from the members.
/// The digest is one over what the bundle holds, whatever container it came in:
/// SHA-256 of a line "path NUL kind NUL mode NUL sha256 LF" for each member,
/// sorted bytewise.
void count_members(Examination& examination);

/// The examination that came to nothing but this problem: no byte of the bundle is
/// known, complete is false.
Examination only_problem(const Error& why, std::uint64_t bundle_size);

class Examiner {
 public:
  virtual ~Examiner() = default;
  virtual Result<Examination> examine(const Source& source, const Limits& limits) const = 0;
};

/// Walks on the calling thread, hashes and scans on `jobs` others (at least
/// one); the result is the same for any number.
class InProcessExaminer final : public Examiner {
 public:
  /// `rules` must outlive the examiner.
  InProcessExaminer(const RuleSet& rules, Formats formats, unsigned jobs, Keeping keep = {});
  Result<Examination> examine(const Source& source, const Limits& limits) const override;

 private:
  /// `passing` rules let large members go by unheld; null holds them all.
  Result<Examination> examine_once(const Source& source, const Limits& limits,
                                   const RuleSet* passing) const;

  const RuleSet& rules_;
  Formats formats_;
  unsigned jobs_;
  Keeping keep_;
};

}  // namespace assay
