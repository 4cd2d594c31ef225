#include "examine/wire.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

#include "crypto/digest.h"
#include "examine/testing.h"

namespace assay {
namespace {

Examination honest() {
  Examination out;
  out.format = "tar.gz";
  out.members = {{.path = "b!/bin/x",
                  .kind = MemberKind::file,
                  .type = "elf",
                  .size = 7,
                  .mode = 0755,
                  .sha256 = std::string(64, 'a'),
                  .scanned = true},
                 {.path = std::string("b!/\xff\x00\n", 6),
                  .kind = MemberKind::symlink,
                  .link_target = "../x"}};
  out.findings = {{.rule = "TEST001",
                   .member = "b!/bin/x",
                   .member_sha256 = std::string(64, 'a'),
                   .offset = 3,
                   .context = "marker",
                   .why = "a test marker Seen: it."}};
  out.problems = {make_problem("truncated", "b!/bin/x", "it ends early")};
  out.coverage = {
      .bytes = 7, .depth = 1, .complete = true, .ledger = {.member = 7, .metadata = 3}};
  return out;
}

std::string stream(const Examination& examination) {
  const std::string level = encode_level("seccomp");
  return level + encode_examination(examination, level);
}

constexpr std::uint64_t kBundleSize = 10;

Result<Examination> decode(std::string_view bytes, const Limits& limits = {},
                           const Keeping& keep = {}) {
  static const RuleSet rules = testing::marker_rules();
  return decode_examination(bytes, rules, limits, kBundleSize, keep);
}

void expect_refused(std::string_view bytes) {
  const auto found = decode(bytes);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == "worker-protocol");
  CHECK(found.error().kind == Error::Kind::undecided);
}

TEST_CASE("what an honest worker sends arrives") {
  const auto found = decode(stream(honest()));
  REQUIRE(found);
  CHECK(found->sandbox == "seccomp");
  CHECK(found->format == "tar.gz");
  CHECK(found->members[1].path == honest().members[1].path);
  CHECK(found->members[1].link_target == "../x");
  CHECK(found->members[0].sha256 == std::string(64, 'a'));
  CHECK(found->coverage.members == 1);
  CHECK(found->coverage.scanned == 1);
  CHECK(found->coverage.complete);
  CHECK(found->coverage.ledger.member == 7);
  CHECK(found->coverage.ledger.metadata == 3);
  REQUIRE(found->findings.size() == 1);
  CHECK(found->findings[0].severity ==
        Severity::high);  // the rule's own word, not the worker's
  CHECK(found->findings[0].why == "a test marker Seen: it.");
  CHECK(found->findings[0].context == "marker");
  CHECK(found->problems[0].effect == Effect::fails);
}

TEST_CASE("every cut and every changed byte of a stream is noticed") {
  const std::string good = stream(honest());
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(i);
    expect_refused(good.substr(0, i));
    for (const unsigned bit : {1U, 0x80U}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ bit);
      expect_refused(bad);
    }
  }
  expect_refused(good + '\0');
  expect_refused(good + good);
}

// From here on the lies are consistent: count and digest of the End fit them.

std::string le(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xffU);
  return bytes;
}
std::string text(const std::string& value) {
  return le(value.size(), 4) + value;
}
std::string record(char type, const std::string& payload) {
  return std::string(1, type) + le(payload.size(), 4) + payload;
}
std::string member(const std::string& path, std::uint64_t kind = 1,
                   const std::string& type = "elf",
                   const std::string& digest = std::string(32, 'd'), char scanned = 1) {
  return record('M', le(kind, 1) + text(type) + le(1, 8) + le(0644, 4) + text(digest) +
                         std::string(1, scanned) + text(path) + text(""));
}
std::string finding(const std::string& rule, std::uint64_t index,
                    const std::string& context = "c",
                    const std::string& why = "a test marker") {
  return record('F', text(rule) + le(index, 4) + le(0, 8) + text(context) + text(why));
}
std::string problem(const std::string& code, const std::string& detail = "d") {
  return record('P', text(code) + text("m") + text(detail));
}
std::string summary(const std::string& format = "tar", char complete = 1,
                    const std::vector<std::uint64_t>& ledger = {10, 0, 0, 0, 0}) {
  std::string counts;
  for (const std::uint64_t count : ledger) counts += le(count, 8);
  return record('S', text(format) + le(1, 8) + le(1, 8) + std::string(1, complete) + counts);
}
const std::string kLevel = record('L', text("seccomp"));

/// The records with an End that fits them.
std::string ended(const std::vector<std::string>& records, std::uint64_t too_many = 0) {
  std::string bytes;
  for (const std::string& one : records) bytes += one;
  const auto digest = assay::digest(HashAlgorithm::sha256, as_bytes(bytes));
  return bytes + record('E', le(records.size() + too_many, 8) +
                                 text(std::string(as_text(Bytes(digest)))));
}

TEST_CASE("the liar's own encoder tells the truth when asked to") {
  CHECK(decode(
      ended({kLevel, member("a"), finding("TEST001", 0), problem("truncated"), summary()})));
  for (const std::string note : {"case-collision", "setuid-member", "world-writable"}) {
    const auto found = decode(ended({kLevel, member("a"), problem(note), summary()}));
    REQUIRE(found);
    CHECK(found->problems.at(0).effect == Effect::note);
  }
}

