// The examination without a wall around it: one thread walks the bundle, the
// others hash and scan what it hands them. Results are merged in walk order,
// so that the evidence does not depend on who was faster.

#include <algorithm>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "bundle/walk.h"
#include "crypto/digest.h"
#include "examine/examiner.h"
#include "examine/queue.h"
#include "scan/passing_scan.h"
#include "scan/scanner.h"

namespace assay {
namespace {

/// What became of one member.
struct Slot {
  Member member{};
  std::vector<Finding> findings{};
  std::vector<Problem> problems{};
  std::optional<std::string> kept{};
};

/// A leaf on its way to a scanner. From push to join only the scanner that
/// took it touches its slot.
struct Job {
  Slot* slot = nullptr;
  Content content{};
};

/// A large program that is hashed and scanned as it passes, into a slot of its own.
class ScannedPassage final : public Passage {
 public:
  ScannedPassage(std::unique_ptr<PassingScan> scan, std::deque<Slot>& slots)
      : scan_(std::move(scan)), slots_(slots) {}

  void piece(Bytes bytes) override {
    hasher_.update(bytes);
    scan_->piece(bytes);
  }

  bool end(Member member) override {
    member.sha256 = hasher_.finish_hex();
    auto findings = scan_->finish(member);
    if (!findings) return false;
    member.scanned = true;
    slots_.push_back({.member = std::move(member), .findings = *std::move(findings)});
    return true;
  }

 private:
  std::unique_ptr<PassingScan> scan_;
  Hasher hasher_{HashAlgorithm::sha256};
  std::deque<Slot>& slots_;
};

/// Takes what the walk finds; leaves go on to the scanners.
class Collector final : public Visitor {
 public:
  /// Without `passing` rules every leaf is held.
  Collector(Queue<Job>& jobs, const RuleSet* passing, const Keeping& keep)
      : jobs_(jobs), passing_(passing), keep_(keep), room_(keep.max_bytes) {}

  void member(Member member) override { slots.emplace_back().member = std::move(member); }

  void leaf(Member member, Content content) override {
    Slot& slot = slots.emplace_back();
    slot.member = std::move(member);
    if (keep_.wants(slot.member.path)) keep(slot, content.bytes());
    jobs_.push({&slot, std::move(content)});
  }

  std::unique_ptr<Passage> pass(std::uint64_t size) override {
    auto scan = passing_ == nullptr ? nullptr : PassingScan::start(*passing_, size);
    if (scan == nullptr) return nullptr;
    return std::make_unique<ScannedPassage>(std::move(scan), slots);
  }

  void problem(Problem problem) override { problems.push_back(std::move(problem)); }

  std::deque<Slot> slots{};  // a deque: growing leaves its elements where they are
  std::vector<Problem> problems{};

 private:
  void keep(Slot& slot, Bytes bytes) {
    if (bytes.size() > room_) return;
    room_ -= bytes.size();
    slot.kept = as_text(bytes);
  }

  Queue<Job>& jobs_;
  const RuleSet* passing_;
  const Keeping& keep_;
  std::uint64_t room_;
};

/// Hashes and scans one leaf into its slot.
void inspect(Scanner& scanner, const Content& content, Slot& slot) {
  slot.member.sha256 = content.sha256();
  std::vector<Error> left_open;
  auto findings = scanner.scan(slot.member, content.bytes(), &left_open);
  for (const Error& error : left_open) {
    slot.problems.push_back(as_problem(error, slot.member.path));
  }
  if (!findings) {
    slot.problems.push_back(as_problem(findings.error(), slot.member.path));
    return;
  }
  slot.findings = std::move(*findings);
  slot.member.scanned = left_open.empty();
}

/// A scanner thread's whole life. Whatever is thrown is said, not lost.
void scan_all(Scanner& scanner, Queue<Job>& jobs) {
  while (auto job = jobs.pop()) {
    try {
      inspect(scanner, job->content, *job->slot);
    } catch (const std::exception& error) {
      job->slot->member.scanned = false;
      job->slot->problems.push_back(
          make_problem("scan-incomplete", job->slot->member.path, error.what()));
    }
  }
}

std::vector<Scanner> make_scanners(const RuleSet& rules, unsigned count) {
  std::vector<Scanner> scanners;
  for (unsigned i = 0; i < std::max(1U, count); ++i) scanners.emplace_back(rules);
  return scanners;
}

/// The scanners at work. The queue is closed and the threads are joined before
/// anything they write to goes.
class ScannerThreads {
 public:
  /// `bytes` of work are to be expected at least.
  ScannerThreads(Queue<Job>& jobs, const RuleSet& rules, unsigned count, std::uint64_t bytes)
      : jobs_(jobs), scanners_(make_scanners(rules, count)) {
    for (Scanner& scanner : scanners_) {
      try {
        threads_.emplace_back([&scanner, &jobs, &rules, bytes] {
          rules.expect(bytes);
          scan_all(scanner, jobs);
        });
      } catch (const std::system_error&) {
        return;  // those that started are slower together, and do the same
      }
    }
  }
  ScannerThreads(const ScannerThreads&) = delete;
  ScannerThreads& operator=(const ScannerThreads&) = delete;
  ~ScannerThreads() { join(); }

  bool any() const { return !threads_.empty(); }

  void join() {
    jobs_.close();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  Queue<Job>& jobs_;
  std::vector<Scanner> scanners_;
  std::vector<std::thread> threads_{};
};

/// Everything the slots hold, in walk order.
void merge(std::deque<Slot>&& slots, Examination& out) {
  out.members.reserve(slots.size());
  for (Slot& slot : slots) {
    std::ranges::move(slot.findings, std::back_inserter(out.findings));
    std::ranges::move(slot.problems, std::back_inserter(out.problems));
    if (slot.kept) {
      out.kept.push_back({.place = out.members.size(), .bytes = *std::move(slot.kept)});
    }
    out.members.push_back(std::move(slot.member));
  }
}

}  // namespace

InProcessExaminer::InProcessExaminer(const RuleSet& rules, Formats formats, unsigned jobs,
                                     Keeping keep)
    : rules_(rules), formats_(formats), jobs_(jobs), keep_(std::move(keep)) {}

Result<Examination> InProcessExaminer::examine(const Source& source,
                                               const Limits& limits) const {
  auto found = examine_once(source, limits, &rules_);
  const bool must_hold = !found && found.error().code == kMustHold;
  return must_hold ? examine_once(source, limits, nullptr) : std::move(found);
}

Result<Examination> InProcessExaminer::examine_once(const Source& source, const Limits& limits,
                                                    const RuleSet* passing) const {
  constexpr std::size_t kWaiting = 256;
  Queue<Job> jobs(kWaiting);
  Collector collector(jobs, passing, keep_);
  ScannerThreads scanners(jobs, rules_, jobs_, source.size());
  if (!scanners.any()) return fail(Error::Kind::io, "cannot start a thread");

  WalkSummary walked = TRY(walk(source, limits, formats_, collector));
  scanners.join();

  Examination out;
  out.format = std::move(walked.format);
  out.problems = std::move(collector.problems);
  merge(std::move(collector.slots), out);
  count_members(out);
  out.coverage.bytes = walked.bytes;
  out.coverage.depth = walked.depth;
  out.coverage.complete = walked.complete;
  out.coverage.ledger = walked.ledger;
  return out;
}

}  // namespace assay
