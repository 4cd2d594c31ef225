// Every byte of a bundle and of what signs it, changed in three ways, by every format: it is
// refused, or the byte is one that is told as nobody's. Prints a table:
//   build/test_trust -tc='every byte*'

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "bundle/openpgp_packet.h"
#include "trust/embedded.h"
#include "trust/embedded_kit.h"
#include "trust/pe_kit.h"
#include "trust/signers_kit.h"

namespace assay {
namespace {

using test::Bundle;
using test::Signers;

/// Bytes of a file that its format leaves to anybody, and says so.
using Free = std::vector<ByteRange>;

bool lies_in(const Free& ranges, std::size_t at) {
  return std::ranges::any_of(ranges, [&](const ByteRange& one) {
    return at >= one.offset && at - one.offset < one.size;
  });
}

Free none(std::string_view /*bytes*/) {
  return {};
}
/// The untrusted comment of minisign and signify.
Free first_line(std::string_view bytes) {
  return {{0, bytes.find('\n')}};
}
Free last_byte(std::string_view bytes) {
  return {{bytes.size() - 1, 1}};
}
/// The unhashed part of a version 4 signature: hints.
Free hints(std::string_view bytes) {
  const std::size_t body = read_openpgp_header(as_bytes(bytes)).value().size;
  const auto length = [&](std::size_t at) {
    return test::get(bytes, at + 1, 1) + 256 * test::get(bytes, at, 1);
  };
  const std::size_t unhashed = body + 6 + length(body + 4);
  return {{unhashed + 2, length(unhashed)}};
}
Free key_hint(std::string_view bytes) {
  constexpr std::string_view kHint = "\"keyid\":\"\"";
  return {{bytes.find(kHint), kHint.size()}};
}
/// What a container keeps to itself, without the signatures in it.
Free headers(const Bundle& bundle) {
  const Sidecar file{bundle.name, bundle.content};
  const auto found = find_embedded(MemoryFile(file), test::all_formats()).take();
  Free ranges;
  for (const FoundSignature& one : found.signatures) {
    for (const ByteRange& range : one.signature.container) {
      for (std::uint64_t i = 0; i < range.size; ++i) {
        if (!lies_in(one.signature.place, range.offset + i)) {
          ranges.push_back({range.offset + i, 1});
        }
      }
    }
  }
  return ranges;
}

/// One signed release.
struct Release {
  std::string_view format;
  Bundle bundle{};
  std::vector<Sidecar> sidecars{};
  Free (*free)(std::string_view sidecar) = none;  ///< of the last sidecar
  Free free_in_bundle{};
};

std::vector<Release> beside(Signers& by, const Bundle& it) {
  const Bundle list{"SHA256SUMS", Signers::list(it)};
  const Sidecar sums{list.name, list.content};
  const auto name = [&](const char* suffix) { return it.name + suffix; };
  return {
      {"minisign", it, {{name(".minisig"), by.minisign(it)}}, first_line},
      {"signify", it, {{name(".sig"), by.signify(it)}}, first_line},
      {"signify-embedded", it, {{"SHA256.sig", by.signify(list, "-e")}}, first_line},
      {"sshsig", it, {{name(".sig"), by.ssh(it)}}, last_byte},
      {"openpgp", it, {{name(".asc"), by.openpgp(it)}}, hints},
      {"openpgp (armour)", it, {{name(".asc"), by.openpgp(it, "--armor --detach-sign")}}},
      {"openpgp-cleartext", it, {{"SHA256SUMS.asc", by.openpgp(list, "--clear-sign")}}},
      {"cms", it, {{name(".p7s"), by.pki().sign(it.content, "acme", "-binary -nocerts")}}},
      {"raw", it, {{name(".sig"), by.raw(it)}}},
      {"dsse", it, {{name(".intoto.jsonl"), by.statement(it)}}, key_hint},
      {"list by minisign", it, {sums, {"SHA256SUMS.minisig", by.minisign(list)}}, first_line},
      {"list by openpgp", it, {sums, {"SHA256SUMS.asc", by.openpgp(list)}}, hints},
      {"list by ssh", it, {sums, {"SHA256SUMS.sig", by.ssh(list)}}, last_byte},
  };
}

std::vector<Release> inside(Signers& by) {
  const std::string contents = "2.0\n" + test::kControl + test::kData;
  const std::string signature = by.openpgp({"", contents});
  const Bundle deb{"app-1.deb", test::deb(test::ar_member("_gpgorigin", signature))};
  const Bundle gzip{"app-1.tgz", by.signify_gzip(by.gzip(std::string(300, 'a')))};
  const Bundle exe{"app-1.exe", test::signed_by(by.pki(), test::program("overlay"), "acme")};
  const std::string options = "-binary -noattr -nocerts -md sha256";
  const Bundle module{
      "app-1.ko",
      test::with_trailer(test::kModule, by.pki().sign(test::kModule, "acme", options))};
  std::vector<Release> releases{
      {"debsig", deb}, {"signify-gzip", gzip}, {"pe", exe}, {"kernel-module", module}};
  for (Release& one : releases) one.free_in_bundle = headers(one.bundle);
  // In the signature's member: the hint of OpenPGP.
  const std::size_t at = deb.content.find(signature);
  for (ByteRange range : hints(signature)) {
    range.offset += at;
    releases[0].free_in_bundle.push_back(range);
  }
  // In signify's header: the comment nobody signed.
  const std::size_t comment = gzip.content.find("untrusted comment:");
  releases[1].free_in_bundle.push_back({comment, gzip.content.find('\n') - comment});
  return releases;
}

/// What a signature that counts for the bundle says; empty if none does.
std::string voice(const Bundle& it, const std::vector<SignatureRecord>& records) {
  for (const SignatureRecord& record : records) {
    if (record.verified && !record.key.empty() &&
        (record.is_list || record.subject == it.name)) {
      return record.detail;
    }
  }
  return {};
}

struct Count {
  std::size_t bytes = 0, changes = 0, refused = 0, told = 0, accepted = 0;
};

/// Changes every byte of `file`, a part of the release; `ask` gives what then counts.
template <class Ask>
void change_all(const std::string& good, const Free& free, Ask ask, Count& count) {
  count.bytes += good.size();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x20U, 0xffU}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      const std::string said = ask(bad);
      ++count.changes;
      if (said.empty()) {
        ++count.refused;
      } else if (lies_in(free, i) || said.find(" unsigned (") != said.npos) {
        ++count.told;
      } else {
        ++count.accepted;
        MESSAGE("byte ", i, " changed by ", flip, ": accepted");
      }
    }
  }
}

