#include "policy/signatures.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace assay {

std::string_view only_vendor(const Evidence& evidence) {
  const std::vector<std::string>& vendors = evidence.vendor.vendors;
  return vendors.size() == 1 ? std::string_view(vendors.front()) : std::string_view();
}

bool counts(const SignatureRecord& record, const Evidence& evidence) {
  const std::string_view vendor = only_vendor(evidence);
  const bool pinned = !record.key.empty() && !record.key_id.empty();
  const bool for_bundle = record.is_list || record.subject == evidence.bundle.name;
  return record.verified && record.reason.empty() && pinned && for_bundle && !vendor.empty() &&
         record.vendor == vendor;
}

std::string describe(const SignatureRecord& record) {
  const std::string key = fmt::format("key {} '{}' of vendor {}", printable(record.key_id),
                                      printable(record.key), printable(record.vendor));
  if (record.is_list) return fmt::format("list {} by {}", printable(record.source), key);
  return printable(record.format) + " " + key;
}

std::string see_record(const SignatureRecord& record, const Evidence& evidence) {
  if (counts(record, evidence)) {
    return fmt::format("counts: {}, from {}", describe(record), printable(record.source));
  }
  return fmt::format("does not count: {}: {}{}", printable(record.source),
                     record.reason.empty() ? "" : "[" + record.reason + "] ", record.detail);
}

}  // namespace assay
