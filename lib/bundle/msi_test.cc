// Packages as wixl and osslsigncode write them, cut, changed and added to.

#include <doctest/doctest.h>

#include "bundle/cfb.h"
#include "bundle/msi_kit.h"
#include "bundle/msi_name.h"
#include "bundle/msi_tables.h"
#include "bundle/stream.h"

namespace assay {

extern const Container msi_container, cab_container;

namespace {

using namespace testing;

Outcome walk_msi(std::string_view bytes, const Limits& limits = {}) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  static constexpr const Container* kBoth[] = {&msi_container, &cab_container};
  Outcome outcome;
  const auto source = Source::from_bytes("x.msi", as_bytes(bytes)).take();
  const auto summary =
      walk(source, limits, {.containers = kBoth, .requested = {"cab"}}, outcome);
  if (summary) outcome.summary = *summary;
  return outcome;
}

/// The code of the one problem of the package itself; empty if there is none.
std::string fault(std::string_view bytes, const Limits& limits = {}) {
  const auto read = read_cfb(MemoryAccess(as_bytes(bytes)), limits);
  return read ? "" : read.error().code;
}

const std::string& sample() {
  static const std::string made = wixl_msi();
  REQUIRE_FALSE(made.empty());
  return made;
}

constexpr std::size_t kLeft = 68, kRight = 72, kChild = 76, kStart = 116, kSize = 120;

TEST_CASE("msi: names are unpacked") {
  CHECK(msi_name(u"\x430b\x4131\x4735\x3c7e\x43e8\x4233\x4835") == "Binary.Helper");
  CHECK(msi_name(u"\x4840\x3f3f\x4577\x446c\x3b6a\x45e4\x4824") == "!_StringData");
  CHECK(msi_name(u"\5SummaryInformation") == "[5]SummaryInformation");
  CHECK(msi_name(u"plain \x20ac \xd83d\xde00") == "plain \xe2\x82\xac \xf0\x9f\x98\x80");
  CHECK_FALSE(is_utf8(msi_name(u"\xd83d")));
  CHECK(msi_name(u"") == "");
}

TEST_CASE("msi: streams are members, and a cabinet and what is in it are, too") {
  const Outcome seen = walk_msi(sample());
  CHECK(seen.clean());
  CHECK(seen.summary.format == "msi");
  CHECK(seen.leaves.at("x.msi!/Binary.Helper") == "helper");
  CHECK(seen.leaves.at("x.msi!/agent.cab!/agent.txt") == "agent 1.4\n");
  CHECK(seen.leaves.contains("x.msi!/!_StringPool"));
  CHECK(seen.leaves.contains("x.msi!/[5]SummaryInformation"));
  CHECK(adds_up_to(seen.summary.ledger, sample().size()));
  CHECK(seen.summary.ledger.unknown == 0);
  CHECK(seen.summary.ledger.signature == 0);
}

TEST_CASE("msi: large streams, and thousands of sectors") {
  std::string large;
  for (int i = 0; large.size() < 9'000'000; ++i) large += std::to_string(i * 77);
  const std::string package = wixl_msi("x", large);
  const Outcome seen = walk_msi(package);
  CHECK(seen.clean());
  CHECK(seen.leaves.at("x.msi!/Binary.Helper") == large);
  // More tables than the header has room for: there is a list of them in a sector.
  CHECK(field(package, 72, 4) > 0);
  CHECK(fault(with_field(package, 72, 0, 4)) == "corrupt-stream");
  const std::size_t list = cfb_sector_at(field(package, 68, 4));
  CHECK(fault(with_field(package, list, field(package, 76, 4), 4)) == "corrupt-stream");
  CHECK(fault(with_field(package, list + 508, 0, 4)) == "corrupt-stream");
}

TEST_CASE("msi: cut anywhere, and with bytes behind it") {
  for (std::size_t size = 8; size < sample().size(); size += 61) {
    CAPTURE(size);
    CHECK_FALSE(walk_msi(sample().substr(0, size)).clean());
  }
  CHECK(fault(sample().substr(0, sample().size() - kCfbSector)) == "truncated");
  CHECK(fault(sample() + "more") == "trailing-data");
  // In a sector that the tables know of, and in one they do not.
  CHECK(fault(sample() + std::string(kCfbSector, 'x')) == "trailing-data");
  CHECK(fault(sample() + std::string(200 * kCfbSector, 'x')) == "trailing-data");
  CHECK(fault(sample() + std::string(200 * kCfbSector, '\0')) == "trailing-data");
  CHECK(fault(sample() + std::string(kCfbSector, '\0')) == "");
}

TEST_CASE("msi: chains neither loop nor cross nor end early") {
  const std::string& good = sample();
  const std::uint64_t directory = field(good, 48, 4);
  const auto next = [&](std::uint64_t sector, std::uint64_t to) {
    return fault(with_field(good, cfb_fat_entry(good, sector), to, 4));
  };
  CHECK(next(directory, directory) == "corrupt-stream");
  CHECK(next(directory, field(good, 60, 4)) != "");
  CHECK(next(directory, 0x7777) == "truncated");
  CHECK(next(directory, 0xffff'ffff) == "truncated");
  CHECK(next(directory, 0xffff'fffe) == "corrupt-stream");
  CHECK(next(field(good, 76, 4), 0xffff'fffe) == "corrupt-stream");  // the FAT's own sector
  const std::uint64_t beyond = good.size() / kCfbSector - 1;
  CHECK(next(beyond, 0) == "truncated");
  // Two streams in one place.
  const std::size_t helper = cfb_record_of(good, u"\x430b\x4131\x4735\x3c7e\x43e8\x4233\x4835");
  const std::size_t cabinet = cfb_record_of(good, u"\x42a4\x4468\x47b7\x4126\x4825");
  const std::uint64_t start = field(good, helper + kStart, 4);
  CHECK(fault(with_field(with_field(good, cabinet + kStart, start, 4), cabinet + kSize, 64,
                         8)) == "corrupt-stream");
  CHECK(fault(with_field(good, helper + kSize, 65, 8)) == "size-mismatch");
  CHECK(fault(with_field(good, helper + kSize, 4096, 8)) != "");
  CHECK(fault(with_field(good, helper + kSize, std::uint64_t{1} << 32, 8)) == "corrupt-stream");
  CHECK(fault(with_field(good, helper + kSize, 0, 8)) == "corrupt-stream");
  CHECK(fault(with_field(good, helper + kSize, 5, 8)) == "unaccounted-bytes");
  CHECK(fault(with_field(good, cfb_record(good, 0) + kSize, 64, 8)) == "truncated");
  CHECK(fault(with_field(good, cfb_record(good, 0) + kSize, 1 << 20, 8)) == "size-mismatch");
}

TEST_CASE("msi: the directory is one tree in its order") {
  const std::string& good = sample();
  const std::size_t root = cfb_record(good, 0);
  const std::uint64_t first = field(good, root + kChild, 4);
  const std::size_t one = cfb_record(good, first);
  const std::uint64_t second = field(good, one + kRight, 4);
  CHECK(fault(with_field(good, one + kLeft, first, 4)) == "corrupt-stream");
  CHECK(fault(with_field(good, one + kLeft, 0, 4)) == "corrupt-stream");
  CHECK(fault(with_field(good, one + kLeft, 10000, 4)) == "corrupt-stream");
  CHECK(fault(with_field(good, root + kChild, second, 4)) == "unaccounted-bytes");
  // The greater one on the left.
  CHECK(fault(with_field(with_field(good, one + kRight, 0xffff'ffff, 4), one + kLeft, second,
                         4)) == "corrupt-stream");
  CHECK(fault(with_field(good, one + kChild, second, 4)) == "corrupt-stream");
  CHECK(fault(with_field(good, one, '/', 2)) == "unsafe-name");
  CHECK(fault(with_field(good, one + 64, 6, 2)) == "corrupt-stream");
  CHECK(fault(with_field(good, one + 66, 7, 1)) == "corrupt-stream");
  CHECK(fault(with_field(good, one + 66, 5, 1)) == "corrupt-stream");
  CHECK(fault(with_field(good, root + 66, 1, 1)) == "corrupt-stream");
  CHECK(fault(with_field(good, one + 80, 1, 1)) == "corrupt-stream");
  std::size_t number = 20;
  while (field(good, cfb_record(good, number) + 66, 1) != 0) ++number;
  const std::size_t unused = cfb_record(good, number);
  CHECK(fault(with_field(good, unused + 20, 'x', 1)) == "unaccounted-bytes");
}

TEST_CASE("msi: storages are folders") {
  const Outcome seen = walk_msi(with_storage(sample()));
  CHECK(seen.clean());
  const Member* const folder = seen.find("x.msi!/S");
  REQUIRE(folder != nullptr);
  CHECK(folder->kind == MemberKind::directory);
  CHECK(std::ranges::any_of(
      seen.leaves, [](const auto& leaf) { return leaf.first.starts_with("x.msi!/S/"); }));
}

TEST_CASE("msi: what it runs is a member") {
  const std::string dll = "msi-actions\nRunHelper\t3073\tHelper\tGo\n";
  const Outcome one = walk_msi(wixl_msi("x", "helper", kWixAction));
  CHECK(one.clean());
  CHECK(one.leaves.at("x.msi!/%CustomAction") == dll);
  CHECK(one.types.at("x.msi!/%CustomAction") == "msi-actions");
  CHECK_FALSE(walk_msi(sample()).leaves.contains("x.msi!/%CustomAction"));
  const Outcome two = walk_msi(msi_with_action("50", "COMSPEC", "/c echo"));
  CHECK(two.clean());
  CHECK(two.leaves.at("x.msi!/%CustomAction").find("Second\t50\tCOMSPEC\t/c echo\n") !=
        std::string::npos);
}

TEST_CASE("msi: tables that do not fit together") {
  const std::string good = wixl_msi("x", "helper", kWixAction);
  const std::size_t actions =
      cfb_record_of(good, u"\x4840\x3f3f\x4577\x446c\x3e6a\x44b2\x482f");  // !_StringPool
  const Outcome cut =
      walk_msi(with_field(good, actions + kSize, field(good, actions + kSize, 4) - 2, 4));
  CHECK_FALSE(cut.clean());
  const auto fault_of = [](const std::string& pool, const std::string& data,
                           const std::string& columns, const std::string& table) {
    const MsiStreams streams = [&](std::string_view name) -> Result<std::string> {
      if (name == "!_StringPool") return pool;
      if (name == "!_StringData") return data;
      if (name == "!_Columns") return columns;
      return name == "!CustomAction" ? table : "";
    };
    const auto actions_of = msi_actions(streams);
    return actions_of ? *actions_of : actions_of.error().code;
  };
  const std::string names = "CustomActionActionTargetx\ty";
  const std::string pool = little(0, 4) + little(12, 2) + little(1, 2) + little(6, 2) +
                           little(1, 2) + little(6, 2) + little(1, 2) + little(3, 2) +
                           little(1, 2);
  const std::string columns = little(1, 2) + little(1, 2) + little(0x8001, 2) +
                              little(0x8002, 2) + little(2, 2) + little(3, 2) +
                              little(0xad48, 2) + little(0x9dff, 2);
  CHECK(fault_of(pool, names, columns, little(4, 2) + little(0, 2)) ==
        "msi-actions\nx\\x09y\t\t\t\n");
  CHECK(fault_of(pool, names, columns, "") == "");
  CHECK(fault_of("", "", "", "") == "");
  CHECK(fault_of(pool, names, columns, little(5, 2) + little(0, 2)) == "corrupt-stream");
  CHECK(fault_of(pool, names, columns, "abc") == "corrupt-stream");
  CHECK(fault_of(pool, names, columns + "x", "") == "corrupt-stream");
  CHECK(fault_of(pool, names + "x", columns, "") == "corrupt-stream");
  CHECK(fault_of(pool, names.substr(1), columns, "") == "corrupt-stream");
  CHECK(fault_of(pool + "x", names, columns, "") == "corrupt-stream");
  // A string over 64 KiB has its length in the next pair.
  const std::string large(70'000, 'l');
  CHECK(fault_of(pool + little(0, 2) + little(1, 2) + little(large.size(), 4), names + large,
                 columns, little(5, 2) + little(0, 2)) == "msi-actions\n" + large + "\t\t\t\n");
  // Three bytes for a string's number.
  const std::string wide = little(1, 3) + little(0x8001, 2) + little(2, 3) + little(0xad48, 2);
  CHECK(fault_of(little(0x8000'0000, 4) + pool.substr(4), names, wide, little(4, 3)) ==
        "msi-actions\nx\\x09y\t\t\t\n");
}

TEST_CASE("msi: what belongs to nothing is zero") {
  // A sector that is free, in front of others: moved there by hand.
  std::string freed = sample() + std::string(kCfbSector, '\0');
  const std::uint64_t last = freed.size() / kCfbSector - 2;
  const std::uint64_t moved = field(freed, 60, 4);  // the small sectors' table
  freed.replace(cfb_sector_at(last), kCfbSector, freed, cfb_sector_at(moved), kCfbSector);
  freed.replace(cfb_sector_at(moved), kCfbSector, kCfbSector, '\0');
  freed = with_field(freed, cfb_fat_entry(freed, last),
                     field(freed, cfb_fat_entry(freed, moved), 4), 4);
  freed = with_field(freed, cfb_fat_entry(freed, moved), 0xffff'ffff, 4);
  freed = with_field(freed, 60, last, 4);
  CHECK(walk_msi(freed).clean());
  CHECK(fault(with_field(freed, cfb_sector_at(moved) + 77, 'x', 1)) == "unaccounted-bytes");
  CHECK(fault(with_field(freed, cfb_fat_entry(freed, moved), 0xffff'fffe, 4)) ==
        "unaccounted-bytes");
}

TEST_CASE("msi: fields of the header are what they can be") {
  const std::string& good = sample();
  for (const std::size_t at : {8U, 28U, 32U, 34U, 40U, 52U, 56U}) {
    CAPTURE(at);
    CHECK(fault(with_field(good, at, 1, 1)) == "corrupt-stream");
  }
  CHECK(fault(with_field(good, 24, 1, 2)) == "unsupported-feature");
  CHECK(fault(with_field(good, 26, 4, 2)) == "unsupported-feature");
  CHECK(fault(with_field(good, 30, 12, 2)) == "unsupported-feature");
  CHECK(fault(with_field(good, 44, 2, 4)) != "");
  CHECK(fault(with_field(good, 64, 7, 4)) == "corrupt-stream");
  CHECK(fault(with_field(good, 68, 3, 4)) == "corrupt-stream");
  CHECK(fault(with_field(good, 72, 1, 4)) == "corrupt-stream");
  CHECK(fault(with_field(good, 80, 3, 4)) == "corrupt-stream");
}

TEST_CASE("msi: limits, and compound files that are something else") {
  Limits limits;
  limits.members = 10;
  CHECK(fault(sample(), limits) == "limit-members");
  limits = {};
  limits.decoder_memory = 100;
  CHECK(fault(sample(), limits) == "limit-decoder-memory");
  // A document's class: looked into, and not understood.
  const Outcome document = walk_msi(with_field(sample(), cfb_record(sample(), 0) + 80, 6, 1));
  CHECK(document.has("unsupported-container"));
  CHECK(document.leaves.contains("x.msi!/Binary.Helper"));
}

TEST_CASE("msi: a jar behind it is told as one") {
  const std::string polyglot = sample() + zip_of({{.name = "a.class", .content = "x"}});
  const Outcome seen = walk_msi(polyglot);
  CHECK_FALSE(seen.clean());
  CHECK(seen.has("trailing-data"));
  CHECK(seen.has("ambiguous-type"));
}

}  // namespace
}  // namespace assay
