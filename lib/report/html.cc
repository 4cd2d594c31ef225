// The report as one page that needs nothing else: no script, no network, nothing beside
// it. It says so itself in its Content-Security-Policy, which allows this one style sheet
// by its digest.

#include "report/html.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "report/emitter.h"
#include "report/escape.h"

namespace assay {
namespace html {

std::string name(std::string_view raw) {
  return xml_text(printable(raw));
}

std::string words(std::string_view text) {
  return xml_text(text);
}

std::string code(std::string_view raw) {
  return "<code>" + name(raw) + "</code>";
}

std::string size(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} {}", bytes, bytes == 1 ? "byte" : "bytes");
  double value = static_cast<double>(bytes);
  std::string_view unit;
  for (const std::string_view next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return fmt::format("{:.{}f} {}", value, value < 10 ? 1 : 0, unit);
}

std::string section(std::string_view id, std::string_view title, const std::string& body) {
  if (body.empty()) return {};
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n"
      "<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
      id, words(title), body);
}

namespace {

/// Nothing may be fetched, run, framed or sent; the style sheet is the one with this digest.
std::string policy() {
  return fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
      to_base64(digest(HashAlgorithm::sha256, as_bytes(style()))));
}

struct Part {
  std::string_view id, title;
  std::string body;
};

std::string page(const Report& report) {
  const std::vector<Issue> all = issues(report);
  const Part parts[] = {{"requirements", "Why", requirements(report)},
                        {"findings", "Findings", findings(all)},
                        {"waivers", "Waivers", waivers(report)},
                        {"problems", "Problems with the file", problems(all)},
                        {"signatures", "Signatures and lists", signatures(report)},
                        {"coverage", "What was looked at", coverage(report.evidence)},
                        {"members", "What is inside", members(report.evidence)},
                        {"inputs", "Judged by", inputs(report)}};
  std::string text = "<header>\n" + head(report) + "</header>\n<nav aria-label=\"Contents\">\n";
  for (const Part& part : parts) {
    if (!part.body.empty()) {
      text += fmt::format("<a href=\"#{}\">{}</a>\n", part.id, words(part.title));
    }
  }
  text += "</nav>\n<main>\n";
  for (const Part& part : parts) text += section(part.id, part.title, part.body);
  return text +
         "</main>\n<footer>\n<p>This page shows; it decides nothing. Before a file is "
         "deployed, "
         "<code>assay gate FILE --verdict FILE.verdict.jsonl</code> hashes it anew and checks "
         "the signed verdict. <code>assay explain ID</code> has a page for every rule and "
         "reason.</p>\n</footer>\n";
}

std::string emit(const Report& report, const Style& /*style*/) {
  return document(
      std::string(to_string(report.verdict.outcome)) + ": " + report.evidence.bundle.name,
      page(report));
}

}  // namespace

std::string document(std::string_view title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      policy(), name(title), style(), body);
}

}  // namespace html

extern const Emitter html_emitter;
constinit const Emitter html_emitter = {
    "html", "for a browser: one page, no script, no network", html::emit};

}  // namespace assay
