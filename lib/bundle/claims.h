// Claims: what the members of one container say of themselves, judged in order:
// their names, where their links lead, and whether their kind fits the rest. No
// content is looked at here, and nothing is opened.

#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "bundle/format.h"
#include "bundle/names.h"

namespace assay {

class Claims {
 public:
  /// What is wrong with the next member of a container of this type ("tar.gz"), seen
  /// beside those before it: unsafe-name, limit-name-bytes, duplicate-name,
  /// unsafe-type, ambiguous-type.
  std::vector<Error> judge(const Entry& entry, std::string_view type, const Limits& limits);

 private:
  std::unordered_set<std::string> names_{};  ///< folded, to see doubles
  LinkLedger links_{};
};

}  // namespace assay
