// A large program is told by its bytes as they pass what is told of it when it is held.

#include "scan/passing_scan.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "scan/inspector.h"
#include "scan/pack_test.h"
#include "scan/scanner.h"

namespace assay {
namespace {

// The scan is told that it is large, and need not be.
constexpr std::size_t kLarge = std::size_t{3} << 19;

/// A program of `kLarge` bytes with these texts at these places, the last thing its table
/// of sections.
std::string large_program(
    std::initializer_list<std::pair<std::size_t, std::string_view>> texts) {
  std::string program(kLarge, '.');
  std::string header(
      "\x7f"
      "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0\1\0\0\0",
      24);
  header.resize(64, '\0');
  const std::uint64_t table = kLarge - 64;
  std::memcpy(header.data() + 40, &table, sizeof table);
  header[58] = 64;  // e_shentsize
  header[60] = 1;   // e_shnum
  program.replace(0, header.size(), header);
  program.replace(table, 64, std::string(64, '\0'));
  for (const auto& [at, text] : texts) program.replace(at, text.size(), text);
  return program;
}

Member program_member() {
  return {.path = "a!/libbig.so", .type = "elf", .sha256 = "5e"};
}

std::optional<std::vector<Finding>> passed(const std::string& content, std::size_t step) {
  const auto scan = PassingScan::start(pack(), kLargestHeldElf + 1);
  REQUIRE(scan != nullptr);
  for (std::size_t at = 0; at < content.size(); at += step) {
    scan->piece(as_bytes(std::string_view(content).substr(at, step)));
  }
  return scan->finish(program_member());
}

std::vector<Finding> held(const std::string& content) {
  Scanner scanner(pack());
  auto found = scanner.scan_as_it_is(program_member(), as_bytes(content));
  REQUIRE(found);
  return *found;
}

void same(const std::vector<Finding>& left, const std::vector<Finding>& right) {
  REQUIRE(left.size() == right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    CAPTURE(left[i].rule);
    CHECK(left[i].rule == right[i].rule);
    CHECK(left[i].offset == right[i].offset);
    CHECK(left[i].context == right[i].context);
    CHECK(left[i].member_sha256 == right[i].member_sha256);
  }
}

constexpr std::string_view kStops("\0ptrace\0", 8), kMaps = "/proc/%d/maps", kOpens = "dlopen";

TEST_CASE("what passes is found as what is held, however it is cut") {
  // Across the border of two windows, at the very end, twice.
  const std::size_t border = std::size_t{256} << 10;
  const std::string programs[] = {
      large_program({}), large_program({{100, kStops}, {5000, kMaps}, {kLarge - 100, kOpens}}),
      large_program({{border - 4, kStops}, {2 * border + 3, kMaps}, {3 * border, kOpens}}),
      large_program({{kLarge - 72, kStops}, {kLarge - 90, kMaps}, {kLarge - 200, kOpens}}),
      large_program({{9000, kStops}, {8000, kMaps}, {90000, kStops}, {700000, kOpens}})};
  bool any = false;
  for (const std::string& program : programs) {
    const std::vector<Finding> expected = held(program);
    any |= !expected.empty();
    for (const std::size_t step : {kLarge, std::size_t{512} << 10, std::size_t{40961}}) {
      const auto found = passed(program, step);
      REQUIRE(found);
      same(*found, expected);
    }
  }
  CHECK(any);
}

TEST_CASE("a text at every place around a border is found once, where it stands") {
  for (std::size_t shift = 0; shift < 160; ++shift) {
    CAPTURE(shift);
    const std::size_t at = (std::size_t{256} << 10) - 40 + shift;
    const std::string program =
        large_program({{at, kStops}, {500000, kMaps}, {600000, kOpens}});
    const auto found = passed(program, std::size_t{1} << 20);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().rule == "DUAL021");
    CHECK(found->front().offset == at);
    CHECK(found->front().context == program.substr(at, 32));
  }
}

TEST_CASE("what libyara must decide has to be held") {
  const std::string program = large_program({{1 << 18, kConstants}, {1 << 19, kWords}});
  CHECK_FALSE(held(program).empty());
  const auto found = passed(program, std::size_t{1} << 20);
  if (found) same(*found, held(program));
}

TEST_CASE("what UPX packed is held, to be unpacked") {
  CHECK_FALSE(passed(large_program({{240, "UPX!"}}), std::size_t{1} << 20));
}

TEST_CASE("a small program is held") {
  CHECK(PassingScan::start(pack(), kLargestHeldElf) == nullptr);
}

}  // namespace
}  // namespace assay
