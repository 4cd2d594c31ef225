// SandboxedExaminer: the examination behind a wall. A nursery process is forked
// while the supervisor still holds nothing worth stealing; for each bundle it
// forks a worker, which seals itself (sandbox.h) and then examines. Whatever
// the worker does but answer in order is a problem of the bundle.

#pragma once

#include <memory>

#include "examine/examiner.h"

namespace assay {

class SandboxedExaminer final : public Examiner {
 public:
  /// Forks the nursery: call it before keys are loaded and threads are started.
  /// `rules` must outlive the examiner. With `best_effort` a worker goes on where
  /// the kernel offers no seccomp; the level it reached then says so.
  static Result<SandboxedExaminer> create(const RuleSet& rules, Formats formats, unsigned jobs,
                                          bool best_effort = false, Keeping keep = {});

  /// An Error is ours. A worker that crashed, overran its time, lied or could not
  /// be walled in gives an Examination with that one problem, complete = false.
  Result<Examination> examine(const Source& source, const Limits& limits) const override;

  SandboxedExaminer(SandboxedExaminer&&) noexcept;
  SandboxedExaminer& operator=(SandboxedExaminer&&) noexcept;
  ~SandboxedExaminer() override;

 private:
  struct State;
  explicit SandboxedExaminer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
