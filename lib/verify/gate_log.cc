#include "verify/gate_log.h"

#include <fmt/format.h>

#include "log/audit.h"
#include "log/entry.h"
#include "log/memory.h"
#include "log/proof.h"

namespace assay {

Result<std::string> ProvenLog::admit(std::string_view verdict) {
  const log::Included included = TRY(log::open_proof(proof_, verdict, key_));
  log::Checkpoint newest = included.checkpoint;
  const auto before = TRY(log::recall(memory_, key_.name));
  if (mirror_) {
    newest = TRY(log::check_log(*mirror_, key_, before));
    // The copy must hold what the proof was made from.
    TRY(log::check_grown(included.checkpoint.tree, newest.tree,
                         log::subtrees_of(newest.tree.size, mirror_->reader())));
  } else if (before && before->size == newest.tree.size && !(*before == newest.tree)) {
    return Error{
        .kind = Error::Kind::durability,
        .code = "log-forked",
        .what = fmt::format("another tree of {} entries was seen before", before->size)};
  }
  TRY(log::remember(memory_, newest));
  return fmt::format(
      "it is entry {} of the log '{}'{}", included.index, key_.name,
      mirror_ ? fmt::format(", whose {} entries were seen", newest.tree.size) : std::string());
}

/// Reads what was added since the last time.
Result<void> ProvenLog::scan() {
  if (!mirror_) return {};
  const std::uint64_t size =
      TRY(log::open_checkpoint(TRY(mirror_->read_note()), key_)).tree.size;
  TRY(log::for_each_entry(
      *mirror_, scanned_, size,
      [this](std::uint64_t index, const std::string& bytes) -> Result<void> {
        const log::Entry entry = log::read_entry(bytes);
        if (entry.kind == "revocation") {
          revoked_.emplace(entry.sha256, fmt::format("entry {}: {}", index,
                                                     printable(log::detail(entry, "text"))));
        }
        const std::string nonce = log::detail(entry, "nonce");
        if (entry.kind == "gate-decision" && log::detail(entry, "text") == "ACCEPTED" &&
            !nonce.empty()) {
          first_use_.emplace(nonce, index);
        }
        return {};
      }));
  scanned_ = size;
  return {};
}

Result<std::string> ProvenLog::revoked(std::span<const std::string> sha256s) {
  TRY(scan());
  for (const std::string& sha256 : sha256s) {
    const auto found = revoked_.find(sha256);
    if (!sha256.empty() && found != revoked_.end()) return found->second;
  }
  return std::string();
}

Result<std::optional<std::uint64_t>> ProvenLog::first_use(const std::string& nonce) {
  TRY(scan());
  const auto found = first_use_.find(nonce);
  return found == first_use_.end() ? std::nullopt : std::optional(found->second);
}

Result<bool> ProvenLog::used(const std::string& nonce) {
  return TRY(first_use(nonce)).has_value();
}

}  // namespace assay
