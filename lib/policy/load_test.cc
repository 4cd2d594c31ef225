#include <doctest/doctest.h>

#include "base/file.h"
#include "policy/fixture.h"

namespace assay {
namespace {

constexpr std::string_view kGood =
    "schema = \"assay-policy/1\"\n"
    "id = \"urn:assay:policy:p\"\n"
    "serial = 7\n"
    "owner = \"ops@acme.example\"\n"
    "expires = 2027-01-01T00:00:00Z\n"
    "require = [\"one-vendor\", \"signed-list\"]\n"
    "[content]\n"
    "fail_at = \"high\"\n"
    "min_rules = 5\n"
    "[signature]\n"
    "count = 2\n"
    "[rules]\n"
    "min_serial = 20260131\n"
    "max_age = \"14d\"\n"
    "[limits]\n"
    "bundle_bytes = 1\ntotal_bytes = 2\nmember_bytes = 3\nscan_bytes = 4\nmembers = 5\n"
    "depth = 6\nratio = 7\nname_bytes = 8\ndecoder_memory = 9\nseconds = 10\n"
    "[verdict]\n"
    "audience = [\"prod\"]\n"
    "valid_for = \"7d\"\n";

constexpr std::string_view kLeast =
    "schema = \"assay-policy/1\"\n"
    "id = \"urn:x\"\n"
    "serial = 1\n"
    "expires = 2027-01-01T00:00:00Z\n"
    "require = [\"one-vendor\"]\n"
    "[verdict]\n"
    "valid_for = \"12h\"\n";

Result<Policy> load(std::string text) {
  return load_policy(std::move(text), "p.toml", all_requirements(), kNow);
}

/// kGood with the first `from` replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("a policy with everything in it") {
  const Policy p = load(std::string(kGood)).take();
  CHECK(p.id == "urn:assay:policy:p");
  CHECK(p.serial == 7);
  CHECK(to_rfc3339(p.expires) == "2027-01-01T00:00:00Z");
  CHECK(p.sha256.size() == 64);
  CHECK(p.source == "p.toml");
  CHECK(p.require == std::vector<std::string>{"one-vendor", "signed-list"});
  CHECK(p.fail_at == Severity::high);
  CHECK(p.min_rules == 5);
  CHECK(p.signatures == 2);
  CHECK(p.rules_min_serial == 20260131);
  CHECK(p.rules_max_age == 14 * 86400);
  const Limits& l = p.limits;
  CHECK(std::vector<std::uint64_t>{l.bundle_bytes, l.total_bytes, l.member_bytes, l.scan_bytes,
                                   l.members, l.depth, l.ratio, l.name_bytes, l.decoder_memory,
                                   l.seconds} ==
        std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(p.audience == std::vector<std::string>{"prod"});
  CHECK(p.valid_for == 7 * 86400);
}

TEST_CASE("a policy with the least in it is the strictest") {
  const Policy p = load(std::string(kLeast)).take();
  CHECK(p.fail_at == Severity::info);
  CHECK(p.signatures == 1);
  CHECK(p.min_rules == 1);
  CHECK(p.limits.depth == Limits().depth);
  CHECK(p.min_sandbox == WallLevel::seccomp);
  CHECK(p.formats.empty());
  CHECK(p.valid_for == 12 * 3600);
}

TEST_CASE("how a bundle is read: the wall's floor, and formats on request") {
  const std::vector<std::string> on_request = {"cab", "xar"};
  const auto examine = [&](const std::string& lines) {
    return load_policy(std::string(kLeast) + "[examine]\n" + lines, "p.toml",
                       all_requirements(), kNow, on_request);
  };
  const Policy p = examine("min_sandbox = \"landlock\"\nformats = [\"cab\"]\n").take();
  CHECK(p.min_sandbox == WallLevel::landlock);
  CHECK(p.formats == std::vector<std::string>{"cab"});
  CHECK(examine("").take().min_sandbox == WallLevel::seccomp);
  for (const char* wrong :
       {"min_sandbox = \"none\"", "min_sandbox = \"\"", "min_sandbox = 3",
        "min_sandbox = \"seccomp+landlock7\"", "formats = [\"tar\"]", "formats = \"cab\"",
        "formats = [\"cab\", \"cab\"]", "format = [\"cab\"]"}) {
    CAPTURE(wrong);
    CHECK_FALSE(examine(wrong));
  }
  CHECK_FALSE(load(std::string(kLeast) + "[examine]\nformats = [\"cab\"]\n"));
  CHECK(Policy().min_sandbox == WallLevel::seccomp_landlock);
}

TEST_CASE("a policy may refuse what is a note, and nothing else") {
  const auto refusing = [](const std::string& value) {
    return load(std::string(kLeast) + "[content]\nrefuse = " + value + "\n");
  };
  CHECK(refusing("[\"setuid-member\", \"windows-name\"]").take().refuse.size() == 2);
  CHECK_FALSE(refusing("[\"setuid\"]"));
  CHECK_FALSE(refusing("[\"unsafe-name\"]"));
  CHECK_FALSE(refusing("[\"unknown-key\"]"));
}

struct Fault {
  std::string_view from, to, what, hint;
};
// One for every kind of fault, with the whole message.
const Fault kFaults[] = {
    {"schema = \"assay-policy/1\"", "schema = \"assay-policy/2\"",
     "p.toml:1: 'schema' must be \"assay-policy/1\"\n"
     "  1 | schema = \"assay-policy/2\"\n    | ^^^^^^",
     "a newer form needs a newer assay"},
    {"schema = \"assay-policy/1\"\n", "", "p.toml: 'schema' is missing", ""},
    {"urn:assay:policy:p", "prod",
     "p.toml:2: 'id' must be a URI\n  2 | id = \"prod\"\n    | ^^",
     "for example urn:assay:policy:prod"},
    {"urn:assay:policy:p", "urn:a b",
     "p.toml:2: 'id' must be a URI\n  2 | id = \"urn:a b\"\n    | ^^",
     "for example urn:assay:policy:prod"},
    {"serial = 7\n", "", "p.toml: 'serial' is missing", ""},
    {"serial = 7", "serial = 0",
     "p.toml:3: 'serial' must be at least 1\n  3 | serial = 0\n    | ^^^^^^", ""},
    {"serial = 7", "serial = 7.0",
     "p.toml:3: 'serial' must be a whole number\n  3 | serial = 7.0\n    | ^^^^^^", ""},
    {"expires = 2027-01-01T00:00:00Z\n", "", "p.toml: 'expires' is missing", ""},
    {"2027-01-01T00:00:00Z", "2026-06-01T00:00:00Z",
     "p.toml:5: the policy expired at 2026-06-01T00:00:00Z\n"
     "  5 | expires = 2026-06-01T00:00:00Z\n    | ^^^^^^^",
     "read it through, then set a new date and raise its serial"},
    {"2027-01-01T00:00:00Z", "2027-01-01T00:00:00",
     "p.toml:5: 'expires' must be a date and time with its offset\n"
     "  5 | expires = 2027-01-01T00:00:00\n    | ^^^^^^^",
     "write it like 2027-01-31T00:00:00Z"},
    {"require = [\"one-vendor\", \"signed-list\"]\n", "", "p.toml: 'require' is missing", ""},
    {"[\"one-vendor\", \"signed-list\"]", "[]",
     "p.toml:6: 'require' is empty: this policy demands nothing\n  6 | require = []\n    | "
     "^^^^^^^",
     "`assay formats` lists what can be demanded"},
    {"\"one-vendor\"", "\"one-vender\"",
     "p.toml:6: unknown requirement 'one-vender'\n"
     "  6 | require = [\"one-vender\", \"signed-list\"]\n    | ^^^^^^^",
     "did you mean 'one-vendor'?"},
    {"\"one-vendor\"", "\"signed-list\"",
     "p.toml:6: 'signed-list' stands there twice\n"
     "  6 | require = [\"signed-list\", \"signed-list\"]\n    | ^^^^^^^",
     ""},
    {"fail_at = \"high\"", "fail_at = \"hihg\"",
     "p.toml:8: unknown severity 'hihg'\n  8 | fail_at = \"hihg\"\n    | ^^^^^^^",
     "it is one of info, low, medium, high, critical"},
    {"fail_at = \"high\"", "fail_at = 3",
     "p.toml:8: 'fail_at' must be a string\n  8 | fail_at = 3\n    | ^^^^^^^", ""},
    {"fail_at", "fial_at",
     "p.toml:8: unknown key 'fial_at'\n  8 | fial_at = \"high\"\n    | ^^^^^^^",
     "did you mean 'fail_at'?"},
    {"min_rules = 5", "min_rules = 0",
     "p.toml:9: 'min_rules' must be at least 1\n  9 | min_rules = 0\n    | ^^^^^^^^^", ""},
    {"count = 2", "count = -1",
     "p.toml:11: 'count' must be at least 1\n  11 | count = -1\n     | ^^^^^", ""},
    {"[signature]", "[signatures]",
     "p.toml:10: unknown key 'signatures'\n  10 | [signatures]\n     |  ^^^^^^^^^^",
     "did you mean 'signature'?"},
    {"20260131", "20260132",
     "p.toml:13: 'min_serial' names no day\n  13 | min_serial = 20260132\n     | ^^^^^^^^^^",
     "write it like 20260131, or 2026013102 for the second of that day"},
    {"\"14d\"", "\"14 days\"",
     "p.toml:14: 'max_age' must be a span of at most 520w\n"
     "  14 | max_age = \"14 days\"\n     | ^^^^^^^",
     "write it like 12h, 14d or 4w"},
    {"depth = 6", "depth = 0",
     "p.toml:21: 'depth' must be at least 1\n  21 | depth = 0\n     | ^^^^^", ""},
    {"depth = 6", "dept = 6", "p.toml:21: unknown key 'dept'\n  21 | dept = 6\n     | ^^^^",
     "did you mean 'depth'?"},
    {"[\"prod\"]", "[\"\"]",
     "p.toml:27: 'audience' holds an empty name\n  27 | audience = [\"\"]\n     | ^^^^^^^^",
     ""},
    {"[\"prod\"]", "\"prod\"",
     "p.toml:27: 'audience' must be a list of strings\n  27 | audience = \"prod\"\n     | "
     "^^^^^^^^",
     ""},
    {"\"7d\"", "\"0d\"",
     "p.toml:28: 'valid_for' must be a span of at most 520w\n"
     "  28 | valid_for = \"0d\"\n     | ^^^^^^^^^",
     "write it like 12h, 14d or 4w"},
    {"\"7d\"", "\"521w\"",
     "p.toml:28: 'valid_for' must be a span of at most 520w\n"
     "  28 | valid_for = \"521w\"\n     | ^^^^^^^^^",
     "write it like 12h, 14d or 4w"},
    {"[verdict]\naudience = [\"prod\"]\nvalid_for = \"7d\"\n", "",
     "p.toml: 'verdict' is missing", ""},
};

TEST_CASE("every fault is refused, and pointed at") {
  for (const Fault& fault : kFaults) {
    const Result<Policy> policy = load(with(fault.from, fault.to));
    CAPTURE(fault.to);
    REQUIRE_FALSE(policy);
    CHECK(policy.error().kind == Error::Kind::config);
    CHECK(policy.error().what == fault.what);
    CHECK(policy.error().hint == fault.hint);
  }
}

TEST_CASE("a file cut short, or with a byte changed, is a config error or another policy") {
  const Policy good = load(std::string(kGood)).take();
  for (std::size_t n = 0; n < kGood.size(); ++n) {
    const Result<Policy> cut = load(std::string(kGood.substr(0, n)));
    if (cut) CHECK(cut->sha256 != good.sha256);
    if (!cut) CHECK(cut.error().kind == Error::Kind::config);
    std::string changed(kGood);
    changed[n] = static_cast<char>(changed[n] ^ 1);
    const Result<Policy> other = load(changed);
    if (other) CHECK(other->sha256 != good.sha256);
    if (!other) CHECK(other.error().kind == Error::Kind::config);
  }
}

TEST_CASE("the man page names every requirement, key and default limit") {
  const std::string page =
      read_file(std::string(ASSAY_SOURCE_DIR) + "/man/assay-policy.5").take();
  const auto names = [&page](const std::string& text) { return page.find(text) != page.npos; };
  for (const Requirement* requirement : all_requirements()) {
    const std::string name(requirement->name);
    CHECK(names(".It Cm " + name + (requirement->hard ? " Pq hard\n" : "\n")));
  }
  const Limits limits;
  for (const auto& [key, value] : {std::pair{"bundle_bytes", limits.bundle_bytes},
                                   {"total_bytes", limits.total_bytes},
                                   {"member_bytes", limits.member_bytes},
                                   {"scan_bytes", limits.scan_bytes},
                                   {"members", limits.members},
                                   {"depth", limits.depth},
                                   {"ratio", limits.ratio},
                                   {"name_bytes", limits.name_bytes},
                                   {"decoder_memory", limits.decoder_memory},
                                   {"seconds", limits.seconds}}) {
    const std::string item = ".It Ic " + std::string(key) + "\n";
    CAPTURE(item);
    const std::size_t at = page.find(item);
    REQUIRE(at != page.npos);
    const std::string entry = page.substr(at, page.find("\n.", at + 1) - at);
    CHECK(entry.find("Default: " + std::to_string(value)) != entry.npos);
  }
}

TEST_CASE("the shipped policies are in order and demand a vendor and his signature") {
  for (const std::string name : {"baseline", "strict"}) {
    const std::string text = built_in_policy(name);
    CHECK(text.starts_with("# For "));
    const Policy policy = load(text).take();
    CHECK(policy.id == "urn:assay:policy:" + name);
    CHECK(policy.require[0] == "one-vendor");
    CHECK(policy.require[1] == "trusted-signature");
    CHECK(to_rfc3339(policy.expires) == "2028-01-01T00:00:00Z");
    CHECK_FALSE(load_policy(text, name, all_requirements(), policy.expires));
  }
  const Policy baseline = load(built_in_policy("baseline")).take();
  const Policy strict = load(built_in_policy("strict")).take();
  CHECK(strict.fail_at < baseline.fail_at);
  CHECK(strict.require.back() == "signed-list");
  CHECK(strict.min_sandbox == WallLevel::seccomp_landlock);
  CHECK(baseline.min_sandbox == WallLevel::seccomp);
  CHECK(strict.rules_max_age == 30 * 86400);
  CHECK(strict.limits.total_bytes < baseline.limits.total_bytes);
  CHECK(built_in_policy("lax").empty());
  CHECK(built_in_policy("").empty());
}

}  // namespace
}  // namespace assay