TEST_CASE("lies that are consistent in themselves") {
  const std::string m = member("a"), s = summary();
  const std::vector<std::vector<std::string>> lies = {
      {},
      {kLevel},
      {s},
      {kLevel, m},
      {m, s},
      {kLevel, kLevel, m, s},
      {kLevel, m, s, s},
      {kLevel, m, s, m},
      {kLevel, m, s, problem("truncated")},
      {kLevel, m, problem("truncated"), m, s},
      {kLevel, m, finding("TEST001", 0), m, s},
      {kLevel, finding("TEST001", 0), s},
      {kLevel, m, finding("TEST001", 1), s},
      {kLevel, m, finding("TEST001", 0xffffffff), s},
      {kLevel, m, finding("NOSUCH", 0), s},
      {kLevel, m, finding("TEST001", 0, "c", ""), s},
      {kLevel, m, finding("TEST001", 0, "c", "a harmless marker"), s},
      {kLevel, m, finding("TEST001", 0, "c", "a test marker\x1b[2K"), s},
      {kLevel, m, finding("", 0), s},
      {kLevel, m, finding("TEST001", 0, std::string(33, 'c')), s},
      {kLevel, m, problem("no-such-reason"), s},
      {kLevel, m, problem("unknown-key"), s},      // a note: decides nothing
      {kLevel, m, problem("verdict-expired"), s},  // the gate's, not the worker's
      {kLevel, m, problem("truncated", "\x1b[2J"), s},
      {kLevel, m, problem("truncated", "a\nb"), s},
      {kLevel, m, problem("truncated", std::string(5000, 'd')), s},
      {kLevel, member("a", 6), s},
      {kLevel, member("a", 255), s},
      {kLevel, member("a", 1, "e l f"), s},
      {kLevel, member("a", 1, std::string(65, 'e')), s},
      {kLevel, member("a", 1, "elf", "short"), s},
      {kLevel, member("a", 1, "elf", "", 1), s},  // scanned, and no digest
      {kLevel, member("a", 1, "elf", std::string(32, 'd'), 2), s},
      {kLevel, member(std::string(40000, 'p')), s},
      {kLevel, record('M', std::string(70000, 'x')), s},
      {kLevel, m + "x", s},
      {kLevel, record('M', m.substr(5) + "x"), s},
      {kLevel, record('Q', ""), m, s},
      {kLevel, m, record('E', le(2, 8)), s},
      {kLevel, m, summary("")},
      {kLevel, m, summary("tar", 7)},
      {kLevel, m, summary("tar", 1, {9, 0, 0, 0, 0})},
      {kLevel, m, summary("tar", 1, {10, 0, 0, 0, 1})},
      {kLevel, m, summary("tar", 1, {0, 0, 0, 0, 0})},
      {kLevel, m, summary("tar", 1, {~std::uint64_t{0}, 11, 0, 0, 0})},  // wraps to 10
      {kLevel, m, summary("tar", 1, {10, 0, 0, 0})},
      {kLevel, m, summary("tar", 1, {10, 0, 0, 0, 0, 0})},
      {record('L', text("")), m, s},
      {record('L', text("\x1b[2J")), m, s},
      {record('L', text("seccomp+everything")), m, s},
      {record('L', text("seccomp+landlock-7")), m, s},
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    CAPTURE(i);
    expect_refused(ended(lies[i]));
  }
  expect_refused(ended({kLevel, m, s}, 1));
  std::string huge = kLevel + "M\xff\xff\xff\xff";
  expect_refused(huge);
  MESSAGE(fmt::format("{} lies refused", lies.size() + 2));
}

std::string piece(std::uint64_t place, const std::string& bytes) {
  return record('K', le(place, 4) + text(bytes));
}

TEST_CASE("members are kept where that was asked for, whole and as their digests say") {
  const auto raw_digest = [](std::string_view bytes) {
    return std::string(as_text(Bytes(assay::digest(HashAlgorithm::sha256, as_bytes(bytes)))));
  };
  const std::string a = member("a.yar", 1, "text", raw_digest("rule"));
  const std::string b = member("b.yar", 1, "text", raw_digest(""));
  const std::string c = member("c.txt", 1, "text", raw_digest("text"));
  const std::string s = summary();
  const Keeping keep{.endings = {".yar"}, .max_bytes = 4};
  const auto found = decode(
      ended({kLevel, a, b, c, piece(0, "ru"), piece(0, "le"), piece(1, ""), s}), {}, keep);
  REQUIRE(found);
  REQUIRE(found->kept.size() == 2);
  CHECK(found->kept[0].bytes == "rule");
  CHECK(found->kept[1].place == 1);

  const std::vector<std::vector<std::string>> lies = {
      {kLevel, a, b, c, piece(0, "ru"), s},                   // a part of it
      {kLevel, a, b, c, piece(0, "rulE"), s},                 // something else
      {kLevel, a, b, c, piece(1, ""), piece(0, "rule"), s},   // out of order
      {kLevel, a, b, c, piece(2, "text"), s},                 // nobody asked for it
      {kLevel, a, b, c, piece(3, "rule"), s},                 // there is no such member
      {kLevel, a, b, c, piece(0, "rule"), piece(1, "x"), s},  // more than there is room for
      {kLevel, a, b, piece(0, "rule"), c, s},
      {kLevel, a, problem("truncated"), piece(0, "rule"), s},
      {kLevel, piece(0, "rule"), a, s},
      {kLevel, a, piece(0, "rule") + "x", s},
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    CAPTURE(i);
    CHECK_FALSE(decode(ended(lies[i]), {}, keep));
  }
  CHECK_FALSE(decode(ended({kLevel, a, piece(0, "rule"), s})));  // nothing was to be kept
}

TEST_CASE("more members than the limit are a lie") {
  std::vector<std::string> records = {kLevel};
  for (int i = 0; i < 12; ++i) records.push_back(member("m" + std::to_string(i)));
  records.push_back(summary());
  CHECK(decode(ended(records)));
  Limits limits;
  limits.members = 5;
  CHECK_FALSE(decode(ended(records), limits));
}

}  // namespace
}  // namespace assay
