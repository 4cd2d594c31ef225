// Coverage as pictures: what the bundle's own bytes are, and what its members are.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/html.h"

namespace assay::html {
namespace {

constexpr std::size_t kColours = 8;  // classes t0 to t7 of the style sheet; the last is "other"
constexpr double kWidth = 1000;

struct Slice {
  std::string label{}, css{};
  std::uint64_t bytes = 0;
};

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(double part) {
  if (part > 0 && part < 0.001) return "<0.1 %";
  return fmt::format("{:.1f} %", 100 * part);
}

/// A bar cut in proportion, and what its colours are. A slice there is any of is seen.
std::string bar(std::string_view title, const std::vector<Slice>& slices) {
  constexpr double kLeast = 3;
  std::uint64_t total = 0;
  double drawn = 0;
  for (const Slice& slice : slices) total += slice.bytes;
  for (const Slice& slice : slices) {
    if (slice.bytes > 0) drawn += std::max(kLeast, kWidth * share(slice.bytes, total));
  }
  std::string rects, legend, said;
  double x = 0;
  for (const Slice& slice : slices) {
    if (slice.bytes == 0) continue;
    const double part = share(slice.bytes, total);
    const double width = std::max(kLeast, kWidth * part) * kWidth / drawn;
    rects += fmt::format("<rect class=\"{}\" x=\"{:.2f}\" width=\"{:.2f}\" height=\"10\"/>",
                         slice.css, x, width);
    x += width;
    legend += fmt::format(
        "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{}\" "
        "width=\"10\" height=\"10\" rx=\"2\"/></svg><b>{}</b> "
        "<span class=\"sub\">{} \xc2\xb7 {}</span></li>\n",
        slice.css, words(slice.label), size(slice.bytes), words(percent(part)));
    said += fmt::format(" {} {},", slice.label, percent(part));
  }
  if (said.empty()) return {};
  said.pop_back();
  return fmt::format(
      "<div class=\"card\">\n<h3>{0}</h3>\n<svg class=\"bar\" viewBox=\"0 0 1000 "
      "10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{0}:{1}\">{2}"
      "</svg>\n<ul class=\"legend\">\n{3}</ul>\n</div>\n",
      words(title), words(said), rects, legend);
}

std::vector<Slice> ledger_slices(const Ledger& ledger) {
  return {{"content of members", "p-member", ledger.member},
          {"metadata", "p-metadata", ledger.metadata},
          {"padding", "p-padding", ledger.padding},
          {"signatures", "p-signature", ledger.signature},
          {"unknown", "p-unknown", ledger.unknown}};
}

/// Bytes of the members by type, the largest first; the small fry as one.
std::vector<Slice> type_slices(const std::vector<Member>& members) {
  std::map<std::string, std::uint64_t> by_type;
  for (const Member& member : members) {
    if (member.kind == MemberKind::file || member.kind == MemberKind::other) {
      by_type[member.type] += member.size;
    }
  }
  std::vector<Slice> slices;
  for (const auto& [type, bytes] : by_type) {
    slices.push_back({.label = type.empty() ? "data" : type, .bytes = bytes});
  }
  std::ranges::stable_sort(slices, std::ranges::greater{}, &Slice::bytes);
  if (slices.size() > kColours) {
    Slice other{.label = "other"};
    for (std::size_t i = kColours - 1; i < slices.size(); ++i) other.bytes += slices[i].bytes;
    slices.resize(kColours - 1);
    slices.push_back(other);
  }
  for (std::size_t i = 0; i < slices.size(); ++i) slices[i].css = fmt::format("t{}", i);
  return slices;
}

std::string tile(const std::string& number, std::string_view what) {
  return fmt::format("<div><b>{}</b><span class=\"sub\">{}</span></div>\n", number, what);
}

}  // namespace

std::string coverage(const Evidence& evidence) {
  const Coverage& seen = evidence.coverage;
  std::string text = "<div class=\"tiles\">\n";
  text += tile(fmt::format("{} of {}", seen.scanned, seen.members), "members looked at");
  text += tile(size(seen.bytes), "unpacked");
  text += tile(fmt::to_string(seen.depth), seen.depth == 1 ? "layer deep" : "layers deep");
  text += tile(seen.complete ? "yes" : "no", "reached its end");
  text += "</div>\n";
  text += bar("The bundle's own bytes", ledger_slices(seen.ledger));
  return text + bar("Its members by type, unpacked", type_slices(evidence.members));
}

}  // namespace assay::html
