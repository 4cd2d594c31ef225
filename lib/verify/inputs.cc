#include "verify/inputs.h"

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "log/archive.h"
#include "policy/waiver.h"

namespace assay {
namespace {

std::vector<log::ArchivedFile> as_set(const std::map<std::string, std::string>& files) {
  std::vector<log::ArchivedFile> set;
  for (const auto& [name, bytes] : files) set.push_back({name, bytes});
  return set;
}

/// The rule files are read again only the first time.
Result<void> archive_rules(const log::Folder& folder, const Inputs& inputs,
                           const std::string& sha256) {
  if (!inputs.rules || sha256.empty() || log::is_archived(folder, "rules", sha256)) return {};
  std::vector<log::ArchivedFile> set;
  for (RuleFile& file : TRY(inputs.rules())) {
    set.push_back({std::move(file.name), std::move(file.text)});
  }
  return log::archive_set(folder, "rules", sha256, set);
}

/// Every waiver that was at hand, for each is named in the evidence.
Result<void> archive_waivers(const log::Folder& folder, const Report& report) {
  for (const Waiver& waiver : report.policy.waivers) {
    if (waiver.file.empty() || log::is_archived(folder, "waiver", waiver.sha256)) continue;
    const std::string text = TRY(read_file(waiver.file, kMaxWaiverBytes));
    if (sha256_hex(as_bytes(text)) != waiver.sha256) {
      return fail(Error::Kind::durability,
                  "the waiver '" + printable(waiver.file) + "' changed while it was in use");
    }
    TRY(log::archive_file(folder, "waiver", text));
  }
  return {};
}

}  // namespace

Result<void> archive_inputs(const log::Folder& folder, const Inputs& inputs,
                            const Report& report) {
  if (sha256_hex(as_bytes(inputs.policy)) == report.policy.sha256) {
    TRY(log::archive_file(folder, "policy", inputs.policy));
  }
  const std::string& trust = report.evidence.trust_sha256;
  if (!inputs.trust.empty() && !log::is_archived(folder, "trust", trust)) {
    TRY(log::archive_set(folder, "trust", trust, as_set(inputs.trust)));
  }
  TRY(archive_rules(folder, inputs, report.evidence.rules.sha256));
  return archive_waivers(folder, report);
}

}  // namespace assay
