// rpm: made by hand where it must lie, by rpmbuild where that is at hand.

#include <doctest/doctest.h>

#include "bundle/rpm_header.h"
#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

std::string big(std::uint64_t value, std::size_t count = 4) {
  std::string bytes = little(value, count);
  std::ranges::reverse(bytes);
  return bytes;
}

struct Tag {
  std::uint32_t tag = 0;
  std::uint32_t type = 6;
  std::uint32_t count = 1;
  std::string value{};
};
Tag text(std::uint32_t tag, const std::string& value) {
  return {.tag = tag, .value = value + '\0'};
}
Tag texts(std::uint32_t tag, const std::vector<std::string>& values) {
  Tag made{.tag = tag, .type = 8, .count = static_cast<std::uint32_t>(values.size())};
  for (const std::string& value : values) made.value += value + '\0';
  return made;
}
Tag numbers(std::uint32_t tag, std::uint32_t type, const std::vector<std::uint64_t>& values) {
  Tag made{.tag = tag, .type = type, .count = static_cast<std::uint32_t>(values.size())};
  for (const std::uint64_t value : values) made.value += big(value, type == 3 ? 2 : 4);
  return made;
}
Tag number(std::uint32_t tag, std::uint64_t value) {
  return {.tag = tag, .type = 4, .value = big(value)};
}

struct HeaderParts {
  std::string index{};
  std::string store{};
  std::string whole() const {
    return "\x8e\xad\xe8\x01\0\0\0\0"s + big(index.size() / 16) + big(store.size()) + index +
           store;
  }
};

HeaderParts header_parts(std::uint32_t region, const std::vector<Tag>& tags) {
  HeaderParts parts;
  for (const Tag& tag : tags) {
    const std::size_t width = tag.type == 4 ? 4 : tag.type == 3 ? 2 : 1;
    parts.store.resize((parts.store.size() + width - 1) / width * width);
    parts.index += big(tag.tag) + big(tag.type) + big(parts.store.size()) + big(tag.count);
    parts.store += tag.value;
  }
  const std::string head = big(region) + big(7);
  parts.index = head + big(parts.store.size()) + big(16) + parts.index;
  parts.store += head + big(~parts.index.size() + 1) + big(16);
  return parts;
}

/// One line of the list of files.
struct Line {
  std::string name = "a";
  std::uint64_t mode = 0100644;
  std::uint64_t size = 5;
  std::string sha256 = sha256_hex(as_bytes("alpha"));
  std::string target{};
  std::uint64_t flags = 0;
  std::uint64_t inode = 1;
};

/// The list as rpm writes it, all in the root.
std::vector<Tag> list_of(const std::vector<Line>& lines) {
  if (lines.empty()) return {};
  std::vector<std::string> names, digests, targets;
  std::vector<std::uint64_t> modes, sizes, flags, inodes;
  for (const Line& line : lines) {
    names.push_back(line.name);
    digests.push_back(line.sha256);
    targets.push_back(line.target);
    modes.push_back(line.mode);
    sizes.push_back(line.size);
    flags.push_back(line.flags);
    inodes.push_back(line.inode);
  }
  const std::vector<std::uint64_t> none(lines.size());
  return {numbers(1028, 4, sizes),  numbers(1030, 3, modes), texts(1035, digests),
          texts(1036, targets),     numbers(1037, 4, flags), numbers(1095, 4, none),
          numbers(1096, 4, inodes), numbers(1116, 4, none),  texts(1117, names),
          texts(1118, {"/"}),       number(5011, 8)};
}

/// What may lie in an rpm, and what then is made of it.
struct Rpm {
  std::vector<Tag> tags = {text(1000, "agent"),   text(1023, "echo pre"),
                           text(1085, "/bin/sh"), text(1086, "/sbin/ldconfig"),
                           text(1124, "cpio"),    text(1125, "gzip")};
  std::vector<Line> files = {Line{}};
  std::vector<Tag> signatures{};
  std::string payload{};
  bool digests = true;
  std::string lead = "\xed\xab\xee\xdb\3\0\0\0\0\1"s + "agent" + std::string(61, '\0') +
                     "\0\1\0\5"s + std::string(16, '\0');

