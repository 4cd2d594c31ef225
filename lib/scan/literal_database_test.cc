#include "scan/literal_database.h"

#include <doctest/doctest.h>

#include <string>

#include "scan/pack_test.h"
#include "scan/scanner.h"

namespace assay {
namespace {

const std::vector<SoughtLiteral> kSought = {
    {.bytes = "needle", .once = true, .number = 3},
    {.bytes = "THREAD", .caseless = true, .once = true, .number = 5}};

TEST_CASE("a prepared database is taken for what it was made of, and for nothing else") {
  const std::string one = prepare_database(kSought);
  REQUIRE_FALSE(one.empty());
  const std::string others = prepare_database({{.bytes = "others", .number = 1}}) + one;
  CHECK(is_prepared(kSought, one));
  CHECK(is_prepared(kSought, others));
  if (__builtin_cpu_supports("avx2") != 0) CHECK(prepared_database(kSought, others));
  CHECK_FALSE(is_prepared(kSought, ""));
  std::vector<SoughtLiteral> changed = kSought;
  changed[0].number = 4;
  CHECK_FALSE(is_prepared(changed, others));
  changed = kSought;
  changed[1].caseless = false;
  CHECK_FALSE(is_prepared(changed, others));
  changed.pop_back();
  CHECK_FALSE(is_prepared(changed, others));
}

TEST_CASE("whatever was prepared, there is a database in the end") {
  const std::string good = prepare_database(kSought);
  CHECK(literal_database(kSought, good));
  CHECK(literal_database(kSought, ""));
  CHECK(literal_database(kSought, good.substr(0, good.size() / 2)));
  std::string damaged = good;
  for (std::size_t at = 32; at < damaged.size(); at += 97) {
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
  }
  CHECK_FALSE(prepared_database(kSought, damaged));
  CHECK(literal_database(kSought, damaged));
}

TEST_CASE("prepared rules find what the others find") {
  const RuleSet prepared =
      RuleSet::compile(built_in_rules().take(), {}, pack().prepare()).take();
  for (const std::string& content :
       {elf(kConstants + kWords), std::string("#!/bin/sh\necho good\n"),
        std::string(9 << 20, '.') + elf(kConstants + kWords)}) {
    Scanner with(prepared), without(pack());
    const Member member{.path = "a", .type = "elf"};
    const auto left = with.scan(member, as_bytes(content));
    const auto right = without.scan(member, as_bytes(content));
    REQUIRE(left);
    REQUIRE(right);
    REQUIRE(left->size() == right->size());
    for (std::size_t i = 0; i < left->size(); ++i) {
      CHECK((*left)[i].rule == (*right)[i].rule);
      CHECK((*left)[i].offset == (*right)[i].offset);
    }
  }
}

}  // namespace
}  // namespace assay
