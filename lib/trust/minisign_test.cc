#include "trust/minisign.h"

#include <doctest/doctest.h>

#include <array>

#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::MiniKey;

constexpr std::string_view kVectorKey =
    "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
constexpr std::string_view kVectorEd =
    "untrusted comment: signature from minisign secret key\n"
    "RWQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+"
    "dP9eKL8OC351vwIasSSbXxwA=\n"
    "trusted comment: timestamp:1555779966\tfile:test\n"
    "QtKMXWyYcwdpZAlPF7tE2ENJkRd1ujvKjlj1m9RtHTBnZPa5WKU5uWRs5GoP5M/VqE81QFuMKI5k/"
    "SfNQUaOAA==\n";
constexpr std::string_view kVectorED =
    "untrusted comment: signature from minisign secret key\n"
    "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/"
    "z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n"
    "trusted comment: timestamp:1556193335\tfile:test\n"
    "y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/"
    "17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==\n";
constexpr Time kNow{1'800'000'000};

SignatureRecord check(std::string_view signature, std::string_view message,
                      std::span<const TrustedKey> keys, Time now = kNow) {
  const Sidecar file{"app-1.tar.gz", std::string(message)};
  SignatureRecord record =
      test::judged(minisign_format, {"app-1.tar.gz.minisig", std::string(signature)},
                   MemoryFile(file), keys, now)
          .take();
  CHECK(record.verified == record.reason.empty());
  CHECK(record.verified == record.detail.empty());
  return record;
}

std::string reason_of(std::string_view signature, std::span<const TrustedKey> keys,
                      Time now = kNow) {
  return check(signature, "hello", keys, now).reason;
}

TEST_CASE("the published vectors verify") {
  const MinisignKey parsed = parse_minisign_key(kVectorKey).take();
  CHECK(minisign_key_id(parsed.number) == "E7620F1842B4E81F");
  TrustedKey key{.name = "vector",
                 .format = "minisign",
                 .material = minisign_material(parsed),
                 .algorithms = {"Ed", "ED"},
                 .roles = {"payload"}};
  const Sidecar file{"test", "test"};
  for (const std::string_view signature : {kVectorEd, kVectorED}) {
    const SignatureRecord record =
        test::judged(minisign_format, {"test.minisig", std::string(signature)},
                     MemoryFile(file), {&key, 1}, kNow)
            .take();
    CHECK(record.verified);
    CHECK(record.key == "vector");
    CHECK(record.key_id == "E7620F1842B4E81F");
    CHECK(record.claimed_time.has_value());
  }
  CHECK(check(kVectorED, "test", {&key, 1}).reason == "filename-mismatch");
}

TEST_CASE("a good signature says who, what and when") {
  const MiniKey key('k');
  const std::array keys{key.pinned("acme-2026")};
  const std::string comment = "timestamp:1790000000\tfile:app-1.tar.gz\thashed";
  const SignatureRecord record = check(key.sign("hello", comment), "hello", keys);
  CHECK(record.verified);
  CHECK(record.key == "acme-2026");
  CHECK(record.format == "minisign");
  CHECK(record.source == "app-1.tar.gz.minisig");
  CHECK(record.subject == "app-1.tar.gz");
  CHECK(record.verified_comment == comment);
  CHECK(record.claimed_time == Time{1'790'000'000});
  CHECK(check(key.sign("hello", ""), "hello", keys).verified);
  CHECK(check(key.sign("", "x"), "", keys).verified);
}

TEST_CASE("no byte of a signature file can change, but in the comment nobody signed") {
  const MiniKey key('k');
  const std::array keys{key.pinned("acme-2026")};
  const std::string good = key.sign("hello", "timestamp:1790000000\tfile:app-1.tar.gz");
  REQUIRE(reason_of(good, keys).empty());
  const std::size_t free_begin = std::string_view("untrusted comment: ").size();
  const std::size_t free_end = good.find('\n');
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      if (i >= free_begin && i < free_end) continue;
      CAPTURE(i);
      CHECK_FALSE(reason_of(bad, keys).empty());
    }
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(reason_of(good.substr(0, size), keys) == "sidecar-malformed");
  }
}

TEST_CASE("what is no signature file") {
  const MiniKey key('k');
  const std::array keys{key.pinned("acme-2026")};
  const std::string good = key.sign("hello", "file:app-1.tar.gz");
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  std::string crlf;
  for (const char c : good) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const std::string cases[] = {
      "",
      crlf,
      good + "\n",
      good + "x",
      good + good,
      "\n" + good,
      "\xef\xbb\xbf" + good,
      good.substr(0, good.find("trusted comment: f")),  // what is left is a signify signature
      replaced("signature\n", "sig\x1b[2Jnature\n"),
      replaced("signature\n", std::string(1100, 'x') + "\n"),
      replaced("trusted comment: file", "trusted comment:  file\r"),
      replaced("trusted comment: file",
               "trusted comment: \xc2\x9b"
               "file"),
      replaced("trusted comment: file",
               "trusted comment: \xff"
               "file"),
      replaced("trusted comment: file", "Trusted comment: file"),
      replaced("=\n", "\n"),
      replaced("=\n", "= \n"),
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(reason_of(text, keys) == "sidecar-malformed");
  }
}

TEST_CASE("bytes or comment changed after signing") {
  const MiniKey key('k');
  const std::array keys{key.pinned("acme-2026")};
  const std::string good = key.sign("hello", "file:app-1.tar.gz");
  const SignatureRecord file = check(good, "hellO", keys);
  CHECK(file.reason == "bad-signature");
  CHECK(file.key == "acme-2026");
  CHECK(file.verified_comment.empty());
  CHECK(file.detail.ends_with("the file is not what was signed"));
  std::string comment = good;
  comment.replace(comment.find("file:app-1"), 10, "file:app-2");
  const SignatureRecord changed = check(comment, "hello", keys);
  CHECK(changed.reason == "bad-signature");
  CHECK(changed.verified_comment.empty());
  CHECK(changed.detail.ends_with("the trusted comment is not what was signed"));
}

TEST_CASE("keys that nobody pinned, and numbers that are only hints") {
  const MiniKey pinned('k'), stranger('s'), impostor('k');
  std::vector keys{pinned.pinned("acme-2026")};
  const SignatureRecord record = check(stranger.sign("hello", ""), "hello", keys);
  CHECK(record.reason == "unknown-key");
  CHECK(record.key.empty());
  CHECK(record.key_id == "7373737373737373");
  CHECK(reason_of(impostor.sign("hello", ""), keys) == "bad-signature");
  keys.insert(keys.begin(),
              impostor.pinned("other"));  // two keys of one number: both are tried
  CHECK(check(pinned.sign("hello", ""), "hello", keys).key == "acme-2026");
  CHECK(reason_of(pinned.sign("hello", ""), {}) == "unknown-key");
  keys = {pinned.pinned("acme-2026")};
  keys[0].format = "another";
  CHECK(reason_of(pinned.sign("hello", ""), keys) == "unknown-key");
}

TEST_CASE("the algorithm belongs to the pin") {
  const MiniKey key('k');
  std::array keys{key.pinned("acme-2026")};
  const std::string legacy = key.sign("hello", "", "Ed");
  CHECK(reason_of(legacy, keys) == "weak-algorithm");
  keys[0].algorithms = {"Ed"};
  CHECK(reason_of(legacy, keys).empty());
  CHECK(reason_of(key.sign("hello", ""), keys) == "weak-algorithm");
  // A legacy signature of the digest is not a prehashed one, though the signed bytes are the
  // same.
  keys[0].algorithms = {"Ed", "ED"};
  const auto hash = digest(HashAlgorithm::blake2b_512, as_bytes("hello"));
  CHECK(reason_of(key.sign(as_text(hash), "", "Ed"), keys) == "bad-signature");
}

TEST_CASE("a signature made for another file") {
  const MiniKey key('k');
  const std::array keys{key.pinned("acme-2026")};
  CHECK(reason_of(key.sign("hello", "file:app-2.tar.gz"), keys) == "filename-mismatch");
  CHECK(reason_of(key.sign("hello", "file:./app-1.tar.gz"), keys) == "filename-mismatch");
  CHECK(reason_of(key.sign("hello", "file:app-1.tar.gz\tfile:b"), keys) == "filename-mismatch");
  CHECK(reason_of(key.sign("hello", "profile:x"), keys).empty());
  const SignatureRecord record = check(key.sign("hello", "file:\xe2\x80\xae"), "hello", keys);
  CHECK(record.detail.find("\\xe2\\x80\\xae") != std::string::npos);
}

TEST_CASE("the key's window, by the clock and a claimed time can only reject") {
  const MiniKey key('k');
  std::array keys{key.pinned("acme-2026")};
  const std::string signature = key.sign("hello", "timestamp:1500\tfile:app-1.tar.gz");
  keys[0].valid_from = Time{1000};
  keys[0].valid_until = Time{2000};
  CHECK(reason_of(signature, keys, Time{999}) == "key-not-yet-valid");
  CHECK(reason_of(signature, keys, Time{1000}) == "future-signature");
  CHECK(reason_of(key.sign("hello", ""), keys, Time{1000}).empty());
  CHECK(reason_of(signature, keys, Time{1999}).empty());
  CHECK(reason_of(signature, keys, Time{2000}) == "expired-key");  // though it says 1500
  CHECK(reason_of(key.sign("hello", "timestamp:999"), keys, Time{1500}) == "key-not-yet-valid");
  CHECK(check(signature, "other", keys, Time{2000}).reason == "bad-signature");
  keys[0].revoked_at = Time{1800};
  keys[0].revoked_reason = "stolen";
  CHECK(reason_of(signature, keys, Time{1500}) == "revoked-key");  // whatever the time
  CHECK(check(signature, "hello", keys, Time{2000}).detail.ends_with("(stolen)"));
  CHECK(check(signature, "other", keys, Time{1500}).reason == "bad-signature");
}

TEST_CASE("timestamps that are none") {
  const MiniKey key('k');
  const std::array keys{key.pinned("acme-2026")};
  for (const char* comment : {"timestamp:", "timestamp:-1", "timestamp:1x", "timestamp: 1",
                              "timestamp:999999999999999999999", "timestamp:1\ttimestamp:2"}) {
    CHECK_FALSE(check(key.sign("hello", comment), "hello", keys).claimed_time.has_value());
  }
}

/// A file too large to hold: only its digest can be had.
class LargeFile final : public SignedFile {
 public:
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return std::uint64_t{1} << 40; }
  Result<void> read(const std::function<void(Bytes)>&) const override {
    return fail(Error::Kind::io, "disk gone");
  }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) const override {
    return fail(Error::Kind::io, "disk gone");
  }
  Result<std::vector<std::byte>> digest(HashAlgorithm) const override {
    return fail(Error::Kind::io, "disk gone");
  }
  Result<std::string> whole(std::uint64_t) const override {
    return undecided("limit-whole-file-bytes", "too large");
  }

 private:
  std::string name_ = "app-1.tar.gz";
};

