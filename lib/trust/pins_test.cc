#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "trust/store.h"
#include "trust/test_kit.h"
#include "trust/vendor_text.h"

namespace assay {
namespace {

using test::MiniKey;
using test::TempFolder;

NewPin pin_of(const MiniKey& key, std::string name, std::vector<std::string> match) {
  return {.vendor = "acme",
          .key_name = std::move(name),
          .key = read_published_key(key.pub(), test::all_formats()).take(),
          .match = std::move(match)};
}

/// Every file under the folder with its content, to compare before and after.
std::string state_of(const std::string& folder) {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    all.push_back(entry.path().string() + "\n" + read_file(entry.path().string()).take());
  }
  std::sort(all.begin(), all.end());
  std::string text;
  for (const std::string& one : all) text += one;
  return text;
}

Error refusal(const Result<void>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

TEST_CASE("pin and unpin") {
  const TempFolder folder;
  const std::string root = folder / "a/trust";
  const MiniKey first('1'), second('2'), third('3');
  NewPin pin = pin_of(first, "acme-2025", {"acme-*", "acme-*"});
  pin.valid_from = Time{1000};
  pin.valid_until = Time{2000};
  REQUIRE(add_pin(root, pin, test::all_formats()));
  TrustStore store = TrustStore::load(root, test::all_formats()).take();
  CHECK(store.vendors().at(0).match() == std::vector<std::string>{"acme-*"});
  CHECK(store.vendors().at(0).keys.at(0).valid_until == Time{2000});
  CHECK(read_file(root + "/keys/acme/acme-2025.pub").take() == first.pub());
  const std::string one_key = state_of(root);

  REQUIRE(add_pin(root, pin_of(second, "acme-2026", {}), test::all_formats()));
  REQUIRE(add_pin(root, pin_of(third, "acme-2027", {"agent \"x\\\"*", "acme-*"}),
                  test::all_formats()));
  store = TrustStore::load(root, test::all_formats()).take();
  CHECK(store.vendors().at(0).match() == std::vector<std::string>{"acme-*", "agent \"x\\\"*"});
  REQUIRE(store.vendors().at(0).keys.size() == 3);

  REQUIRE(remove_pin(root, "acme", "acme-2026", test::all_formats()));
  store = TrustStore::load(root, test::all_formats()).take();
  CHECK(store.vendors().at(0).keys.at(1).name == "acme-2027");
  CHECK_FALSE(std::filesystem::exists(root + "/keys/acme/acme-2026.pub"));
  REQUIRE(remove_pin(root, "acme", "acme-2027", test::all_formats()));
  CHECK(refusal(remove_pin(root, "acme", "acme-2025", test::all_formats()))
            .hint.find("remove acme") != std::string::npos);
  REQUIRE(remove_pin(root, "acme", "", test::all_formats()));
  CHECK(TrustStore::load(root, test::all_formats()).take().vendors().empty());
  CHECK_FALSE(std::filesystem::exists(root + "/keys/acme"));
  CHECK(state_of(root).empty());
}

TEST_CASE("the owner's comments and order stay") {
  const TempFolder folder;
  const MiniKey first('1'), second('2');
  test::put_vendor(folder.path(), "acme", "\"acme-*\"", "acme-2025", first,
                   "# read over the phone by J.\n");
  const std::string path = folder / "vendors.d/acme.toml";
  const std::string before = read_file(path).take();
  REQUIRE(add_pin(folder.path(), pin_of(second, "acme-2026", {}), test::all_formats()));
  CHECK(read_file(path).take().starts_with(before));
  REQUIRE(remove_pin(folder.path(), "acme", "acme-2025", test::all_formats()));
  const std::string after = read_file(path).take();
  CHECK(after.find("acme-2025") == std::string::npos);
  CHECK(after.starts_with(before.substr(0, before.find("[[key]]"))));
}

TEST_CASE("what is refused leaves everything as it was") {
  const TempFolder folder;
  const std::string& root = folder.path();
  const MiniKey first('1'), second('2');
  CHECK(refusal(add_pin(folder / "new", pin_of(first, "acme-2025", {}), test::all_formats()))
            .kind == Error::Kind::usage);
  CHECK_FALSE(std::filesystem::exists(folder / "new"));
  REQUIRE(add_pin(root, pin_of(first, "acme-2025", {"acme-*"}), test::all_formats()));
  const std::string before = state_of(root);
  const auto refused = [&](const NewPin& pin, std::string_view words) {
    const Error error = refusal(add_pin(root, pin, test::all_formats()));
    CAPTURE(error.what);
    CHECK(error.what.find(words) != std::string::npos);
    CHECK(state_of(root) == before);
  };
  refused(pin_of(first, "acme-2026", {}), "pinned already");
  refused(pin_of(second, "acme-2025", {}), "has a key named");
  refused(pin_of(second, "../x", {}), "cannot be a key's name");
  refused(pin_of(second, "", {}), "cannot be a key's name");
  refused(pin_of(second, "k", {"*"}), "too wide");
  refused(pin_of(second, "k", {"a\nb"}), "no plain text");
  NewPin pin = pin_of(second, "k", {"b-*"});
  pin.vendor = "a/b";
  refused(pin, "cannot be a vendor's id");
  pin.vendor = "beta";
  pin.match.clear();
  refused(pin, "which files he may sign");
  pin = pin_of(second, "k", {});
  pin.valid_from = Time{2000};
  pin.valid_until = Time{1000};
  refused(pin, "ends before it begins");  // found by loading what was written
  pin = pin_of(second, "k", {});
  pin.key.id = first.pinned("").id + "0";
  refused(pin, "another key than");
  CHECK(refusal(remove_pin(root, "acne", "", test::all_formats())).hint ==
        "did you mean 'acme'?");
  CHECK(refusal(remove_pin(root, "acme", "acme-2026", test::all_formats())).hint ==
        "did you mean 'acme-2025'?");
  CHECK(state_of(root) == before);
  REQUIRE(write_file(root + "/keys/acme/k.pub", "somebody's"));
  CHECK(refusal(add_pin(root, pin_of(second, "k", {}), test::all_formats()))
            .what.find("there already") != std::string::npos);
  CHECK(read_file(root + "/keys/acme/k.pub").take() == "somebody's");
}

TEST_CASE("a file that cannot be edited safely is left alone") {
  const TempFolder folder;
  const std::string& root = folder.path();
  const MiniKey first('1'), second('2');
  test::put_vendor(root, "acme", "\n  \"acme-*\",\n", "acme-2025", first);
  const std::string before = state_of(root);
  CHECK(refusal(add_pin(root, pin_of(second, "k", {"b-*"}), test::all_formats()))
            .hint.find("by hand") != std::string::npos);
  CHECK(state_of(root) == before);
  // A text that only looks like a header: the key it would cut is not the one asked for.
  test::put_vendor(
      root, "acme", "\"acme-*\"", "acme-2025", first,
      "revoked_at = 2026-01-01T00:00:00Z\nrevoked_reason = \"\"\"\n[[key]]\n\"\"\"\n");
  REQUIRE(add_pin(root, pin_of(second, "k", {}), test::all_formats()));
  const std::string both = state_of(root);
  CHECK_FALSE(remove_pin(root, "acme", "k", test::all_formats()));
  CHECK(state_of(root) == both);
}

TEST_CASE("editing text") {
  CHECK(with_match("a = 1\nmatch=['x']\n[[key]]\n", std::vector<std::string>{"y"}) ==
        "a = 1\nmatch = [\"y\"]\n[[key]]\n");
  CHECK_FALSE(with_match("[[key]]\nmatch = []\n", std::vector<std::string>{"y"}));
  CHECK_FALSE(with_match("match = [\n'x']\n", std::vector<std::string>{"y"}));
  CHECK_FALSE(with_match("match = ['x'] # why\n", std::vector<std::string>{"y"}));
  CHECK_FALSE(with_match("matches = ['x']\n", std::vector<std::string>{"y"}));
  CHECK(without_key("a\n[[key]]\nb\n# c\n[[key]]\nd", 0) == "a\n# c\n[[key]]\nd");
  CHECK(without_key("a\n[[key]]\nb\n[[key]]\nd", 1) == "a\n[[key]]\nb\n");
  CHECK_FALSE(without_key("a\n[[key]]\nb\n", 1));
}

}  // namespace
}  // namespace assay
