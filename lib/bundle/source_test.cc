#include "bundle/source.h"

#include <doctest/doctest.h>

#include <array>

#include "bundle/testing.h"

namespace assay {
namespace {

using namespace testing;

TEST_CASE("the snapshot stays when the file changes") {
  const TemporaryFolder folder;
  folder.write("b", "first");
  const auto source = Source::open(folder.path("b"), {});
  REQUIRE(source);
  folder.write("b", "second and longer");
  CHECK(source->name() == "b");
  CHECK(source->size() == 5);
  CHECK(source->subject().sha256 == sha256_hex(as_bytes("first")));
  CHECK(source->subject().sha512.size() == 128);
  std::array<std::byte, 16> buffer{};
  const auto count = source->read_at(1, buffer);
  REQUIRE(count);
  CHECK(*count == 4);
  CHECK(as_text(Bytes(buffer).first(4)) == "irst");
}

TEST_CASE("a file above the memory limit goes to a file without a name") {
  const TemporaryFolder folder;
  REQUIRE(folder.run("head -c 70000000 /dev/zero | tr '\\0' 'x' > big"));
  const auto source = Source::open(folder.path("big"), {});
  REQUIRE(source);
  CHECK(source->size() == 70'000'000);
  CHECK(source->subject().sha256 == sha256_hex(as_bytes(std::string(70'000'000, 'x'))));
}

TEST_CASE("only a regular file is a bundle") {
  const TemporaryFolder folder;
  REQUIRE(folder.run("mkdir d && mkfifo f && echo x > r && ln -s r link"));
  const auto folder_error = Source::open(folder.path("d"), {});
  REQUIRE_FALSE(folder_error);
  CHECK(folder_error.error().kind == Error::Kind::io);
  CHECK(folder_error.error().what.ends_with("is a directory, not a file"));
  CHECK_FALSE(folder_error.error().hint.empty());
  const auto fifo = Source::open(folder.path("f"), {});
  REQUIRE_FALSE(fifo);
  CHECK(fifo.error().what.ends_with("is a FIFO, not a file"));
  const auto absent = Source::open(folder.path("none"), {});
  REQUIRE_FALSE(absent);
  CHECK(absent.error().kind == Error::Kind::usage);
  const auto device = Source::open("/dev/null", {});
  REQUIRE_FALSE(device);
  CHECK(device.error().kind == Error::Kind::io);
  CHECK(Source::open(folder.path("link"), {}));
}

TEST_CASE("a source can be moved while its digests are made") {
  auto first = Source::from_bytes("m", as_bytes("moved"));
  REQUIRE(first);
  Source second = std::move(first).take();
  CHECK(second.subject().sha256 == sha256_hex(as_bytes("moved")));
}

}  // namespace
}  // namespace assay