  std::string bytes() const {
    std::vector<Tag> all = tags;
    for (const Tag& tag : list_of(files)) all.push_back(tag);
    if (digests) {
      all.push_back({.tag = 5092, .type = 8, .value = sha256_hex(as_bytes(payload)) + '\0'});
      all.push_back(number(5093, 8));
    }
    const std::string header = header_parts(63, all).whole();
    std::vector<Tag> signs = signatures;
    if (digests) {
      signs.push_back(text(273, sha256_hex(as_bytes(header))));
      signs.push_back(number(1000, header.size() + payload.size()));
    }
    signs.push_back({.tag = 1008, .type = 7, .count = 32, .value = std::string(32, '\0')});
    std::string signature = header_parts(62, signs).whole();
    signature.resize((signature.size() + 7) / 8 * 8);
    return lead + signature + header + payload;
  }
};

std::string cpio(const std::string& command = "cat") {
  return packed_by("echo a | cpio -o -H newc | " + command + " > out", {{"a", "alpha"}});
}

Rpm good() {
  Rpm rpm;
  rpm.payload = cpio("gzip -n");
  return rpm;
}

Outcome walk_rpm(const Rpm& rpm) {
  return walk_bytes("x", rpm.bytes());
}

TEST_CASE("rpm: scripts, header and payload are members") {
  const Outcome seen = walk_rpm(good());
  CHECK(seen.clean());
  CHECK(seen.summary.format == "rpm");
  CHECK(seen.leaves.at("x!/%pre") == "#!/bin/sh\necho pre");
  CHECK(seen.leaves.at("x!/%post") == "#!/sbin/ldconfig\n");
  CHECK(seen.types.at("x!/%pre") == "script");
  CHECK(seen.leaves.at("x!/%header").find("agent") != std::string::npos);
  CHECK(seen.leaves.at("x!/payload.cpio.gz!/a") == "alpha");
  const Ledger& ledger = seen.summary.ledger;
  CHECK(adds_up_to(ledger, good().bytes().size()));
  CHECK(ledger.signature > 0);
  CHECK(ledger.padding >= 32);
}

TEST_CASE("rpm: triggers, one member each, with its own program") {
  Rpm rpm = good();
  rpm.tags.insert(rpm.tags.begin() + 3,
                  {{.tag = 1065, .type = 8, .count = 2, .value = "one\0two\0"s},
                   {.tag = 1092, .type = 8, .count = 2, .value = "/bin/sh\0<lua>\0"s}});
  const Outcome seen = walk_rpm(rpm);
  CHECK(seen.clean());
  CHECK(seen.leaves.at("x!/%trigger-1") == "#!/bin/sh\none");
  CHECK(seen.leaves.at("x!/%trigger-2") == "#!<lua>\ntwo");
}

TEST_CASE("rpm: digests and sizes are held against the bytes") {
  Rpm rpm = good();
  std::string bytes = rpm.bytes();
  const std::size_t at = bytes.find("echo pre");
  std::string changed = bytes;
  changed[at] ^= 1;
  CHECK(walk_bytes("x", changed).has("checksum-mismatch", "x"));
  changed = bytes;
  changed[changed.size() - 20] ^= 1;
  CHECK(walk_bytes("x", changed).has("checksum-mismatch", "x"));
  CHECK(walk_bytes("x", bytes + "junk").has("trailing-data"));
  CHECK_FALSE(walk_bytes("x", bytes.substr(0, bytes.size() - 1)).clean());
  rpm.tags.push_back({.tag = 5092, .type = 8, .value = std::string(64, '0') + '\0'});
  rpm.tags.push_back(number(5093, 10));
  rpm.digests = false;
  CHECK(walk_rpm(rpm).has("unsupported-feature", "x"));
}

