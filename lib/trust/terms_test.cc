#include "trust/terms.h"

#include <doctest/doctest.h>

#include "trust/check.h"
#include "trust/revocation.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::MiniKey;

constexpr Time kNow{1'800'000'000};
const std::string kName = "agent-1.4.tar.gz";
const std::string kContent = "the bundle";

/// A vendor with three keys, two of them in one hand, and one product.
struct World {
  explicit World(const std::string& product) {
    const std::string root = folder.path();
    std::string text =
        "schema = \"assay-vendor/1\"\nvendor = \"acme\"\n[[product]]\nname = \"agent\"\n"
        "match = [\"agent-*\"]\n" +
        product + "\n";
    REQUIRE(make_folder(root + "/vendors.d"));
    REQUIRE(make_folder(root + "/keys/acme"));
    for (const auto& [name, key, more] :
         {std::tuple{"release-a", &a, "operator = \"release\"\nmin_version = \"1.0\""},
          std::tuple{"release-b", &b, "operator = \"release\""}, std::tuple{"psirt", &c, ""}}) {
      text += std::string("[[key]]\nname = \"") + name + "\"\nformat = \"minisign\"\nid = \"" +
              key->pinned("").id + "\"\nfile = \"acme/" + name + ".pub\"\n" + more + "\n";
      REQUIRE(write_file(root + "/keys/acme/" + name + ".pub", key->pub()));
    }
    REQUIRE(write_file(root + "/vendors.d/acme.toml", text));
  }

  TrustStore store() const {
    return TrustStore::load(folder.path(), test::all_formats()).take();
  }

  Evidence judge(const std::vector<Sidecar>& sidecars, const History& history = {},
                 Time now = kNow, const std::string& name = kName) const {
    const TrustStore trust = store();
    const Source source = Source::from_bytes(name, as_bytes(kContent)).take();
    TrustFindings found =
        check_signatures(source, sidecars, trust, "", test::all_formats(), now).take();
    Evidence evidence{.bundle = source.subject(), .format = "tar.gz"};
    evidence.vendor = std::move(found.vendor);
    evidence.signatures = std::move(found.signatures);
    add_terms(trust, history, kNow, now, evidence);
    for (const Term& term : evidence.vendor.terms) {
      if (!term.reason.empty()) CHECK(find_reason(term.reason) != nullptr);
    }
    return evidence;
  }

  test::TempFolder folder{};
  MiniKey a{'a'}, b{'b'}, c{'c'};
};

Sidecar by(const MiniKey& key, const std::string& name, const std::string& comment = {}) {
  return {name, key.sign(kContent, "file:" + kName + comment)};
}

/// The first reason of that term; "met" if there is none, "not asked" without the term.
std::string reason(const Evidence& evidence, const std::string& name) {
  for (const Term& term : evidence.vendor.terms) {
    if (term.name == name) return term.reason.empty() ? "met" : term.reason;
  }
  return "not asked";
}

TEST_CASE("the zero term is not met") {
  CHECK(Term{}.reason == "not-judged");
}

TEST_CASE("two of three, by operators") {
  const World world("require = \"2 of [release-*, psirt]\"");
  const std::string v = "\tversion:1.4";
  CHECK(reason(world.judge({}), "require") == "insufficient-threshold");
  CHECK(reason(world.judge({by(world.a, "1.minisig", v)}), "require") ==
        "insufficient-threshold");
  const Evidence one_hand =
      world.judge({by(world.a, "1.minisig", v), by(world.b, "2.minisig", v)});
  CHECK(reason(one_hand, "require") == "insufficient-threshold");
  CHECK(one_hand.vendor.terms.at(0).detail == "2 of [release-*, psirt]: signed by release");
  const Evidence twice =
      world.judge({by(world.c, "1.minisig", v), by(world.c, "2.minisig", v)});
  CHECK(reason(twice, "require") == "insufficient-threshold");
  const Evidence both = world.judge({by(world.b, "1.minisig", v), by(world.c, "2.minisig", v)});
  CHECK(reason(both, "require") == "met");
  CHECK(both.vendor.product == "agent");
}

TEST_CASE("a bad signature has no voice, nor has one on another file") {
  const World world("");
  Sidecar bad = by(world.c, "1.minisig");
  bad.bytes[bad.bytes.size() - 10] ^= 1;
  CHECK(reason(world.judge({bad}), "require") == "insufficient-threshold");
  CHECK(reason(world.judge({{"1.minisig", world.c.sign("other", "")}}), "require") ==
        "insufficient-threshold");
}

TEST_CASE("a key has no voice below its own floor") {
  const World world("");
  CHECK(reason(world.judge({by(world.a, "1.minisig", "\tversion:1.0")}), "require") == "met");
  const Evidence old = world.judge({by(world.a, "1.minisig", "\tversion:0.9")});
  CHECK(reason(old, "require") == "insufficient-threshold");
  CHECK(old.vendor.terms.at(0).detail ==
        "1 of [*]: signed by nobody; 'release-a' may sign from version 1.0 on only");
  CHECK(reason(world.judge({by(world.a, "1.minisig")}), "require") == "insufficient-threshold");
}

TEST_CASE("a floor for versions, from signed data only") {
  const World world("version = { floor = \"1.4\", learn = true }");
  const auto asked = [&](const std::string& comment, const History& history = {}) {
    return reason(world.judge({by(world.c, "1.minisig", comment)}, history), "version");
  };
  CHECK(asked("\tversion:1.4") == "met");
  CHECK(asked("\tversion:1.3.9") == "below-floor");
  CHECK(asked("\tversion:1.4-rc.1") == "below-floor");
  CHECK(asked("") == "no-signed-version");
  CHECK(asked("\tversion:latest") == "no-signed-version");
  CHECK(asked("\tversion:1.5\tversion:1.6") == "no-signed-version");
  CHECK(reason(world.judge({}), "version") == "no-signed-version");
  const Evidence two = world.judge(
      {by(world.c, "1.minisig", "\tversion:1.5"), by(world.b, "2.minisig", "\tversion:1.6")});
  CHECK(reason(two, "version") == "version-conflict");
}

TEST_CASE("what was accepted before is a floor, too") {
  const World world("version = { learn = true, allow_equal = false }");
  const std::string path = world.folder / "history.jsonl";
  const Evidence first = world.judge({by(world.c, "1.minisig", "\tversion:1.4")});
  CHECK(reason(first, "version") == "met");
  const std::vector<Lesson> lessons = lessons_of(world.store(), first, kNow);
  REQUIRE(lessons.size() == 2);
  CHECK(std::get<SeenVersion>(lessons[0]).version == "1.4");
  CHECK(std::get<SeenKey>(lessons[1]).at == kNow);
  REQUIRE(append_history(path, lessons));
  const History history = History::load(path).take();
  const auto asked = [&](const std::string& version) {
    return reason(world.judge({by(world.c, "1.minisig", "\tversion:" + version)}, history),
                  "version");
  };
  CHECK(asked("1.5") == "met");
  CHECK(asked("1.4") == "below-floor");
  CHECK(asked("1.3") == "below-floor");
  CHECK(lessons_of(World("").store(), first, kNow).size() == 1);
  // The first one, too, must be one that others can be compared with.
  const Evidence odd = world.judge({by(world.c, "1.minisig", "\tversion:latest")});
  CHECK(reason(odd, "version") == "no-signed-version");
}

TEST_CASE("a key that speaks for the first time, where others did") {
  const World world("");
  const auto lines = [&](const MiniKey& key, const History& history) {
    return new_voices(world.store(), history, world.judge({by(key, "1.minisig")}, history));
  };
  CHECK(lines(world.c, {}).empty());
  const std::string path = world.folder / "history.jsonl";
  const Evidence first = world.judge({by(world.c, "1.minisig")});
  REQUIRE(append_history(path, lessons_of(world.store(), first, kNow)));
  const History history = History::load(path).take();
  CHECK(lines(world.c, history).empty());
  REQUIRE(lines(world.b, history).size() == 1);
  CHECK(lines(world.b, history)[0].find("speaks here for the first time") != std::string::npos);
}

TEST_CASE("a version in the file's name counts where the name is signed") {
  const World world(
      "version = { pattern = \"agent-{version}.tar.gz\", floor = \"1.5\" }\n"
      "bind_file_name = true");
  const Evidence named = world.judge({by(world.c, "1.minisig")});
  CHECK(reason(named, "version") == "below-floor");
  CHECK(reason(named, "file-name") == "met");
  const Evidence unnamed = world.judge({{"1.minisig", world.c.sign(kContent, "")}});
  CHECK(reason(unnamed, "version") == "no-signed-version");
  CHECK(reason(unnamed, "file-name") == "filename-not-bound");
  CHECK(version_in("agent-{version}.tar.gz", "agent-.tar.gz") == std::nullopt);
  CHECK(version_in("a{version}a", "a") == std::nullopt);
}

TEST_CASE("how fresh") {
  const World world("max_age = \"10d\"");
  const auto asked = [&](const std::string& comment) {
    return reason(world.judge({by(world.c, "1.minisig", comment)}), "freshness");
  };
  CHECK(asked("\ttimestamp:1799999999") == "met");
  CHECK(asked("\ttimestamp:1799136000") == "met");
  CHECK(asked("\ttimestamp:1799135999") == "stale-metadata");
  CHECK(asked("") == "stale-metadata");
}

TEST_CASE("a product is shipped in its own formats") {
  CHECK(reason(World("type = [\"deb\", \"tar.gz\"]").judge({}), "type") == "met");
  CHECK(reason(World("type = [\"deb\"]").judge({}), "type") == "wrong-product");
}

TEST_CASE("a file of two products has none") {
  const World world("[[product]]\nname = \"agent-lite\"\nmatch = [\"agent-1*\"]");
  const Evidence evidence = world.judge({by(world.c, "1.minisig")});
  CHECK(reason(evidence, "product") == "ambiguous-product");
  CHECK(evidence.vendor.product.empty());
}

TEST_CASE("a clock behind what was judged before is not believed") {
  const World world("");
  const std::string path = world.folder / "history.jsonl";
  const Lesson later = SeenVersion{"acme", "agent", "1", Time{kNow.seconds + 301}};
  REQUIRE(append_history(path, {&later, 1}));
  CHECK(reason(world.judge({}, History::load(path).take()), "clock") == "clock-suspect");
  CHECK(reason(world.judge({}, History::load(path).take(), Time{kNow.seconds + 1}), "clock") ==
        "not asked");
}

TEST_CASE("revoked.d: keys and files") {
  const World world("");
  const std::string path = world.folder / "revoked.d/1.toml";
  REQUIRE(make_folder(world.folder / "revoked.d"));
  const auto put = [&](const std::string& what) {
    REQUIRE(write_file(path, "schema = \"assay-revocation/1\"\n[[revoked]]\n" + what +
                                 "\nat = 2026-01-01T00:00:00Z\nreason = \"compromised\"\n"));
  };
  put("key = \"psirt\"");
  CHECK(world.judge({by(world.c, "1.minisig")}).signatures.at(0).reason == "revoked-key");
  put("id = \"" + world.c.pinned("").id + "\"");
  CHECK(world.judge({by(world.c, "1.minisig")}).signatures.at(0).reason == "revoked-key");
  put("id = \"sha256:not-pinned-yet\"");
  CHECK(world.judge({by(world.c, "1.minisig")}).signatures.at(0).verified);
  put("digest = \"sha256:" + sha256_hex(as_bytes(kContent)) + "\"");
  CHECK(reason(world.judge({by(world.c, "1.minisig")}), "revoked") == "revoked-file");
  for (const char* wrong : {"key = \"nobody\"", "digest = \"sha256:12\"", "digest = \"\"", "",
                            "key = \"psirt\"\nid = \"x\"", "kye = \"psirt\""}) {
    CAPTURE(wrong);
    put(wrong);
    const auto store = TrustStore::load(world.folder.path(), test::all_formats());
    REQUIRE_FALSE(store);
    CHECK(store.error().kind == Error::Kind::config);
  }
}

TEST_CASE("a key is revoked by a command, and the graver reason stands") {
  const World world("");
  const auto revoke = [&](const std::string& key, const std::string& reason, std::int64_t at) {
    return revoke_key(world.folder.path(),
                      {.vendor = "acme", .key_name = key, .reason = reason, .at = Time{at}},
                      test::all_formats());
  };
  REQUIRE(revoke("psirt", "superseded", 1'700'000'000));
  CHECK_FALSE(world.store().vendors()[0].keys[2].compromised);
  REQUIRE(revoke("psirt", "compromised", 1'790'000'000));
  CHECK(world.store().vendors()[0].keys[2].compromised);
  CHECK_FALSE(revoke("psirt", "compromised", 1'790'000'000));  // stands there already
  CHECK(revoke("pisrt", "compromised", 1).error().hint == "did you mean 'psirt'?");
  CHECK_FALSE(revoke("psirt", "bored", 1));
}

}  // namespace
}  // namespace assay
