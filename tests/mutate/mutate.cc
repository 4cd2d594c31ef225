// The campaign: every small change of a bundle, its signature, a signed list, the list's
// signature, a verdict, its proof, the log it stands in, a policy and a gate.toml is put
// before the code that decides. None may be accepted.
//
//   mutate [COUNT]   that many of them, evenly spread; all without a number

#include <fmt/format.h>

#include <atomic>
#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "area.h"
#include "bundle/walk.h"
#include "change.h"
#include "examine/examiner.h"
#include "log_world.h"
#include "verify/registry.h"
#include "world.h"

namespace assay::mutate {
namespace {

/// What became of a changed file; `pointless` where the change has no meaning by design.
enum class Answer { refused, accepted, pointless };

/// One file, and what is asked of each changed copy of it.
struct Question {
  std::string file{};   ///< "bundle", "verdict"
  std::string asked{};  ///< "its signature"
  std::string original{};
  std::function<assay::mutate::Answer(const std::string& changed, const Change& change)> ask{};
};

struct Count {
  std::atomic<std::uint64_t> asked{0}, accepted{0}, pointless{0};
};

/// What an examination alone does not notice, by area.
class Unnoticed {
 public:
  void add(const std::string& area) {
    const std::lock_guard lock(mutex_);
    ++counts_[area];
  }
  void forget() { counts_.clear(); }
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

