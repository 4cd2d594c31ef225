// Run when assay is built: writes what takes long to build of the shipped rules, so that
// assay carries it. Nibble-swapped, see base/embedded.h.

#include <fmt/format.h>

#include <cstdio>

#include "base/embedded.h"
#include "base/file.h"
#include "scan/rules.h"

namespace assay::cmd {
namespace {

Result<void> run(const std::string& output) {
  const RuleSet rules = TRY(RuleSet::compile(TRY(built_in_rules())));
  const std::string made = rules.prepare();
  // Swapping twice gives the same again.
  return write_file(output,
                    unswap({reinterpret_cast<const unsigned char*>(made.data()), made.size()}));
}

}  // namespace
}  // namespace assay::cmd

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const auto done = assay::cmd::run(arguments[1]);
  if (done) return 0;
  fmt::print(stderr, "prepare_searches: {}\n", to_text(done.error()));
  return 1;
}
