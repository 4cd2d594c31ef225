#include "report/log_html.h"

#include <fmt/format.h>

#include "report/html.h"

namespace assay {
namespace {

using html::code;
using html::name;
using html::words;

/// What is good, bad, or neither, by the entry's own words.
std::string_view tone(const LogRow& row) {
  if (row.says.starts_with("PASSED") || row.says.starts_with("ACCEPTED")) return "passed";
  const bool bad = row.says.starts_with("FAILED") || row.says.starts_with("REFUSED");
  if (bad || row.kind == "revocation") return "failed";
  return row.kind == "waiver" ? "indeterminate" : "info";
}

/// Text of several lines, each escaped by itself.
std::string lines(std::string_view text) {
  std::string safe;
  while (true) {
    const std::size_t end = text.find('\n');
    safe += words(text.substr(0, end));
    if (end == text.npos) return safe;
    safe += '\n';
    text.remove_prefix(end + 1);
  }
}

/// A signed note; its signature lines begin with a dash that is no ASCII.
std::string note_html(std::string_view note) {
  constexpr std::string_view kEscaped = "\n\\xe2\\x80\\x94 ";
  std::string text = lines(note);
  for (std::size_t at = 0; (at = text.find(kEscaped, at)) != text.npos;) {
    text.replace(at, kEscaped.size(), "\n&#8212; ");
  }
  return text;
}

std::string fact(std::string_view title, const std::string& value) {
  return fmt::format("<dt>{}</dt><dd class=\"mono\">{}</dd>\n", title, value);
}

std::string head_html(const LogHead& head, std::string_view title) {
  return fmt::format(
      "<header>\n<div class=\"stamp info\"><div><h1>{}<small>{}</small></h1>\n"
      "<p>The log has {} {}. This page shows what they claim; it proves nothing.</p></div>"
      "</div>\n</header>\n",
      words(title), name(head.origin), head.size, head.size == 1 ? "entry" : "entries");
}

std::string foot_html(const LogHead& head) {
  std::string seen;
  for (const std::string& witness : head.witnesses) seen += "<li>" + name(witness) + "</li>\n";
  if (!seen.empty()) seen = "<h3>Seen by</h3>\n<ul>\n" + seen + "</ul>\n";
  return html::section("check", "How to check it",
                       "<dl class=\"card digests\">\n" + fact("Log", name(head.origin)) +
                           fact("Its key", name(head.vkey)) +
                           fact("Entries", fmt::to_string(head.size)) +
                           fact("Root", name(head.root)) + "</dl>\n" + seen + "<pre>" +
                           note_html(head.note) + "</pre>\n") +
         "</main>\n<footer>\n<p>With the log's folder, and the key from somebody you trust: "
         "<code>assay log verify --log DIR --vkey KEY</code> checks that the log grew from "
         "what "
         "was seen before, <code>assay log fsck</code> hashes everything again, "
         "<code>assay log show N --format raw</code> gives an entry as it was logged, and "
         "<code>assay log prove N</code> its proof.</p>\n</footer>\n";
}

std::string row_html(const LogRow& row) {
  std::string text = fmt::format(
      "<li id=\"e{0}\" class=\"{1}\"><details><summary class=\"line\"><span "
      "class=\"number\">{0}"
      "</span><time>{2}</time><span class=\"badge\">{3}</span><span>{4} <span class=\"sub\">{5}"
      "</span></span></summary>\n<div class=\"more\">\n",
      row.index, tone(row), name(row.at), name(row.kind), name(row.subject), name(row.says));
  if (!row.sha256.empty()) text += "<p class=\"sub\">SHA-256 " + code(row.sha256) + "</p>\n";
  if (!row.key_id.empty()) {
    text += "<p class=\"sub\">signed by a key that calls itself " + code(row.key_id) + "</p>\n";
  }
  return text + "<pre>" + lines(row.statement) + "</pre>\n</div></details></li>\n";
}

std::string page_row(const LogPage& page) {
  std::string kinds;
  for (const auto& [kind, count] : page.kinds) {
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, name(kind));
  }
  return fmt::format(
      "<li><div class=\"line wide\"><a class=\"number\" href=\"{}\">{} to {}</a><time>{}</time>"
      "<time>{}</time><span>{}</span></div></li>\n",
      log_page_name(page.first), page.first, page.last, name(page.from), name(page.until),
      kinds);
}

}  // namespace

std::string log_page_name(std::uint64_t first) {
  return fmt::format("entries-{:09}.html", first);
}

std::string log_index_html(const LogHead& head, const std::vector<LogPage>& pages) {
  std::string rows;
  for (auto page = pages.rbegin(); page != pages.rend(); ++page) rows += page_row(*page);
  const std::string list = rows.empty() ? std::string("<p class=\"card\">None yet.</p>\n")
                                        : "<ul class=\"entries\">\n" + rows + "</ul>\n";
  return html::document("Log " + head.origin,
                        head_html(head, "Verdict log") + "<main>\n" +
                            html::section("pages", "Entries, the newest first", list) +
                            foot_html(head));
}

std::string log_page_html(const LogHead& head, const std::vector<LogRow>& rows,
                          std::uint64_t previous, std::uint64_t next) {
  const std::uint64_t first = rows.empty() ? 0 : rows.front().index;
  const std::uint64_t last = rows.empty() ? 0 : rows.back().index;
  std::string list = "<ul class=\"entries\">\n";
  for (const LogRow& row : rows) list += row_html(row);
  list += "</ul>\n";
  std::string nav = "<nav aria-label=\"Pages\">\n<a href=\"index.html\">All pages</a>\n";
  if (previous < first) {
    nav += fmt::format("<a href=\"{}\">Older</a>\n", log_page_name(previous));
  }
  if (next > last) nav += fmt::format("<a href=\"{}\">Newer</a>\n", log_page_name(next));
  nav += "</nav>\n";
  const std::string title = fmt::format("Entries {} to {}", first, last);
  return html::document(title + " of " + head.origin,
                        head_html(head, title) + nav + "<main>\n" +
                            html::section("entries", "Entries", list) + foot_html(head));
}

}  // namespace assay
