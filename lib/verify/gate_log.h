// The gate's view of a log: the proof that came with the verdict, a copy of the
// log if this gate keeps one, and the checkpoint it saw last.

#pragma once

#include <map>
#include <optional>
#include <string>

#include "log/folder.h"
#include "verdict/gate.h"

namespace assay {

class ProvenLog final : public GateLog {
 public:
  /// `proof` is a tlog-proof file; `memory` a file of memory.h, or empty.
  ProvenLog(log::NoteKey key, std::string proof, std::optional<log::Folder> mirror,
            std::string memory)
      : key_(std::move(key)),
        proof_(std::move(proof)),
        mirror_(std::move(mirror)),
        memory_(std::move(memory)) {}

  Result<std::string> admit(std::string_view verdict) override;
  Result<std::string> revoked(std::span<const std::string> sha256s) override;
  Result<bool> used(const std::string& nonce) override;
  /// The first acceptance that was logged for this nonce.
  Result<std::optional<std::uint64_t>> first_use(const std::string& nonce);

 private:
  Result<void> scan();

  log::NoteKey key_;
  std::string proof_;
  std::optional<log::Folder> mirror_;
  std::string memory_;
  std::uint64_t scanned_ = 0;
  std::map<std::string, std::string> revoked_{};      ///< digest, why
  std::map<std::string, std::uint64_t> first_use_{};  ///< nonce, entry
};

}  // namespace assay