TEST_CASE("rpm: the payload holds what the header lists") {
  const std::string where = "x!/payload.cpio.gz";
  const auto with = [](const std::vector<Line>& files) {
    Rpm rpm = good();
    rpm.files = files;
    return walk_rpm(rpm);
  };
  CHECK(with({Line{}}).clean());
  CHECK(with({}).has("ambiguous-type", where + "!/a"));
  CHECK(with({{.name = "b"}}).has("ambiguous-type", where + "!/a"));
  CHECK(with({Line{}, {.name = "b", .inode = 2}}).has("ambiguous-type", where));
  CHECK(with({Line{}, {.name = "b", .flags = 64, .inode = 2}}).clean());  // a ghost
  CHECK(with({{.flags = 64}}).has("ambiguous-type", where + "!/a"));
  CHECK(with({Line{}, Line{}}).has("ambiguous-type", "x"));
  CHECK(with({{.mode = 0100755}}).has("ambiguous-type", where + "!/a"));
  CHECK(with({{.mode = 0104644}}).has("ambiguous-type", where + "!/a"));
  CHECK(with({{.mode = 0040644}}).has("ambiguous-type", where + "!/a"));
  CHECK(with({{.size = 6}}).has("size-mismatch", where + "!/a"));
  CHECK(with({{.sha256 = sha256_hex({})}}).has("checksum-mismatch", where + "!/a"));
  CHECK(with({{.sha256 = ""}}).clean());
}

TEST_CASE("rpm: a listed link, and one file under two names") {
  Rpm rpm = good();
  const auto with = [&](const std::string& command, const std::vector<Line>& files) {
    rpm.files = files;
    rpm.payload = packed_by(command + " | cpio -o -H newc | gzip -n > out", {{"a", "alpha"}});
    return walk_rpm(rpm);
  };
  const std::string link = "ln -s a l && echo l";
  const Line listed{.name = "l", .mode = 0120777, .size = 1, .sha256 = "", .target = "a"};
  CHECK(with(link, {listed}).clean());
  CHECK(with(link, {Line{.name = "l"}}).has("ambiguous-type"));
  Line other = listed;
  other.target = "/etc/passwd";
  CHECK(with(link, {other}).has("ambiguous-type"));
  const std::string twins = "ln a b && printf 'a\\nb\\n'";
  CHECK(with(twins, {Line{}, {.name = "b"}}).clean());
  CHECK(with(twins, {Line{}, {.name = "b", .inode = 2}}).has("size-mismatch"));
  CHECK(with(twins, {{.sha256 = "0"}, {.name = "b", .sha256 = "0"}}).has("checksum-mismatch"));
  const std::string empty = ": > a && " + twins;
  CHECK(with(empty, {Line{}, {.name = "b"}}).has("ambiguous-type"));
}

TEST_CASE("rpm: a list whose columns do not fit") {
  const auto without = [](std::uint32_t tag) {
    Rpm rpm = good();
    std::vector<Tag> list = list_of(rpm.files);
    std::erase_if(list, [&](const Tag& t) { return t.tag == tag; });
    rpm.files.clear();
    rpm.tags.insert(rpm.tags.end(), list.begin(), list.end());
    return walk_rpm(rpm);
  };
  for (const std::uint32_t tag : {1028U, 1030U, 1095U, 1116U, 1118U}) {
    CAPTURE(tag);
    CHECK(without(tag).has("corrupt-stream", "x"));
  }
  CHECK(without(1035).clean());
  Rpm rpm = good();
  rpm.tags.push_back(texts(1027, {"a"}));
  CHECK(walk_rpm(rpm).has("ambiguous-type", "x"));
}

