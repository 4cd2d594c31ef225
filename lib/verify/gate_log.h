// The gate's view of a log: the proof that came with the verdict, a copy of the
// log if this gate keeps one, and the checkpoint it saw last.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "log/folder.h"
#include "log/note.h"
#include "verdict/gate.h"

namespace assay {

/// Where a gate keeps what it knows of a log between two decisions.
struct GateMemory {
  std::string checkpoint{};  ///< the tree it saw last (log/memory.h), or empty
  /// What it read in the entries up to some tree; empty: they are read each time.
  std::string index{};
};

class ProvenLog final : public GateLog {
 public:
  /// `proof` is a tlog-proof file; `witnesses` are the keys of gate.toml.
  ProvenLog(log::NoteKey key, std::string proof, std::optional<log::Folder> mirror,
            GateMemory memory, std::vector<log::NoteKey> witnesses = {})
      : key_(std::move(key)),
        proof_(std::move(proof)),
        mirror_(std::move(mirror)),
        memory_(std::move(memory)),
        witnesses_(std::move(witnesses)) {}

  Result<std::string> admit(std::string_view verdict) override;
  Result<std::string> witnessed(const GateLogConfig& demanded, Time now) override;
  Result<std::string> revoked(std::span<const std::string> sha256s) override;
  Result<bool> used(const std::string& nonce) override;
  /// The first acceptance that was logged for this nonce.
  Result<std::optional<std::uint64_t>> first_use(const std::string& nonce);

 private:
  /// What the entries of a tree say that a gate must know.
  struct Index {
    log::TreeHead tree{.size = 0, .root = log::empty_root()};
    std::map<std::string, std::string> revoked{};      ///< digest, why
    std::map<std::string, std::uint64_t> first_use{};  ///< nonce, entry
  };
  static Json to_json(const Index& index, const std::string& origin);
  static std::optional<Index> from_json(const Json& json, const std::string& origin);
  void recall_index();
  Result<void> scan();

  log::NoteKey key_;
  std::string proof_;
  std::optional<log::Folder> mirror_;
  GateMemory memory_;
  std::vector<log::NoteKey> witnesses_;
  std::vector<log::Note> notes_{};  ///< the proof's, once it is admitted
  log::TreeHead newest_{};          ///< so is this
  bool recalled_ = false;
  Index index_{};
};

}  // namespace assay
