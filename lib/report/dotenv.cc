// The result as variables for later jobs, as GitLab's artifacts:reports:dotenv reads them:
// no quotes, no spaces, no blank line, and at most 5 KiB.

#include <fmt/format.h>

#include "model/exit_code.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"

namespace assay {
namespace {

std::string emit(const Report& report, const Style& /*style*/) {
  return fmt::format(
      "ASSAY_RESULT={}\nASSAY_EXIT_CODE={}\nASSAY_BUNDLE_SHA256={}\n"
      "ASSAY_POLICY={}\nASSAY_CORE_SHA256={}\nASSAY_WAIVED={}\n",
      to_string(report.verdict.outcome), static_cast<int>(exit_code(report)),
      dotenv_value(report.evidence.bundle.sha256),
      dotenv_value(shortened(std::string(short_policy(report.policy.id)), 200)),
      dotenv_value(report.core_sha256), waived_findings(report));
}

}  // namespace

extern const Emitter dotenv_emitter;
constinit const Emitter dotenv_emitter = {"dotenv", "for later jobs: variables", emit};

}  // namespace assay
