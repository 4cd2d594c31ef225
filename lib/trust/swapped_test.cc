// Two bundles and the sidecars of both, by every format: swapped, or one of them gone,
// they never speak for a bundle.

#include <doctest/doctest.h>

#include <functional>

#include "trust/signers_kit.h"

namespace assay {
namespace {

using test::Bundle;
using test::Signers;

/// How one format signs a bundle, and what is said of each piece.
struct Kind {
  std::string_view name;
  std::function<std::vector<Sidecar>(Signers&, const Bundle&)> make;
  /// The reasons of all records, in order, for the sidecars of another bundle under the
  /// names of this one's; "-" for one that counts, for what it is over.
  std::string_view swapped;
  /// The same with the first sidecar gone, the second, ...
  std::vector<std::string_view> removed;
  bool speaks = true;  ///< whole, it lets the bundle be installed
};

std::vector<Kind> kinds() {
  const auto one = [](std::string_view suffix, auto sign) {
    return [suffix, sign](Signers& by, const Bundle& it) {
      return std::vector<Sidecar>{{it.name + std::string(suffix), std::invoke(sign, by, it)}};
    };
  };
  const auto listed = [](std::string_view suffix, auto sign) {
    return [suffix, sign](Signers& by, const Bundle& it) {
      const Bundle list{"SHA256SUMS", Signers::list(it)};
      return std::vector<Sidecar>{
          {list.name, list.content},
          {list.name + std::string(suffix), std::invoke(sign, by, list)}};
    };
  };
  const auto pgp = [](Signers& by, const Bundle& it) { return by.openpgp(it); };
  const auto clear = [](Signers& by, const Bundle& it) {
    return std::vector<Sidecar>{
        {"SHA256SUMS.asc", by.openpgp({"", Signers::list(it)}, "--clear-sign")}};
  };
  const auto embedded = [](Signers& by, const Bundle& it) {
    return std::vector<Sidecar>{{"SHA256.sig", by.signify({"", Signers::list(it)}, "-e")}};
  };
  const auto signify = [](Signers& by, const Bundle& it) { return by.signify(it); };
  const auto stamped = [](Signers& by, const Bundle& it) {
    const std::string signature = by.openpgp(it);
    return std::vector<Sidecar>{{it.name + ".asc", signature},
                                {it.name + ".asc.tsr", by.stamp(signature)}};
  };
  const auto stamp = [](Signers& by, const Bundle& it) {
    return std::vector<Sidecar>{{it.name + ".tsr", by.stamp(it.content)}};
  };
  return {
      {"minisign", one(".minisig", &Signers::minisign), "bad-signature", {""}},
      {"signify", one(".sig", signify), "bad-signature", {""}},
      {"sshsig", one(".sig", &Signers::ssh), "bad-signature", {""}},
      {"openpgp", one(".asc", pgp), "bad-signature", {""}},
      {"cms", one(".p7s", &Signers::cms), "bad-signature", {""}},
      {"raw", one(".sig", &Signers::raw), "bad-signature", {""}},
      {"dsse", one(".intoto.jsonl", &Signers::statement), "- list-not-naming", {""}},
      {"rfc3161", stamp, "bad-signature", {""}, false},
      {"openpgp and rfc3161", stamped, "bad-signature -", {"bad-signature", "-"}},
      {"signify-embedded", embedded, "- list-not-naming", {""}},
      {"openpgp-cleartext", clear, "- list-not-naming", {""}},
      {"list by minisign",
       listed(".minisig", &Signers::minisign),
       "- list-not-naming",
       {"bad-signature", "list-unsigned"}},
      {"list by openpgp",
       listed(".asc", pgp),
       "- list-not-naming",
       {"bad-signature", "list-unsigned"}},
      {"list by ssh",
       listed(".sig", &Signers::ssh),
       "- list-not-naming",
       {"bad-signature", "list-unsigned"}},
      {"list by cms",
       listed(".p7s", &Signers::cms),
       "- list-not-naming",
       {"bad-signature", "list-unsigned"}},
  };
}

std::string reasons_of(const std::vector<SignatureRecord>& records) {
  std::string text;
  for (const SignatureRecord& record : records) {
    CHECK(record.verified == record.reason.empty());
    text += (text.empty() ? "" : " ") + (record.verified ? "-" : record.reason);
  }
  return text;
}

bool speaks_for(const Bundle& it, const std::vector<SignatureRecord>& records) {
  return std::ranges::any_of(records, [&](const SignatureRecord& record) {
    return record.verified && !record.key.empty() &&
           (record.is_list || (record.subject == it.name && record.source != it.name));
  });
}

/// The sidecars of `from`, called as if they were those of `to`.
std::vector<Sidecar> renamed(std::vector<Sidecar> sidecars, const Bundle& from,
                             const Bundle& to) {
  for (Sidecar& one : sidecars) {
    if (one.name.starts_with(from.name)) one.name.replace(0, from.name.size(), to.name);
  }
  return sidecars;
}

TEST_CASE("sidecars of another bundle, and each sidecar gone, by every format") {
  if (!Signers::installed()) {
    MESSAGE("gpg, signify or ssh-keygen is not installed: skipped");
    return;
  }
  Signers by;
  const Bundle first{"app-1.bin", "one\n"}, second{"app-2.bin", "two\n"};
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    const std::vector<Sidecar> own = kind.make(by, first), others = kind.make(by, second);
    CHECK(speaks_for(first, by.check(first, own)) == kind.speaks);
    CHECK(speaks_for(second, by.check(second, others)) == kind.speaks);

    const auto swapped = by.check(first, renamed(others, second, first));
    CHECK(reasons_of(swapped) == kind.swapped);
    CHECK_FALSE(speaks_for(first, swapped));
    CHECK_FALSE(speaks_for(second, by.check(second, renamed(own, first, second))));

    REQUIRE(kind.removed.size() == own.size());
    for (std::size_t i = 0; i < own.size(); ++i) {
      CAPTURE(i);
      std::vector<Sidecar> rest = own;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      const auto left = by.check(first, rest);
      CHECK(reasons_of(left) == kind.removed[i]);
      CHECK((!speaks_for(first, left) || kind.removed[i] == "-"));
    }
  }
}

}  // namespace
}  // namespace assay
