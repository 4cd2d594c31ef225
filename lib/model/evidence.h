// Evidence: everything found out about one bundle. Plain data; the policy
// judges it, the reports show it, the verdict signs it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/reason.h"
#include "model/wall.h"

namespace assay {

/// Subject: the file under judgement, as the snapshot holds it.
struct Subject {
  std::string name{};  ///< base name, raw bytes as given
  std::uint64_t size = 0;
  std::string sha256{};  ///< lower-case hex
  std::string sha512{};  ///< lower-case hex
};

enum class MemberKind { other, file, directory, symlink, hardlink, device };

/// Member: a file inside the bundle, at any depth.
struct Member {
  /// Raw bytes; nesting is spelled "app.deb!/data.tar.xz!/usr/bin/x". The
  /// bundle itself, when it is no container, is a member named as the bundle.
  std::string path{};
  MemberKind kind = MemberKind::other;
  std::string type{};         ///< what its bytes are: "elf", "pe", "tar.gz", "script", "data"
  std::uint64_t size = 0;     ///< bytes delivered, not bytes declared
  std::uint32_t mode = 0;     ///< permission bits as claimed
  std::string link_target{};  ///< raw bytes, for links
  std::string sha256{};       ///< lower-case hex; empty only for what has no content
  bool scanned = false;  ///< its content went through every rule, or through its own members
};

enum class Severity { info, low, medium, high, critical };

/// Finding: something the content scan saw.
struct Finding {
  std::string rule{};  ///< stable id: "MINER001"
  std::string name{};  ///< the rule's name in its file
  Severity severity = Severity::critical;
  std::string category{};  ///< meta `class`: miner, injector, rootkit, persistence, dual-use
  std::string family{};
  std::string member{};  ///< raw path
  std::string member_sha256{};
  std::uint64_t offset = 0;  ///< of the first string that matched
  std::string context{};     ///< up to 32 raw bytes from `offset`; never shown unprinted
  std::string why{};
  std::string remedy{};
  std::string reference{};
};

/// Problem: something wrong with the bundle as a file.
struct Problem {
  std::string code{};    ///< reason id
  std::string member{};  ///< raw path, or empty for the bundle itself
  std::string detail{};  ///< one line of our own words; text of the bundle in it is printable()
  Effect effect = Effect::indeterminate;
};

/// A Problem with the effect its reason has; an unknown code is indeterminate.
inline Problem make_problem(std::string code, std::string member, std::string detail) {
  const Reason* reason = find_reason(code);
  const Effect effect = reason == nullptr ? Effect::indeterminate : reason->effect;
  return {std::move(code), std::move(member), std::move(detail), effect};
}
inline Problem as_problem(const Error& error, std::string member) {
  return make_problem(error.code, std::move(member), error.what);
}

/// What one signature or signed list beside the bundle says, and what of it counts.
struct SignatureRecord {
  std::string source{};   ///< sidecar's base name
  std::string format{};   ///< "minisign", "checksums", "in-toto"
  std::string subject{};  ///< what it speaks of: the bundle's name or a list's
  bool verified =
      false;  ///< true only if it counts: pinned key, in its window, right name, bytes intact
  std::string reason{};         ///< reason id when not verified
  std::string detail{};         ///< one line, printable
  std::string vendor{};         ///< vendor whose key it is, if pinned
  std::string key{};            ///< the key's name in the trust store, if pinned
  std::string key_id{};         ///< as the format shows it; a claim unless `key` is set
  std::string claimed_id{};     ///< unless pinned: the id to pin, where the signature tells it
  std::string operator_name{};  ///< who holds the key, if pinned
  std::string algorithm{};      ///< as the format calls it
  std::string
      verified_comment{};  ///< text the key signed along (minisign trusted comment), raw
  std::string version{};   ///< of the product, as signed
  std::optional<Time> claimed_time{};
  std::vector<Time> proven_times{};       ///< by pinned time-stamping authorities
  std::string repository{};               ///< printable: whose index names the bundle, or empty
  std::optional<Time> repository_date{};  ///< when that index says it was made
  bool names_file = false;                ///< the bundle's name is signed along
  bool is_list = false;  ///< the bundle's digest stands in a list signed by `key`
};

/// Term: one demand of the vendor's own entry, answered. The zero value is not met.
struct Term {
  std::string name{};                 ///< "require", "version", "freshness"
  std::string reason = "not-judged";  ///< reason id; empty: met
  std::string detail{};               ///< one line, printable
};

/// Which vendors of the trust store claim this file name, and what the one demands.
struct VendorMatch {
  std::vector<std::string> vendors{};
  bool chosen_by_hand = false;  ///< --vendor
  std::string product{};        ///< the vendor's name for this kind of file
  std::vector<Term> terms{};
};

/// A pack of rules that ran beside the shipped ones.
struct RulePackInfo {
  std::string name{};
  std::int64_t serial = 0;  ///< 0 without a pack.toml
  std::string sha256{};     ///< over its files, by their names in the pack
};

struct RuleSetInfo {
  std::int64_t serial = 0;  ///< yyyymmdd, or yyyymmddnn
  std::string sha256{};     ///< over every file of the set
  std::uint64_t loaded = 0;
  std::vector<RulePackInfo> packs{};  ///< beside the shipped one, by name
};

/// Ledger: what the bytes of one file are, as those who read them counted them. Every
/// byte is one of these.
struct Ledger {
  std::uint64_t member = 0;     ///< content of members, packed or plain
  std::uint64_t metadata = 0;   ///< headers, names, tables, checksums
  std::uint64_t padding = 0;    ///< zeros or newlines where the format wants them
  std::uint64_t signature = 0;  ///< what holds signatures
  std::uint64_t unknown = 0;    ///< no reader could say
};

/// True if the counts are together `size` and none of them is beyond it.
inline bool adds_up_to(const Ledger& ledger, std::uint64_t size) {
  std::uint64_t left = size;
  for (const std::uint64_t count :
       {ledger.member, ledger.metadata, ledger.padding, ledger.signature, ledger.unknown}) {
    if (count > left) return false;
    left -= count;
  }
  return left == 0;
}

/// What was and what was not looked at.
struct Coverage {
  std::uint64_t members = 0;  ///< with content; folders, links and devices have none
  std::uint64_t scanned = 0;  ///< of those
  std::uint64_t bytes = 0;    ///< of members, unpacked
  std::uint64_t depth = 0;    ///< deepest nesting reached; 0 for a bare file
  bool complete = false;      ///< the walk reached its end
  Ledger ledger{};            ///< of the bundle file's own bytes; adds up to its size
};

struct Evidence {
  Subject bundle{};
  std::string format{};           ///< "deb", "tar.gz", "pe"
  std::string contents_sha256{};  ///< over (path, kind, mode, sha256) of all members
  std::vector<Member> members{};
  std::vector<Finding> findings{};
  std::vector<Problem> problems{};
  Coverage coverage{};
  RuleSetInfo rules{};
  VendorMatch vendor{};
  std::vector<SignatureRecord> signatures{};
  std::string trust_sha256{};  ///< of the trust store; empty when there is none
  /// How the examination was walled in, as to_string(Wall) says it: "seccomp+landlock7".
  std::string sandbox = "none";
};

/// How strong the wall was that the bundle was read behind; none if that is unknown.
inline WallLevel wall_level(const Evidence& evidence) {
  return level_of(wall_from(evidence.sandbox).value_or(Wall{}));
}

/// Names as they stand in files and reports; parsing gives nothing for an unknown word.
std::string_view to_string(MemberKind kind);
std::string_view to_string(Severity severity);
std::optional<Severity> severity_from(std::string_view text);
std::optional<MemberKind> member_kind_from(std::string_view text);

}  // namespace assay