Count count_of(const Release& it, const Signers& by) {
  Count count;
  change_all(
      it.bundle.content, it.free_in_bundle,
      [&](const std::string& bad) {
        return voice(it.bundle, by.check({it.bundle.name, bad}, it.sidecars));
      },
      count);
  for (std::size_t n = 0; n < it.sidecars.size(); ++n) {
    const bool is_last = n + 1 == it.sidecars.size();
    std::vector<Sidecar> sidecars = it.sidecars;
    change_all(
        it.sidecars[n].bytes, is_last ? it.free(it.sidecars[n].bytes) : Free(),
        [&](const std::string& bad) {
          sidecars[n].bytes = bad;
          return voice(it.bundle, by.check(it.bundle, sidecars));
        },
        count);
  }
  return count;
}

TEST_CASE("every byte of a bundle and of what signs it, by every format") {
  if (!Signers::installed()) {
    MESSAGE("gpg, signify or ssh-keygen is not installed: skipped");
    return;
  }
  Signers by;
  std::vector<Release> releases = beside(by, {"app-1.bin", "one\n"});
  std::ranges::move(inside(by), std::back_inserter(releases));
  fmt::print("{:<20}{:>8}{:>9}{:>9}{:>15}{:>10}\n", "format", "bytes", "changes", "refused",
             "told unsigned", "accepted");
  for (const Release& one : releases) {
    CAPTURE(one.format);
    CHECK_FALSE(voice(one.bundle, by.check(one.bundle, one.sidecars)).empty());
    const Count count = count_of(one, by);
    fmt::print("{:<20}{:>8}{:>9}{:>9}{:>15}{:>10}\n", one.format, count.bytes, count.changes,
               count.refused, count.told, count.accepted);
    CHECK(count.accepted == 0);
    CHECK(count.refused > count.told);
  }
}

}  // namespace
}  // namespace assay
