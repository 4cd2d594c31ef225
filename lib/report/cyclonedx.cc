// The contents as a CycloneDX 1.6 bill of materials: the bundle, and every member with
// content and its digest. Serial number and ids come from the evidence, so that the same
// bundle gives the same document.

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/json.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"

namespace assay {
namespace {

constexpr std::size_t kUuidDigits = 32;

Json property(std::string_view name, std::string value) {
  return Json(Json::Object{{"name", name}, {"value", std::move(value)}});
}

Json hash(std::string_view algorithm, const std::string& content) {
  return Json(Json::Object{{"alg", algorithm}, {"content", content}});
}

/// A UUID of version 8 (RFC 9562, 5.8) out of a digest; empty if there is none.
std::string uuid(std::string hex) {
  if (hex.size() < kUuidDigits || !from_hex(hex)) return {};
  hex[12] = '8';
  hex[16] = 'a';
  const std::string_view text = hex;
  return fmt::format("urn:uuid:{}-{}-{}-{}-{}", text.substr(0, 8), text.substr(8, 4),
                     text.substr(12, 4), text.substr(16, 4), text.substr(20, 12));
}

Json member_json(const Member& member, std::size_t number) {
  Json::Object component{
      {"type", "file"},
      {"bom-ref", fmt::format("member-{}", number)},
      {"name", printable(member.path)},
      {"properties",
       Json::Array{property("assay:type", visible(member.type)),
                   property("assay:size", fmt::to_string(member.size)),
                   property("assay:mode", fmt::format("{:04o}", member.mode)),
                   property("assay:scanned", member.scanned ? "true" : "false")}}};
  if (!member.sha256.empty()) {
    component.emplace("hashes", Json::Array{hash("SHA-256", visible(member.sha256))});
  }
  return Json(std::move(component));
}

Json bundle_json(const Report& report) {
  const Subject& bundle = report.evidence.bundle;
  return Json(Json::Object{
      {"type", "file"},
      {"bom-ref", "bundle"},
      {"name", bundle.name.empty() ? std::string("unnamed") : printable(bundle.name)},
      {"hashes", Json::Array{hash("SHA-256", bundle.sha256), hash("SHA-512", bundle.sha512)}},
      {"properties",
       Json::Array{property("assay:format", visible(report.evidence.format)),
                   property("assay:result", std::string(to_string(report.verdict.outcome))),
                   property("assay:waivedFindings", fmt::to_string(waived_findings(report))),
                   property("assay:policy", visible(report.policy.id))}}});
}

Json metadata(const Report& report) {
  Json::Object tool{{"type", "application"}, {"name", "assay"}};
  if (!report.tool.version.empty()) tool.emplace("version", visible(report.tool.version));
  return Json(
      Json::Object{{"timestamp", to_rfc3339(report.effective_time)},
                   {"tools", Json::Object{{"components", Json::Array{Json(std::move(tool))}}}},
                   {"component", bundle_json(report)}});
}

std::string emit(const Report& report, const Style& /*style*/) {
  Json::Array components, refs;
  for (const Member& member : report.evidence.members) {
    if (member.kind != MemberKind::file && member.kind != MemberKind::other) continue;
    components.push_back(member_json(member, components.size() + 1));
    refs.emplace_back(fmt::format("member-{}", components.size()));
  }
  const bool complete = report.evidence.coverage.complete;
  const Json parts(Json::Object{{"aggregate", complete ? "complete" : "incomplete"},
                                {"assemblies", Json::Array{"bundle"}}});
  Json::Object document{
      {"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
      {"bomFormat", "CycloneDX"},
      {"specVersion", "1.6"},
      {"version", 1},
      {"metadata", metadata(report)},
      {"components", std::move(components)},
      {"compositions", Json::Array{parts}},
      {"dependencies",
       Json::Array{Json(Json::Object{{"ref", "bundle"}, {"dependsOn", std::move(refs)}})}}};
  if (std::string number = uuid(report.evidence.bundle.sha256); !number.empty()) {
    document.emplace("serialNumber", std::move(number));
  }
  return Json(std::move(document)).pretty() + "\n";
}

}  // namespace

extern const Emitter cyclonedx_emitter;
constinit const Emitter cyclonedx_emitter = {
    "cyclonedx", "for inventories: the contents as a CycloneDX 1.6 bill of materials", emit};

}  // namespace assay
