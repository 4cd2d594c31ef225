// What the tests of this room examine: a tar of many members, some of which
// carry the marker of the one rule.

#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "examine/examiner.h"
#include "examine/sandboxed.h"

namespace assay {

extern const Container tar_container;

namespace testing {

inline constexpr char kRule[] = R"(
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

inline RuleSet marker_rules() {
  return RuleSet::compile(
             {{"pack.toml", "schema = \"assay-rules/1\"\nname = \"t\"\nserial = 20260101\n"},
              {"t.yar", kRule}})
      .take();
}

inline void put(std::string& tar, std::size_t at, std::size_t width, std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llo", static_cast<int>(width - 1),
                static_cast<unsigned long long>(value));
  tar.replace(at, width - 1, text, width - 1);
}

/// A ustar entry: header, content, padding.
inline std::string tar_entry(const std::string& name, const std::string& content) {
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
inline std::string many_members() {
  std::string tar;
  for (int i = 0; i < 500; ++i) {
    std::string content(static_cast<std::size_t>(i) * 37 % 5000,
                        static_cast<char>('a' + i % 26));
    if (i % 7 == 0) content += "marker-of-the-test";
    tar += tar_entry("file" + std::to_string(i), content);
  }
  return tar + std::string(1024, '\0');
}

inline Formats tar_only() {
  static constexpr const Container* kContainers[] = {&tar_container};
  return {.codecs = {}, .containers = kContainers};
}

// Containers that do to their worker what a fault in a real one could.

inline bool matches_our_bundle(Bytes head) {
  return as_text(head) == "some bytes";  // not what the nursery warms up with
}

template <void (*misdeed)()>
Result<std::unique_ptr<MemberReader>> misbehave(ByteStream& /*bytes*/,
                                                const Limits& /*limits*/) {
  misdeed();
  return undecided("unsupported-feature", "came back from its misdeed");
}

template <void (*misdeed)()>
Formats only_container() {
  static constexpr Container kContainer = {"bad", matches_our_bundle, misbehave<misdeed>,
                                           nullptr};
  static constexpr const Container* kContainers[] = {&kContainer};
  return {.codecs = {}, .containers = kContainers};
}

inline Result<Examination> examine_bytes(const Examiner& examiner, const Limits& limits = {}) {
  const Source source = Source::from_bytes("bundle", as_bytes("some bytes")).take();
  return examiner.examine(source, limits);
}

template <void (*misdeed)()>
Result<Examination> examine_with(const Limits& limits = {}) {
  const RuleSet rules = marker_rules();
  const auto examiner = SandboxedExaminer::create(rules, only_container<misdeed>(), 1);
  REQUIRE(examiner);
  return examine_bytes(*examiner, limits);
}

/// The one problem of an examination that came to nothing.
inline Problem only_problem(const Result<Examination>& found) {
  REQUIRE(found);
  CHECK_FALSE(found->coverage.complete);
  REQUIRE(found->problems.size() == 1);
  CHECK(found->problems.front().effect == Effect::indeterminate);
  return found->problems.front();
}

}  // namespace testing
}  // namespace assay
