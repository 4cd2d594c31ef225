#include <doctest/doctest.h>

#include <clocale>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "examine/examiner.h"
#include "examine/queue.h"

namespace assay {

extern const Container tar_container;

namespace {

constexpr char kRule[] = R"(
rule marker {
  meta:
    id = "TEST001" severity = "high" class = "miner" family = "test" why = "a test marker"
    remedy = "nothing to do" reference = "none"
  strings:
    $a = "marker-of-the-test"
  condition:
    $a
}
)";

RuleSet rules() {
  return RuleSet::compile(
             {{"pack.toml", "schema = \"assay-rules/1\"\nname = \"t\"\nserial = 20260101\n"},
              {"t.yar", kRule}})
      .take();
}

void put(std::string& tar, std::size_t at, std::size_t width, std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llo", static_cast<int>(width - 1),
                static_cast<unsigned long long>(value));
  tar.replace(at, width - 1, text, width - 1);
}

/// A ustar entry: header, content, padding.
std::string tar_entry(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  put(header, 100, 8, 0644);
  put(header, 108, 8, 0);
  put(header, 116, 8, 0);
  put(header, 124, 12, content.size());
  put(header, 136, 12, 0);
  header[156] = '0';
  header.replace(257, 8, std::string("ustar\00000", 8));
  header.replace(148, 8, std::string(8, ' '));
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(header, 148, 7, sum);
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}

/// Many members, every seventh with the marker in it.
std::string many_members() {
  std::string tar;
  for (int i = 0; i < 500; ++i) {
    std::string content(static_cast<std::size_t>(i) * 37 % 5000,
                        static_cast<char>('a' + i % 26));
    if (i % 7 == 0) content += "marker-of-the-test";
    tar += tar_entry("file" + std::to_string(i), content);
  }
  return tar + std::string(1024, '\0');
}

Examination examine(const RuleSet& set, const std::string& bytes, unsigned jobs) {
  static constexpr const Container* kContainers[] = {&tar_container};
  const Source source = Source::from_bytes("bundle.tar", as_bytes(bytes)).take();
  const InProcessExaminer examiner(set, {.codecs = {}, .containers = kContainers}, jobs);
  return examiner.examine(source, Limits{}).take();
}

TEST_CASE("the evidence does not depend on the number of scanners") {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const RuleSet set = rules();
  const std::string tar = many_members();
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
  const RuleSet set = rules();
  static constexpr const Container* kContainers[] = {&tar_container};
  const std::string tar = many_members();
  const Source source = Source::from_bytes("bundle.tar", as_bytes(tar)).take();
  Limits limits;
  limits.members = 20;
  for (const unsigned jobs : {1U, 4U}) {
    const InProcessExaminer examiner(set, {.codecs = {}, .containers = kContainers}, jobs);
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
