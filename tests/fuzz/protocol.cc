#include "base/bytes.h"
#include "crypto/digest.h"
#include "examine/testing.h"
#include "examine/wire.h"
#include "fuzz.h"

namespace assay::fuzz {
namespace {

const RuleSet& rules() {
  static const RuleSet rules = testing::marker_rules();
  return rules;
}

std::string encoded(const Examination& examination) {
  const std::string level = encode_level(examination.sandbox);
  return level + encode_examination(examination, level);
}

Examination honest() {
  Examination out{.format = "tar.gz", .sandbox = "seccomp+landlock7"};
  out.members = {{.path = "b!/bin/x",
                  .kind = MemberKind::file,
                  .type = "elf",
                  .size = 7,
                  .mode = 0755,
                  .sha256 = std::string(64, 'a'),
                  .scanned = true},
                 {.path = "b!/\xff\n", .kind = MemberKind::symlink, .link_target = "../x"}};
  out.findings = {{.rule = "TEST001",
                   .member = "b!/bin/x",
                   .member_sha256 = std::string(64, 'a'),
                   .offset = 3,
                   .context = "marker",
                   .why = "a test marker Seen: it."}};
  out.problems = {make_problem("truncated", "b!/bin/x", "it ends early")};
  out.coverage = {
      .bytes = 7, .depth = 1, .complete = true, .ledger = {.member = 7, .metadata = 2}};
  return out;
}

constexpr std::uint64_t kBundleSize = 9;
constexpr std::size_t kEndRecord = 5 + 8 + 4 + 32;

}  // namespace

/// The seeds are streams without their end, which nobody but a digest can guess.
std::vector<std::string> seeds() {
  std::vector<std::string> made;
  for (const Examination& it :
       {honest(), only_problem(undecided("worker-died", "x"), kBundleSize)}) {
    const std::string stream = encoded(it);
    made.push_back(stream.substr(0, stream.size() - kEndRecord));
  }
  return made;
}

namespace {

/// The End record that fits the bytes before it.
std::string end_of(std::string_view records) {
  const auto number = [](std::uint64_t value, std::size_t width) {
    std::string bytes;
    for (; width > 0; --width, value >>= 8) bytes += static_cast<char>(value & 0xff);
    return bytes;
  };
  std::uint64_t count = 0;
  for (std::size_t at = 0; at + 5 <= records.size(); ++count) {
    std::size_t size = 0;
    for (std::size_t i = 4; i > 0; --i) {
      size = size << 8 | static_cast<unsigned char>(records[at + i]);
    }
    at += 5 + size;
  }
  const auto digest = assay::digest(HashAlgorithm::sha256, as_bytes(records));
  return "E" + number(44, 4) + number(count, 8) + number(32, 4) + std::string(as_text(digest));
}

/// What is believed says no more than our own tables, and is sent as it was received.
void try_stream(std::string_view stream) {
  const auto found = decode_examination(stream, rules(), {.members = 50}, kBundleSize);
  if (!found) {
    expect(found.error().code == "worker-protocol", "a lie is called one");
    return;
  }
  expect(found->members.size() <= 51, "no more members than the limit");
  for (const Finding& it : found->findings) {
    expect(it.rule == "TEST001", "rules are ours");
    expect(it.why.starts_with("a test marker"), "so are their words");
  }
  for (const Problem& it : found->problems) {
    expect(find_reason(it.code) != nullptr, "reasons are ours");
    expect(printable(it.detail).size() <= 2 * it.detail.size(), "details are printable");
    expect(it.effect != Effect::refuses, "and never the gate's");
  }
  const std::string again = encoded(*found);
  const auto twice = decode_examination(again, rules(), {.members = 50}, kBundleSize);
  expect(bool(twice), "what was received can be sent");
  expect(encoded(*twice) == again, "and arrives as it was sent");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::fuzz;
  const std::string_view input = text(data, size);
  try_stream(input);
  try_stream(std::string(input) + end_of(input));
  return 0;
}
