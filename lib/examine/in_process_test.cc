#include <doctest/doctest.h>

#include <clocale>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "examine/examiner.h"
#include "examine/queue.h"
#include "examine/testing.h"

namespace assay {

namespace {

Examination examine(const RuleSet& set, const std::string& bytes, unsigned jobs) {
  const Source source = Source::from_bytes("bundle.tar", as_bytes(bytes)).take();
  const InProcessExaminer examiner(set, testing::tar_only(), jobs);
  return examiner.examine(source, Limits{}).take();
}

TEST_CASE("the evidence does not depend on the number of scanners") {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const RuleSet set = testing::marker_rules();
  const std::string tar = testing::many_members();
  const Examination one = examine(set, tar, 1);
  CHECK(one.coverage.complete);
  CHECK(one.coverage.members == 500);
  CHECK(one.coverage.scanned == 500);
  CHECK(one.findings.size() == 72);
  CHECK(one.problems.empty());
  for (const unsigned jobs : {2U, 8U}) {
    const Examination other = examine(set, tar, jobs);
    CHECK(other.contents_sha256 == one.contents_sha256);
    REQUIRE(other.findings.size() == one.findings.size());
    for (std::size_t i = 0; i < one.findings.size(); ++i) {
      CHECK(other.findings[i].member == one.findings[i].member);
      CHECK(other.findings[i].offset == one.findings[i].offset);
    }
    REQUIRE(other.members.size() == one.members.size());
    for (std::size_t i = 0; i < one.members.size(); ++i) {
      CHECK(other.members[i].sha256 == one.members[i].sha256);
    }
  }
}

TEST_CASE("a limit stops the scan and says so, at any number of scanners") {
  const RuleSet set = testing::marker_rules();
  const std::string tar = testing::many_members();
  const Source source = Source::from_bytes("bundle.tar", as_bytes(tar)).take();
  Limits limits;
  limits.members = 20;
  for (const unsigned jobs : {1U, 4U}) {
    const InProcessExaminer examiner(set, testing::tar_only(), jobs);
    const Examination out = examiner.examine(source, limits).take();
    CHECK_FALSE(out.coverage.complete);
    REQUIRE_FALSE(out.problems.empty());
    CHECK(out.problems.front().code == "limit-members");
  }
}

TEST_CASE("a queue gives each item once and ends when it is closed") {
  Queue<int> queue(4);
  long sum = 0;
  std::thread reader([&] {
    while (const auto item = queue.pop()) sum += *item;
  });
  for (int i = 1; i <= 1000; ++i) queue.push(i);
  queue.close();
  reader.join();
  CHECK(sum == 500500);
  CHECK_FALSE(queue.pop());
}

}  // namespace
}  // namespace assay