TEST_CASE("a limit is a record, a broken disk an error") {
  const MiniKey key('k');
  std::array keys{key.pinned("acme-2026")};
  keys[0].algorithms = {"Ed", "ED"};
  const SignatureRecord record =
      test::judged(minisign_format, {"a.minisig", key.sign("x", "", "Ed")}, LargeFile(), keys,
                   kNow)
          .take();
  CHECK(record.reason == "limit-whole-file-bytes");
  CHECK_FALSE(record.verified);
  const auto broken =
      test::judged(minisign_format, {"a.minisig", key.sign("x", "")}, LargeFile(), keys, kNow);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().kind == Error::Kind::io);
}

TEST_CASE("published keys") {
  const MiniKey key('k');
  const PublishedKey published = read_published_key(key.pub(), test::all_formats()).take();
  CHECK(published.format == "minisign");
  CHECK(published.display_id == "6B6B6B6B6B6B6B6B");
  CHECK(published.id == key.pinned("").id);
  CHECK(published.file_text == key.pub());
  CHECK(read_published_key(kVectorKey, test::all_formats()).take().file_text ==
        std::string(kVectorKey) + "\n");

  const auto what = [](std::string_view text) {
    const auto read = read_published_key(text, test::all_formats());
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Error::Kind::config);
    CHECK_FALSE(read.error().hint.empty());
    return read.error().what;
  };
  CHECK(what(key.sign("x", "")) == "this is a minisign signature, not a key");
  CHECK(what("untrusted comment: minisign encrypted secret key\nRWRTY0Iy\n").find("secret") !=
        std::string::npos);
  const std::string secret = to_base64(as_bytes(std::string(158, 'E')));
  CHECK(what("untrusted comment: key\n" + secret + "\n").find("secret") != std::string::npos);
  CHECK(what("hello") == "this is no public key of a known kind");
  CHECK(what(key.pub() + key.pub()) == "this is no minisign public key");
  std::string crlf = key.pub();
  crlf.insert(crlf.find('\n'), "\r");
  CHECK(what(crlf).find("carriage") != std::string::npos);
  for (std::size_t size = 0; size + 1 < key.pub().size(); ++size) {
    CHECK_FALSE(read_published_key(key.pub().substr(0, size), test::all_formats()));
  }
}

}  // namespace
}  // namespace assay
