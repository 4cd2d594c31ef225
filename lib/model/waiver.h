// Waiver: an approver's signed word that one rule's findings in one member of one bundle
// are known, and borne until a day.

#pragma once

#include <string>
#include <vector>

#include "base/time.h"

namespace assay {

struct Waiver {
  std::string id{};             ///< "WVR-20260601-1f3a"; printable ASCII
  std::string bundle_name{};    ///< for the reader; the digest decides
  std::string bundle_sha256{};  ///< lower-case hex
  std::string rule{};           ///< exactly one
  std::string member{};         ///< raw path, exactly one
  std::string reason{};
  std::string ticket{};  ///< or empty
  Time not_before{}, expires{};

  std::string sha256{};                    ///< of the signed file
  std::string file{};                      ///< where it was read, or empty
  std::vector<std::string> approved_by{};  ///< approvers of the policy whose key signed it
};

/// What became of a waiver that was at hand for a bundle.
struct WaiverUse {
  std::string id{}, sha256{};
  std::string rule{}, member{};  ///< raw path
  std::vector<std::string> approved_by{};
  Time expires{};
  std::string reason = "waiver-idle";  ///< reason id; empty: a finding is borne by it
};

}  // namespace assay
