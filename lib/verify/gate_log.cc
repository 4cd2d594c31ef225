#include "verify/gate_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "log/audit.h"
#include "log/entry.h"
#include "log/memory.h"
#include "log/proof.h"
#include "log/witness.h"

namespace assay {
namespace {

constexpr std::int64_t kClockSkew = 300;  // seconds
constexpr std::size_t kMaxIndex = std::size_t{64} << 20;

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::durability, .code = std::move(code), .what = std::move(what)};
}

}  // namespace

Result<std::string> ProvenLog::admit(std::string_view verdict) {
  const log::Included included = TRY(log::open_proof(proof_, verdict, key_));
  log::Checkpoint newest = included.checkpoint;
  const auto before = TRY(log::recall(memory_.checkpoint, key_.name));
  if (mirror_) {
    newest = TRY(log::check_log(*mirror_, key_, before));
    // The copy must hold what the proof was made from.
    TRY(log::check_grown(included.checkpoint.tree, newest.tree,
                         log::subtrees_of(newest.tree.size, mirror_->reader())));
  } else if (before && before->size == newest.tree.size && !(*before == newest.tree)) {
    return refuse("log-forked",
                  fmt::format("another tree of {} entries was seen before", before->size));
  }
  TRY(log::remember(memory_.checkpoint, newest));
  notes_ = {included.note};
  newest_ = newest.tree;
  return fmt::format(
      "it is entry {} of the log '{}'{}", included.index, key_.name,
      mirror_ ? fmt::format(", whose {} entries were seen", newest.tree.size) : std::string());
}

Result<std::string> ProvenLog::witnessed(const GateLogConfig& demanded, Time now) {
  if (mirror_) notes_.push_back(TRY(log::parse_note(TRY(mirror_->read_note()))));
  const auto seen =
      TRY(log::newest_seen(mirror_ ? &*mirror_ : nullptr, key_, witnesses_, notes_));
  std::int64_t fresh = 0;
  std::string names;
  for (const log::Seen& one : seen) {
    if (mirror_) {
      TRY(log::check_grown(one.tree, newest_,
                           log::subtrees_of(newest_.size, mirror_->reader())));
    }
    const std::int64_t age = now.seconds - one.at.seconds;
    if (age < -kClockSkew || age > demanded.max_witness_age) continue;
    ++fresh;
    names += (names.empty() ? "" : ", ") + one.witness;
  }
  if (fresh >= std::max<std::int64_t>(1, demanded.quorum)) {
    return fmt::format("its log was seen lately by {}", names);
  }
  return refuse(
      "log-witness-stale",
      fmt::format("{} of {} witnesses saw the log in the last {} hours, {} must have", fresh,
                  witnesses_.size(), demanded.max_witness_age / 3600, demanded.quorum));
}

Json ProvenLog::to_json(const Index& index, const std::string& origin) {
  Json::Object revoked, first_use;
  for (const auto& [sha256, why] : index.revoked) revoked.emplace(sha256, why);
  for (const auto& [nonce, entry] : index.first_use) first_use.emplace(nonce, entry);
  return Json(Json::Object{
      {"schema", 1},
      {"checkpoint", log::format_checkpoint({.origin = origin, .tree = index.tree})},
      {"revoked", std::move(revoked)},
      {"firstUse", std::move(first_use)}});
}

std::optional<ProvenLog::Index> ProvenLog::from_json(const Json& json,
                                                     const std::string& origin) {
  const auto checkpoint = log::parse_checkpoint(json.text_or_empty("checkpoint"));
  const auto object = [&](std::string_view key) {
    const Json* const value = json.find(key);
    return value == nullptr ? nullptr : value->object();
  };
  const Json::Object* const revoked = object("revoked");
  const Json::Object* const first_use = object("firstUse");
  if (!checkpoint || checkpoint->origin != origin || revoked == nullptr ||
      first_use == nullptr) {
    return std::nullopt;
  }
  Index index{.tree = checkpoint->tree};
  for (const auto& [sha256, why] : *revoked) {
    if (why.string() == nullptr) return std::nullopt;
    index.revoked.emplace(sha256, *why.string());
  }
  for (const auto& [nonce, entry] : *first_use) {
    if (entry.integer() == nullptr) return std::nullopt;
    index.first_use.emplace(nonce, static_cast<std::uint64_t>(*entry.integer()));
  }
  // Spelled as it was written, or somebody else wrote it.
  return to_json(index, origin) == json ? std::optional(std::move(index)) : std::nullopt;
}

/// What was read the last time; whatever is odd about it, and the entries are read again.
void ProvenLog::recall_index() {
  recalled_ = true;
  if (memory_.index.empty()) return;
  const auto text = read_file(memory_.index, kMaxIndex);
  const auto json = text ? Json::parse(*text, {.max_bytes = kMaxIndex, .max_depth = 4})
                         : Result<Json>(text.error());
  auto index = json ? from_json(*json, key_.name) : std::nullopt;
  if (!index || index->tree.size > newest_.size) return;
  const auto edge =
      log::Edge::of(index->tree.size, log::subtrees_of(newest_.size, mirror_->reader()));
  if (edge && edge->root() == index->tree.root) index_ = *std::move(index);
}

/// Reads what was added since the last time, and only believes it when it gives the root.
Result<void> ProvenLog::scan() {
  if (!mirror_) return {};
  if (!recalled_) recall_index();
  const log::TreeHead tree = TRY(log::open_checkpoint(TRY(mirror_->read_note()), key_)).tree;
  if (tree == index_.tree) return {};
  Index grown = index_;
  TRY(log::for_each_proven(
      *mirror_, index_.tree, tree,
      [&grown](std::uint64_t at, const std::string& bytes) -> Result<void> {
        const log::Entry entry = log::read_entry(bytes);
        if (entry.kind == "revocation") {
          grown.revoked.emplace(
              entry.sha256,
              fmt::format("entry {}: {}", at, printable(log::detail(entry, "text"))));
        }
        const std::string nonce = log::detail(entry, "nonce");
        if (entry.kind == "gate-decision" && log::detail(entry, "text") == "ACCEPTED" &&
            !nonce.empty()) {
          grown.first_use.emplace(nonce, at);
        }
        return {};
      }));
  grown.tree = tree;
  index_ = std::move(grown);
  if (memory_.index.empty()) return {};
  return write_file(memory_.index, to_json(index_, key_.name).canonical());
}

Result<std::string> ProvenLog::revoked(std::span<const std::string> sha256s) {
  TRY(scan());
  for (const std::string& sha256 : sha256s) {
    const auto found = index_.revoked.find(sha256);
    if (!sha256.empty() && found != index_.revoked.end()) return found->second;
  }
  return std::string();
}

Result<std::optional<std::uint64_t>> ProvenLog::first_use(const std::string& nonce) {
  TRY(scan());
  const auto found = index_.first_use.find(nonce);
  return found == index_.first_use.end() ? std::nullopt : std::optional(found->second);
}

Result<bool> ProvenLog::used(const std::string& nonce) {
  return TRY(first_use(nonce)).has_value();
}

}  // namespace assay
