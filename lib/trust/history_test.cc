#include "trust/history.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "trust/test_kit.h"

namespace assay {
namespace {

SeenVersion seen(const std::string& version, std::int64_t at = 1'700'000'000) {
  return {.vendor = "acme", .product = "agent", .version = version, .at = Time{at}};
}

Result<void> append(const std::string& path, const Lesson& lesson) {
  return append_history(path, {&lesson, 1});
}

TEST_CASE("what is remembered comes back, each version once") {
  const test::TempFolder folder;
  const std::string path = folder / "state/history.jsonl";
  CHECK(History::load(path).take().versions_of("acme", "agent").empty());
  CHECK_FALSE(History::load(path).take().latest().has_value());
  REQUIRE(append(path, seen("1.0")));
  REQUIRE(append(path, seen("1.1", 1'800'000'000)));
  REQUIRE(append(path, seen("1.0", 1'900'000'000)));
  const History history = History::load(path).take();
  const auto versions = history.versions_of("acme", "agent");
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].version == "1.0");
  CHECK(versions[1].version == "1.1");
  CHECK(history.latest() == Time{1'800'000'000});
  CHECK(history.versions_of("acme", "other").empty());
  CHECK(history.versions_of("beta", "agent").empty());
}

TEST_CASE("a line changed, dropped, doubled or put elsewhere is seen") {
  const test::TempFolder folder;
  const std::string path = folder / "history.jsonl";
  for (const char* version : {"1.0", "1.1", "1.2"}) REQUIRE(append(path, seen(version)));
  const std::string text = read_file(path).take();
  const std::size_t one = text.find('\n') + 1, two = text.find('\n', one) + 1;
  const auto refuses = [&](const std::string& changed) {
    REQUIRE(write_file(path, changed));
    const auto history = History::load(path);
    REQUIRE_FALSE(history);
    CHECK(history.error().kind == Error::Kind::config);
    CHECK_FALSE(append(path, seen("2.0")));
  };
  refuses(text.substr(one));
  refuses(text.substr(0, one) + text.substr(two));
  refuses(text.substr(0, one) + text);
  refuses(text.substr(0, text.size() - 1));
  refuses(text + "\n");
  // The last line's end cannot be missed, for the next one names it; its bytes can.
  for (std::size_t i = 0; i < two; ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    refuses(changed);
  }
}

TEST_CASE("dates of indices, and when keys spoke first") {
  const test::TempFolder folder;
  const std::string path = folder / "history.jsonl";
  const auto index = [](std::int64_t date) {
    return SeenIndex{"debian", "debian", "Debian bookworm", Time{date}, Time{1'800'000'000}};
  };
  const std::vector<Lesson> lessons{index(100), seen("1.0"),
                                    SeenKey{"acme", "sha256:1", Time{1'700'000'001}},
                                    SeenKey{"acme", "v4:2", Time{1'700'000'002}}};
  REQUIRE(append_history(path, lessons));
  const std::string text = read_file(path).take();
  CHECK(std::ranges::count(text, '\n') == 4);
  REQUIRE(append_history(path, lessons));
  REQUIRE(append(path, index(99)));
  REQUIRE(append(path, SeenKey{"acme", "v4:2", Time{1'900'000'000}}));
  CHECK(read_file(path).take() == text);
  REQUIRE(append(path, index(101)));

  const History history = History::load(path).take();
  CHECK(history.index_date("debian", "debian", "Debian bookworm") == Time{101});
  CHECK_FALSE(history.index_date("debian", "debian", "Debian trixie"));
  CHECK_FALSE(history.index_date("debian", "other", "Debian bookworm"));
  CHECK_FALSE(history.index_date("acme", "debian", "Debian bookworm"));
  CHECK(history.first_seen("v4:2") == Time{1'700'000'002});
  CHECK_FALSE(history.first_seen("v4:3"));
  CHECK(history.keys_of("acme").size() == 2);
  CHECK(history.keys_of("debian").empty());
  CHECK(history.versions_of("acme", "agent").size() == 1);
  CHECK(history.latest() == Time{1'800'000'000});
  for (const char* word : {"\"key\"", "\"date\"", "\"repository\""}) {
    std::string changed = text;
    changed[changed.find(word) + 1] = 'x';
    REQUIRE(write_file(path, changed));
    CHECK_FALSE(History::load(path));
  }
}

TEST_CASE("several at once lose nothing") {
  const test::TempFolder folder;
  const std::string path = folder / "history.jsonl";
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] { CHECK(append(path, seen(std::to_string(i)))); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(History::load(path).take().versions_of("acme", "agent").size() == 8);
}

TEST_CASE("a history that others may write is not believed") {
  const test::TempFolder folder;
  const std::string path = folder / "history.jsonl";
  REQUIRE(append(path, seen("1.0")));
  std::filesystem::permissions(path, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  CHECK_FALSE(History::load(path));
}

}  // namespace
}  // namespace assay
