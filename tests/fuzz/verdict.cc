#include "crypto/digest.h"
#include "fixed_key.h"
#include "fuzz.h"
#include "verdict/dsse.h"
#include "verdict/fixture.h"
#include "verdict/summary.h"

namespace assay::fuzz {
namespace {

/// A verdict in its two lines.
struct Lines {
  std::string evidence{}, summary{};
};
Lines sealed(Report report) {
  const std::string file = seal(report, good_run(), fixed_key()).take();
  const std::size_t end = file.find('\n');
  return {file.substr(0, end), file.substr(end + 1, file.size() - end - 2)};
}

const std::string& evidence_line() {
  static const std::string line = sealed(good_report()).evidence;
  return line;
}

}  // namespace

/// Summaries as they are signed; a run signs what became of them.
std::vector<std::string> seeds() {
  std::vector<std::string> made;
  for (const Report& report : {good_report(), bad_report()}) {
    made.push_back(
        dsse_open(sealed(report).summary, kInTotoPayloadType, fixed_key().public_key()).take());
  }
  return made;
}

namespace {

/// Even what the right key signed is accepted only if it says all it must.
void try_summary(std::string_view input) {
  const auto summary = read_summary(input);
  const std::string line = dsse_sign(kInTotoPayloadType, input, fixed_key()).take();
  const std::string file = evidence_line() + "\n" + line + "\n";
  GateRequest request = good_request(file);
  const GateDecision decision = decide(good_gate(fixed_key()), request);
  expect(decision.accepted == (decision.exit_code == 0), "the exit code is the answer");
  expect(decision.accepted == decision.reason.empty(), "a refusal says why");
  if (!decision.accepted) return;
  expect(bool(summary), "what is accepted has every field");
  expect(summary->passed && summary->waivers.empty(), "and is PASSED");
  expect(summary->sha256 == request.artifact.sha256, "for this file");
  expect(summary->evidence_sha256 == sha256_hex(as_bytes(evidence_line())), "by this evidence");
  request.artifact.sha512[0] = '0';
  expect(!decide(good_gate(fixed_key()), request).accepted, "and for no other");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::fuzz::try_summary(assay::fuzz::text(data, size));
  return 0;
}
