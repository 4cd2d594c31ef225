#include "bundle/passage.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

constexpr std::size_t kSize = std::size_t{1} << 20;

/// A program whose last thing is its table of sections.
std::string program() {
  std::string made(
      "\x7f"
      "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0\1\0\0\0",
      24);
  made.resize(kSize, '\0');
  const std::uint64_t table = kSize - 64;
  std::memcpy(made.data() + 40, &table, sizeof table);
  made[58] = 64;
  made[60] = 1;
  return made;
}

bool may(const std::string& bytes, std::uint64_t size) {
  return may_pass(as_bytes(std::string_view(bytes).substr(0, kPassageHead)), size);
}

std::string tarred(const std::map<std::string, std::string>& files) {
  return packed_by("tar --format=ustar --exclude=out -cf out *", files);
}

/// Takes all and remembers it.
struct Taker final : Passage {
  explicit Taker(std::string& into) : taken(into) {}
  void piece(Bytes bytes) override { taken += as_text(bytes); }
  bool end(Member) override { return true; }
  std::string& taken;
};

/// Lets everything pass.
struct PassingVisitor final : Visitor {
  void member(Member) override {}
  void leaf(Member, Content) override { ++held; }
  void problem(Problem) override {}
  std::unique_ptr<Passage> pass(std::uint64_t) override {
    return std::make_unique<Taker>(taken);
  }
  std::string taken{};
  int held = 0;
};

Result<WalkSummary> walk_passing(const std::string& bytes, PassingVisitor& visitor) {
  const Source source = Source::from_bytes("t.tar", as_bytes(bytes)).take();
  return walk(source, Limits{}, formats(), visitor);
}

TEST_CASE("a program passes when its tables reach to its end") {
  const std::string good = program();
  CHECK(may(good, kSize));
  CHECK_FALSE(may(good, kSize + 1));  // something behind it
  CHECK_FALSE(may("#!/bin/sh\n" + good, kSize));
  std::string bootable = good;
  bootable.replace(510, 2, "\x55\xaa");
  CHECK_FALSE(may(bootable, kSize));
  std::string image = good;
  image.replace(32769, 5, "CD001");
  CHECK_FALSE(may(image, kSize));
  std::string stub = good;
  stub[60] = 0;  // no section is counted, and none says how many there are
  CHECK_FALSE(may(stub, kSize));
  CHECK_FALSE(may(good.substr(0, 40), 40));
}

TEST_CASE("what passes is given whole and not held") {
  PassingVisitor visitor;
  REQUIRE(walk_passing(tarred({{"lib.so", program()}, {"a.txt", "text"}}), visitor));
  CHECK(visitor.taken == program());
  CHECK(visitor.held == 1);
}

TEST_CASE("what turns out to be something else ends the walk, to be held") {
  for (const std::string& end :
       {std::string("PK\5\6") + std::string(18, '\0'), "koly" + std::string(508, '\0'),
        "conectix" + std::string(504, '\0')}) {
    std::string twofold = program();
    twofold.replace(kSize - end.size(), end.size(), end);
    PassingVisitor visitor;
    const auto walked = walk_passing(tarred({{"lib.so", twofold}}), visitor);
    REQUIRE_FALSE(walked);
    CHECK(walked.error().code == kMustHold);
  }
}

TEST_CASE("a program that is cut short is a broken bundle, as when it is held") {
  const std::string whole = tarred({{"lib.so", program()}});
  PassingVisitor visitor;
  const auto walked = walk_passing(whole.substr(0, kSize / 2), visitor);
  REQUIRE(walked);
  CHECK_FALSE(walked->complete);
}

}  // namespace
}  // namespace assay
