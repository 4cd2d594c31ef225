#include "model/exit_code.h"

namespace assay {

ExitCode exit_code(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return ExitCode::passed;
    case Outcome::failed: return ExitCode::failed;
    case Outcome::indeterminate: break;
  }
  return ExitCode::indeterminate;
}

ExitCode exit_code(const Report& report) {
  if (report.read_back && !report.read_back->verified) return ExitCode::unusable;
  return exit_code(report.verdict.outcome);
}

ExitCode exit_code(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::usage:
    case Error::Kind::config: return ExitCode::configuration;
    case Error::Kind::io:
    case Error::Kind::malformed:
    case Error::Kind::undecided: return ExitCode::indeterminate;
    case Error::Kind::unusable: return ExitCode::unusable;
    case Error::Kind::durability: return ExitCode::durability;
    case Error::Kind::internal: break;
  }
  return ExitCode::internal;
}

ExitCode worst(ExitCode a, ExitCode b) {
  const auto rank = [](ExitCode code) {
    switch (code) {
      case ExitCode::passed: return 0;
      case ExitCode::indeterminate: return 1;
      case ExitCode::unusable: return 2;
      case ExitCode::failed: return 3;
      case ExitCode::configuration: return 4;
      case ExitCode::durability: return 5;
      case ExitCode::internal: break;
    }
    return 6;
  };
  return rank(a) < rank(b) ? b : a;
}

}  // namespace assay