 private:
  std::mutex mutex_{};
  std::map<std::string, std::uint64_t> counts_{};
};

// --- what is asked -------------------------------------------------------------

/// True if the bundle of this name is signed by somebody who counts.
bool is_signed(const Ground& ground, const std::string& name, std::string_view bundle,
               const std::vector<Sidecar>& sidecars) {
  const Source source = Source::from_bytes(name, as_bytes(bundle)).take();
  const auto found =
      check_signatures(source, sidecars, ground.store, {}, trust_formats(), kNow);
  if (!found) return false;
  for (const SignatureRecord& record : found->signatures) {
    if (record.verified && record.subject == name) return true;
  }
  return false;
}

bool gate_opens(const Ground& ground, const Subject& file, std::string_view verdict) {
  return decide(ground.gate,
                {.verdict_file = verdict, .artifact = file, .now = {kNow.seconds + 60}})
      .accepted;
}

/// The first line of a minisign signature is signed by nobody.
Answer unless_first_line(bool accepted, const std::string& original,
                         const std::string& changed) {
  if (!accepted) return Answer::refused;
  const auto signed_part = [](const std::string& text) {
    return text.substr(std::min(text.find('\n'), text.size()));
  };
  return signed_part(original) == signed_part(changed) ? Answer::pointless : Answer::accepted;
}

Answer plain(bool accepted) {
  return accepted ? Answer::accepted : Answer::refused;
}

/// Contents and problems of a bundle, without rules and sandbox.
struct Contents final : Visitor {
  void member(Member told) override { examination.members.push_back(std::move(told)); }
  void leaf(Member told, Content content) override {
    told.sha256 = sha256_hex(content.bytes());
    examination.members.push_back(std::move(told));
  }
  void problem(Problem told) override { examination.problems.push_back(std::move(told)); }
  Examination examination{};
};

/// The digest over the contents; empty if there is any problem.
std::string contents_of(std::string_view bundle) {
  const Source source = Source::from_bytes("agent", as_bytes(bundle)).take();
  Contents contents;
  const auto walked = walk(source, {}, bundle_formats(), contents);
  Examination& it = contents.examination;
  if (!walked || !walked->complete || !it.problems.empty()) return {};
  count_members(it);
  return it.contents_sha256;
}

// --- the questions -------------------------------------------------------------

constexpr const char* kExamination = "the examination alone";  // decides nothing
constexpr const char* kList = "SHA256SUMS";
constexpr const char* kListSignature = "SHA256SUMS.minisig";

void add_trust_questions(const Ground& ground, const World& world,
                         std::vector<Question>& questions) {
  const std::string name = "agent-1.4." + world.format;
  const std::string sidecar = name + ".minisig";
  questions.push_back(
      {"bundle", "its signature", world.bundle,
       [=, &ground](const auto& changed, const Change&) {
         return plain(is_signed(ground, name, changed, {{sidecar, world.signature}}));
       }});
  questions.push_back(
      {"bundle", "the signed list", world.bundle,
       [=, &ground](const auto& changed, const Change&) {
         return plain(is_signed(ground, name, changed,
                                {{kList, world.list}, {kListSignature, world.list_signature}}));
       }});
  questions.push_back({"signature", "the bundle", world.signature,
                       [=, &ground](const auto& changed, const Change&) {
                         return unless_first_line(
                             is_signed(ground, name, world.bundle, {{sidecar, changed}}),
                             world.signature, changed);
                       }});
  questions.push_back(
      {"list", "its signature", world.list, [=, &ground](const auto& changed, const Change&) {
         return plain(is_signed(ground, name, world.bundle,
                                {{kList, changed}, {kListSignature, world.list_signature}}));
       }});
  questions.push_back({"list's signature", "the list", world.list_signature,
                       [=, &ground](const auto& changed, const Change&) {
                         return unless_first_line(
                             is_signed(ground, name, world.bundle,
                                       {{kList, world.list}, {kListSignature, changed}}),
                             world.list_signature, changed);
                       }});
}

void add_gate_questions(const Ground& ground, const World& world,
                        std::vector<Question>& questions) {
  const Subject file = subject_of("agent", world.bundle);
  questions.push_back(
      {"bundle", "the gate", world.bundle, [=, &ground](const auto& changed, const Change&) {
         return plain(gate_opens(ground, subject_of("agent", changed), world.verdict));
       }});
  questions.push_back(
      {"verdict", "the gate", world.verdict, [=, &ground](const auto& changed, const Change&) {
         return plain(gate_opens(ground, file, changed));
       }});
}

/// A changed policy may be a policy: another one, by its digest, to the gate too.
void add_policy_question(const Ground& ground, std::vector<Question>& questions) {
  const std::string digest = sha256_hex(as_bytes(ground.policy));
  const Subject file = subject_of("agent", "bundle");
  questions.push_back(
      {"policy", "the loader and the gate", ground.policy,
       [=, &ground](const auto& changed, const Change&) {
         const auto policy = load_policy(changed, "p.toml", requirements(), kNow);
         return plain(policy &&
                      (policy->sha256 == digest ||
                       gate_opens(ground, file, sealed(ground, file, policy->sha256))));
       }});
}

/// A changed gate.toml may be a gate.toml; it must not open the gate to what it was closed to.
void add_log_questions(const LogWorld& world, std::vector<Question>& questions) {
  questions.push_back(
      {"proof", "the gate", world.proof(),
       [&world](const auto& changed, const Change&) { return plain(world.admits(changed)); }});
  for (const auto& [name, bytes] : world.files()) {
    questions.push_back({name == "checkpoint" ? name : name.substr(0, name.find('/', 5)),
                         "the log's audit", bytes,
                         [&world, name = name](const auto& changed, const Change&) {
                           return plain(world.is_sound(name, changed));
                         }});
  }
  questions.push_back({"gate.toml", "what it was closed to", world.gate_toml(),
                       [&world](const auto& changed, const Change&) {
                         const LogWorld::Taken taken = world.taken_by(changed);
                         if (taken.bait) return Answer::accepted;
                         return taken.good ? Answer::pointless : Answer::refused;
                       }});
}

/// Never counted as accepted: a changed mtime is a changed bundle to the signature only.
void add_examine_question(const World& world, Unnoticed& unnoticed,
                          std::vector<Question>& questions) {
  if (world.format == "bare") return;
  const std::string contents = contents_of(world.bundle);
  questions.push_back({"bundle", kExamination, world.bundle,
                       [=, &unnoticed](const auto& changed, const Change& change) {
                         if (contents_of(changed) != contents) return Answer::refused;
                         unnoticed.add(world.format + ": " + area_of(world.bundle, change.at));
                         return Answer::pointless;
                       }});
}

// --- the run ---------------------------------------------------------------------

/// One change of one file.
struct Job {
  const Question* question;
  Change change;
};

std::vector<Job> jobs_of(const std::vector<Question>& questions) {
  std::vector<Job> jobs;
  for (const Question& question : questions) {
    for (const Change& change : changes_of(question.original))
      jobs.push_back({&question, change});
  }
  return jobs;
}

using Counts = std::map<std::pair<std::string, std::string>, Count>;

void run(const Job& job, Count& count) {
  const std::string changed = applied(job.change, job.question->original);
  const Answer answer = job.question->ask(changed, job.change);
  ++count.asked;
  if (answer == Answer::pointless) ++count.pointless;
  if (answer != Answer::accepted) return;
  ++count.accepted;
  fmt::print("ACCEPTED: a changed {} by {}: change {} of byte {}, value {}\n",
             job.question->file, job.question->asked, static_cast<int>(job.change.kind),
             job.change.at, job.change.value);
}

/// Every `stride`th job, on all cores.
void run_all(const std::vector<Job>& jobs, std::size_t stride, Counts& counts) {
  for (const Job& job : jobs) counts[{job.question->file, job.question->asked}];
  constexpr std::size_t kBatch = 64;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    while (true) {
      const std::size_t first = next.fetch_add(kBatch);
      for (std::size_t n = first; n < first + kBatch; ++n) {
        if (n * stride >= jobs.size()) return;
        const Job& job = jobs[n * stride];
        run(job, counts.at({job.question->file, job.question->asked}));
      }
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned n = std::max(1U, std::thread::hardware_concurrency()); n > 0; --n) {
    threads.emplace_back(work);
  }
}

/// What is not changed is accepted, or nothing of this means anything.
bool unchanged_is_accepted(const std::vector<Question>& questions) {
  for (const Question& question : questions) {
    if (question.ask(question.original, {}) != Answer::refused) continue;
    fmt::print("the unchanged {} is not accepted by {}\n", question.file, question.asked);
    return false;
  }
  return true;
}

int report(const Counts& counts, const Unnoticed& unnoticed) {
  fmt::print("{:<18}{:<25}{:>10}{:>10}{:>12}\n", "changed", "asked", "mutations", "accepted",
             "no meaning");
  std::uint64_t total = 0, accepted = 0;
  for (const auto& [key, count] : counts) {
    fmt::print("{:<18}{:<25}{:>10}{:>10}{:>12}\n", key.first, key.second, count.asked.load(),
               count.accepted.load(), count.pointless.load());
    if (key.second == kExamination) continue;
    total += count.asked;
    accepted += count.accepted;
  }
  fmt::print("{} mutations, {} accepted\n\nnot noticed by the examination alone:\n", total,
             accepted);
  for (const auto& [area, count] : unnoticed.counts()) {
    fmt::print("{:>8}  {}\n", count, area);
  }
  return accepted == 0 && total > 0 ? 0 : 1;
}

int run_campaign(std::size_t most) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const Ground ground;
  Unnoticed unnoticed;
  std::vector<Question> questions;
  for (const World& world : make_worlds(ground)) {
    add_trust_questions(ground, world, questions);
    add_gate_questions(ground, world, questions);
    add_examine_question(world, unnoticed, questions);
  }
  add_policy_question(ground, questions);
  const LogWorld log(ground);
  add_log_questions(log, questions);
  if (!unchanged_is_accepted(questions)) return 1;
  unnoticed.forget();  // that nothing changed
  const std::vector<Job> jobs = jobs_of(questions);
  Counts counts;
  run_all(jobs, most == 0 ? 1 : (jobs.size() + most - 1) / most, counts);
  return report(counts, unnoticed);
}

}  // namespace
}  // namespace assay::mutate

int main(int argc, char** argv) {
  // A log is written anew for each change of it; in memory that costs no disk.
  if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
  return assay::mutate::run_campaign(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0);
}
