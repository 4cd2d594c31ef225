// record: the last step of the corridor. A verdict becomes an entry of the log,
// and so does every change of what verdicts are made by.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/key.h"
#include "log/entry.h"
#include "log/folder.h"
#include "log/proof.h"
#include "model/verdict.h"
#include "verify/inputs.h"

namespace assay {

/// Where a verdict stands once it is recorded.
struct Recorded {
  std::uint64_t index = 0;
  std::string origin{};
  std::string proof{};                            ///< a tlog-proof file
  std::uint64_t size = 0;                         ///< entries of the log now
  std::vector<LogStanding::Witness> witnesses{};  ///< who saw it, and when
};

/// What makes verdicts durable. Tests have others.
class Recorder {
 public:
  virtual ~Recorder() = default;
  /// `sealed` are the two lines of a verdict file. Returns once both are durable.
  virtual Result<Recorded> record(const Report& report, std::string_view sealed) const = 0;
};

/// The log of a folder. Entries that tell of changes are signed by the verdict key.
class LogRecorder final : public Recorder {
 public:
  LogRecorder(log::Folder folder, const Signer& log_key, const Signer& verdict_key,
              std::string memory, Inputs inputs = {})
      : folder_(std::move(folder)),
        log_key_(log_key),
        verdict_key_(verdict_key),
        memory_(std::move(memory)),
        inputs_(std::move(inputs)) {}

  Result<Recorded> record(const Report& report, std::string_view sealed) const override;
  /// An event of both keys' concern has two signatures.
  Result<Recorded> record(const log::Event& event, const Signer* also = nullptr) const;

 private:
  Result<Recorded> recorded(const log::ProofFile& proof) const;

  log::Folder folder_;
  const Signer& log_key_;
  const Signer& verdict_key_;
  std::string memory_;  ///< file with the checkpoint last seen
  Inputs inputs_;
};

/// "x.verdict.jsonl" has its proof in "x.verdict.tlog-proof".
std::string proof_path(std::string_view verdict_file);

}  // namespace assay