TEST_CASE("rpm: the payload is what the header calls it") {
  Rpm rpm = good();
  rpm.payload = cpio("xz");
  CHECK(walk_rpm(rpm).has("corrupt-stream", "x!/payload.cpio.gz"));
  rpm.payload = "no archive";
  CHECK(walk_rpm(rpm).has("corrupt-stream", "x!/payload.cpio.gz"));
  rpm.tags.back() = text(1125, "lzma");
  CHECK(walk_rpm(rpm).has("unsupported-container"));
  rpm.tags.back() = text(1125, "secret");
  CHECK(walk_rpm(rpm).has("unsupported-feature"));
  rpm.tags.pop_back();
  rpm.payload = cpio();
  CHECK(walk_rpm(rpm).leaves.at("x!/payload.cpio!/a") == "alpha");
  rpm.tags.back() = text(1124, "drpm");
  CHECK(walk_rpm(rpm).has("unsupported-feature"));
  rpm = good();
  rpm.payload = filtered("gzip -n", "07070X" + big(0));
  CHECK(walk_rpm(rpm).has("unsupported-feature", "x!/payload.cpio.gz"));
}

TEST_CASE("rpm: signature headers hold signatures") {
  Rpm rpm = good();
  rpm.signatures = {text(1000 + 23, "echo pre")};
  CHECK(walk_rpm(rpm).has("corrupt-stream"));
  rpm.signatures = {{.tag = 1005, .type = 7, .count = 9, .value = "signature"}};
  CHECK(walk_rpm(rpm).clean());
  std::string bytes = rpm.bytes();
  bytes[bytes.find("signature") + 9 + 64 + 1 + 20] = 'x';  // somewhere in what is reserved
  CHECK_FALSE(walk_bytes("x", bytes).clean());
}

TEST_CASE("rpm: the lead says nothing") {
  Rpm rpm = good();
  rpm.lead[40] = 'x';
  CHECK(walk_rpm(rpm).has("corrupt-stream"));
  rpm = good();
  rpm.lead[90] = 'x';
  CHECK(walk_rpm(rpm).has("corrupt-stream"));
  rpm = good();
  rpm.lead[4] = 9;
  CHECK(walk_rpm(rpm).has("unsupported-feature"));
}

// --- one header ----------------------------------------------------------------

Result<RpmHeader> parsed(const HeaderParts& parts) {
  const std::string whole = parts.whole();
  const auto lengths = RpmHeader::read_intro(as_bytes(whole).first(RpmHeader::kIntro));
  if (!lengths) return lengths.error();
  const Bytes body = as_bytes(whole).subspan(RpmHeader::kIntro);
  return RpmHeader::parse({body.begin(), body.end()}, *lengths, 63);
}

const std::vector<Tag> kTags = {text(1000, "name"),
                                number(1009, 77),
                                {.tag = 1117, .type = 8, .count = 2, .value = "a\0bc\0"s}};

TEST_CASE("rpm header: values") {
  const auto header = parsed(header_parts(63, kTags));
  REQUIRE(header);
  CHECK(header->texts(1000) == std::vector<std::string_view>{"name"});
  CHECK(header->texts(1117) == std::vector<std::string_view>{"a", "bc"});
  CHECK(header->number(1009) == 77);
  CHECK_FALSE(header->number(1000));
  CHECK(header->texts(1009).empty());
  CHECK(header->texts(4).empty());
}

