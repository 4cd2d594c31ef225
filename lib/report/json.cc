// The whole report for programs: what the evidence statement signs, and where
// the signed verdict went.

#include "base/json.h"

#include "base/bytes.h"
#include "report/emitter.h"

namespace assay {
namespace {

std::string emit(const Report& report, const Style& /*style*/) {
  Json::Object document;
  document["schema"] = 1;
  document["bundle"] = printable(report.evidence.bundle.name);
  document["result"] = to_string(report.verdict.outcome);
  document["sandbox"] = wall_json(report.evidence.sandbox);
  document["core"] = report.core;
  document["coreSha256"] = report.core_sha256;
  document["verdictFile"] =
      report.verdict_file.empty() ? Json() : json_name(report.verdict_file);
  document["logEntry"] = report.log_entry.empty() ? Json() : Json(report.log_entry);
  document["keyId"] = report.key_id.empty() ? Json() : Json(report.key_id);
  if (!report.new_voices.empty()) {
    document["newVoices"] = Json::Array(report.new_voices.begin(), report.new_voices.end());
  }
  if (report.read_back) {
    document["readBack"] =
        Json::Object{{"verified", report.read_back->verified},
                     {"key", printable(report.read_back->key)},
                     {"claimedResult", to_string(report.read_back->claimed)}};
  }
  return Json(std::move(document)).pretty() + "\n";
}

}  // namespace

extern const Emitter json_emitter;
constinit const Emitter json_emitter = {"json", "for programs: the whole report", emit};

}  // namespace assay
