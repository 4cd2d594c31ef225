// vendor-terms: what the vendor's own entry in the trust store demands beyond one
// good signature. The trust room has answered each term; here they decide.

#include <fmt/format.h>

#include "base/bytes.h"
#include "policy/answer.h"
#include "policy/policy.h"

namespace assay {
namespace {

/// The first unmet term, those that fail before those that could not be decided.
const Term* worst_of(const VendorMatch& match) {
  const Term* worst = nullptr;
  for (const Term& term : match.terms) {
    if (term.reason.empty()) continue;
    if (worst == nullptr || (effect_of(term.reason) == Effect::fails &&
                             effect_of(worst->reason) != Effect::fails)) {
      worst = &term;
    }
  }
  return worst;
}

Answer judge_terms(const Evidence& evidence, const Policy& /*policy*/, Time /*now*/) {
  const VendorMatch& match = evidence.vendor;
  if (const Term* term = worst_of(match)) {
    return not_met(term->reason, fmt::format("{}: {}", printable(term->name), term->detail));
  }
  if (match.vendors.size() > 1) return not_met("ambiguous-vendor", "each has terms of his own");
  if (match.vendors.empty()) return met("no vendor, no terms");
  // Without a product nobody asked for the terms.
  if (match.product.empty()) return not_met("not-judged", "");
  if (match.terms.empty()) return met("the vendor's entry demands nothing more");
  std::string detail = "product " + printable(match.product);
  for (const Term& term : match.terms) {
    detail += fmt::format("; {} {}", printable(term.name), term.detail);
  }
  return met(std::move(detail));
}

std::vector<std::string> see_terms(const Evidence& evidence, const Policy& /*policy*/,
                                   Time /*now*/) {
  const VendorMatch& match = evidence.vendor;
  std::vector<std::string> lines;
  if (!match.product.empty()) lines.push_back("product " + printable(match.product));
  for (const Term& term : match.terms) {
    lines.push_back(fmt::format("{}: {}{}", printable(term.name),
                                term.reason.empty() ? "" : "[" + term.reason + "] ",
                                term.detail));
  }
  return lines;
}

}  // namespace

extern const Requirement vendor_terms_requirement;
constinit const Requirement vendor_terms_requirement = {
    "vendor-terms", true,
    "What the vendor's entry in the trust store demands: who must sign, which versions, how "
    "fresh; and nobody revoked this very file.",
    judge_terms, see_terms};

}  // namespace assay