TEST_CASE("rpm header: what no header may be") {
  const HeaderParts good_one = header_parts(63, kTags);
  const auto with = [&](std::size_t row, std::size_t field, std::uint64_t value) {
    HeaderParts parts = good_one;
    parts.index.replace(16 * row + 4 * field, 4, big(value));
    return parsed(parts);
  };
  REQUIRE(parsed(good_one));
  CHECK_FALSE(with(0, 0, 62));  // another region
  CHECK_FALSE(with(0, 2, 0));   // its end elsewhere
  CHECK_FALSE(with(0, 3, 15));
  CHECK_FALSE(with(1, 0, 1009));  // twice
  CHECK_FALSE(with(1, 0, 63));
  CHECK_FALSE(with(1, 1, 0));  // no type
  CHECK_FALSE(with(1, 1, 10));
  CHECK_FALSE(with(1, 1, 7));           // one byte of "name": the rest is nobody's
  CHECK_FALSE(with(1, 2, 0xffffffff));  // outside
  CHECK_FALSE(with(2, 2, 0));           // overlaps "name"
  CHECK_FALSE(with(2, 2, 9));           // not aligned
  CHECK_FALSE(with(1, 3, 0));           // no value
  CHECK_FALSE(with(1, 3, 2));           // a text that is two
  CHECK_FALSE(with(2, 3, 0x40000000));  // beyond
  CHECK_FALSE(with(2, 3, 0xffffffff));
  CHECK_FALSE(with(3, 3, 0xffffffff));  // more strings than there are
  HeaderParts parts = good_one;
  parts.store[5] = 'x';  // between two values
  const auto gap = parsed(parts);
  REQUIRE_FALSE(gap);
  CHECK(gap.error().code == "unaccounted-bytes");
  parts = good_one;
  parts.store.insert(parts.store.size() - 16, std::string(16, 'h'));
  CHECK_FALSE(parsed(parts));
  CHECK_FALSE(RpmHeader::read_intro(as_bytes("\x8e\xad\xe8\x01\0\0\0\0\0\1\0\0\0\0\0\1"s)));
  CHECK_FALSE(RpmHeader::read_intro(as_bytes("\x8e\xad\xe8\x01\0\0\0\0\0\0\0\1\5\0\0\0"s)));
  CHECK_FALSE(RpmHeader::read_intro(as_bytes("\x8e\xad\xe8\x01\0\0\0\1\0\0\0\1\0\0\0\1"s)));
}

TEST_CASE("rpm: cut anywhere, and changed anywhere") {
  const std::string bytes = good().bytes();
  for (std::size_t length = 4; length < bytes.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(walk_bytes("x", bytes.substr(0, length)).clean());
  }
  const Outcome whole = walk_bytes("x", bytes);
  for (std::size_t at = 96; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    const Outcome seen = walk_bytes("x", changed);
    CAPTURE(at);
    if (seen.clean()) CHECK(seen.leaves == whole.leaves);
  }
}

TEST_CASE("rpm: as rpmbuild writes it") {
  const TemporaryFolder folder;
  if (!folder.run("command -v rpmbuild")) return;
  folder.write("p.spec", R"(Name: agent
Version: 1.4
Release: 1
Summary: s
License: x
BuildArch: noarch
%description
d
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/var/lib
touch %{buildroot}/var/lib/agent.db
echo payload > %{buildroot}/usr/bin/agent
ln -s agent %{buildroot}/usr/bin/alias
ln %{buildroot}/usr/bin/agent %{buildroot}/usr/bin/hard
mkdir -p %{buildroot}/etc/agent
touch %{buildroot}/etc/agent/empty
%pre
echo pre-script
%post -p /sbin/ldconfig
%triggerin -- bash
echo trigger-script
%filetriggerin -- /usr/lib
echo file-trigger
%files
/usr/bin/*
/etc/agent
%ghost /var/lib/agent.db
)");
  for (const std::string packer :
       {"w9.gzdio", "w2.xzdio", "w3.zstdio", "w9.bzdio", "w.ufdio"}) {
    CAPTURE(packer);
    REQUIRE(folder.run("rpmbuild -bb --define \"_topdir $PWD/top\" --define '_binary_payload " +
                       packer + "' p.spec && cp top/RPMS/noarch/*.rpm out"));
    const Outcome seen = walk_bytes("x", folder.read("out"));
    CHECK(seen.clean());
    CHECK(seen.leaves.at("x!/%pre") == "#!/bin/sh\necho pre-script");
    CHECK(std::ranges::any_of(seen.leaves,
                              [](const auto& leaf) { return leaf.second == "payload\n"; }));
  }
  REQUIRE(
      folder.run("rpmbuild -bs --define \"_topdir $PWD/top\" p.spec && "
                 "cp top/SRPMS/*.rpm out"));
  CHECK(walk_bytes("x", folder.read("out")).clean());
}

}  // namespace
}  // namespace assay
