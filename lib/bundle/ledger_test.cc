// The coverage ledger: every byte of a bundle is something, counted by who read it.

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

Ledger ledger_of(const std::string& bytes) {
  const Outcome seen = walk_bytes("x", bytes);
  CHECK(seen.clean());
  CHECK(adds_up_to(seen.summary.ledger, bytes.size()));
  return seen.summary.ledger;
}

void check(const Ledger& seen, const Ledger& expected) {
  CHECK(seen.member == expected.member);
  CHECK(seen.metadata == expected.metadata);
  CHECK(seen.padding == expected.padding);
  CHECK(seen.signature == expected.signature);
  CHECK(seen.unknown == expected.unknown);
}

TEST_CASE("a bare file is all content") {
  check(ledger_of("hello\n"), {.member = 6});
}

TEST_CASE("containers, byte by byte") {
  const std::string tar = tar_of({{.name = "a", .content = "x"}, {.name = "d/", .type = '5'}});
  check(ledger_of(tar), {.member = 1, .metadata = 1024, .padding = 511 + 1024});
  check(ledger_of("!<arch>\n" + ar_member("a", "odd")),
        {.member = 3, .metadata = 68, .padding = 1});
  check(ledger_of(deb_of(tar, tar) + ar_member("_gpgorigin", "signed")),
        {.member = 4 + 2 * tar.size(), .metadata = 8 + 4 * 60, .signature = 6});
  check(ledger_of(zip_of({{.name = "a", .content = "xyz"}})),
        {.member = 3, .metadata = 31 + 47 + 22});
  const std::string cpio = packed_by("echo a | cpio -o -H newc > out", {{"a", "12345"}});
  check(ledger_of(cpio),
        {.member = 5, .metadata = 112 + 121, .padding = cpio.size() - 5 - 112 - 121});
}

TEST_CASE("codecs: what frames the data is metadata") {
  const std::string content(1000, 'x');
  check(ledger_of(gzip_of(content)), {.member = 1005, .metadata = 18});
  const std::map<std::string, std::uint64_t> frames = {
      {"gzip -n", 18}, {"xz", 36}, {"zstd", 10}, {"zstd --no-check", 6}, {"bzip2", 14}};
  for (const auto& codec : frames) {
    CAPTURE(codec.first);
    const std::string packed = filtered(codec.first, content);
    check(ledger_of(packed),
          {.member = packed.size() - codec.second, .metadata = codec.second});
  }
}

TEST_CASE("what a fault or a limit leaves behind is unknown") {
  const std::string tar = tar_of({{.name = "a", .content = std::string(5000, 'x')}});
  const Outcome cut = walk_bytes("x", tar.substr(0, 3000));
  CHECK(adds_up_to(cut.summary.ledger, 3000));
  const Outcome behind = walk_bytes("x", tar + "junk");
  CHECK(adds_up_to(behind.summary.ledger, tar.size() + 4));
  CHECK(behind.summary.ledger.unknown == 4);
  Limits limits;
  limits.total_bytes = 100;
  const Outcome stopped = walk_bytes("x", tar, limits);
  CHECK(adds_up_to(stopped.summary.ledger, tar.size()));
  limits = {};
  limits.scan_bytes = 3;
  const Outcome large = walk_bytes("x", "hello\n", limits);
  check(large.summary.ledger, {.unknown = 6});
}

/// A reader that takes all bytes and tells of fewer, or of more.
template <int error>
class Liar final : public MemberReader {
 public:
  explicit Liar(ByteStream& bytes) : bytes_(bytes) {}
  Result<std::optional<Entry>> next() override {
    for (Bytes piece = TRY(bytes_.next()); !piece.empty(); piece = TRY(bytes_.next())) {
      ledger_.member += piece.size();
    }
    ledger_.member = static_cast<std::uint64_t>(static_cast<int>(ledger_.member) + error);
    return std::optional<Entry>{};
  }
  Result<Bytes> read() override { return Bytes{}; }
  Ledger ledger() const override { return ledger_; }

 private:
  ByteStream& bytes_;
  Ledger ledger_{};
};

template <int error>
Outcome lied_to() {
  static constexpr Container kLiar = {
      "liar", [](Bytes head) { return as_text(head).starts_with("LIAR"); },
      [](ByteStream& bytes, const Limits& /*limits*/) -> Result<std::unique_ptr<MemberReader>> {
        return std::unique_ptr<MemberReader>(std::make_unique<Liar<error>>(bytes));
      },
      nullptr};
  static constexpr const Container* kContainers[] = {&kLiar};
  Outcome outcome;
  const Source source = Source::from_bytes("x", as_bytes("LIAR and more")).take();
  outcome.summary =
      walk(source, Limits{}, {.codecs = {}, .containers = kContainers}, outcome).take();
  return outcome;
}

TEST_CASE("a reader that skips bytes, or takes some twice, is found out") {
  CHECK_FALSE(lied_to<0>().has("unaccounted-bytes"));
  const Outcome fewer = lied_to<-3>();
  CHECK(fewer.has("unaccounted-bytes", "x"));
  CHECK(fewer.summary.ledger.unknown == 3);
  CHECK_FALSE(fewer.summary.complete);
  const Outcome more = lied_to<1>();
  CHECK(more.has("unaccounted-bytes", "x"));
  CHECK(more.summary.ledger.unknown == 13);
  CHECK_FALSE(more.summary.complete);
}

TEST_CASE("inner layers are held to it too") {
  const std::string tar = tar_of({{.name = "in.zip", .content = zip_of({{.name = "a"}})},
                                  {.name = "b.gz", .content = gzip_of("b")}});
  CHECK(walk_bytes("x", filtered("xz", tar)).clean());
}

}  // namespace
}  // namespace assay
