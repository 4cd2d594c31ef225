// assay log report, html: the log as an auditor and a browser want it.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/log.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "log/audit.h"
#include "log/entry.h"
#include "log/period.h"
#include "log/witness.h"
#include "report/log_html.h"

namespace assay::cmd {
namespace {

constexpr std::size_t kMostLines = 200;    // of one list; the json form has all
constexpr std::uint64_t kPageRows = 1000;  // entries

std::string says_of(const log::Entry& entry) {
  if (entry.kind == "verdict") return entry.result;
  return log::detail(entry, entry.kind == "waiver" ? "rule" : "text");
}

std::string list_text(std::string_view title, const std::vector<log::Noted>& list) {
  if (list.empty()) return fmt::format("\n{}: none\n", title);
  std::string text = fmt::format("\n{}: {}\n", title, list.size());
  for (std::size_t i = 0; i < std::min(list.size(), kMostLines); ++i) {
    const log::Noted& one = list[i];
    text += fmt::format("  {:>6}  {:<20}  {}  {}\n", one.index, printable(one.at),
                        printable(one.subject), printable(one.says));
  }
  if (list.size() > kMostLines)
    text += fmt::format("  and {} more\n", list.size() - kMostLines);
  return text;
}

struct Section {
  const char* key;
  const char* title;
  std::vector<log::Noted> log::Period::*list;
};
constexpr Section kSections[] = {
    {"notPassed", "verdicts that are not PASSED", &log::Period::not_passed},
    {"oldRules", "verdicts by rules more than 30 days old", &log::Period::old_rules},
    {"waivers", "waivers that came into use", &log::Period::waivers},
    {"changes", "changes of policy, trust store, rules and keys", &log::Period::changes},
    {"revocations", "revocations", &log::Period::revocations},
    {"refusals", "refusals by a gate", &log::Period::refusals},
    {"withoutVerdict", "accepted by a gate without a PASSED verdict here",
     &log::Period::without_verdict}};

std::string report_text(const log::Period& period, const log::Checkpoint& checkpoint) {
  std::string text =
      fmt::format("log      {}, {} entries, root {}\nperiod   from {} to {}\nentries  {}\n",
                  checkpoint.origin, checkpoint.tree.size, to_base64(checkpoint.tree.root),
                  period.from.empty() ? "its beginning" : printable(period.from),
                  period.until.empty() ? "now" : printable(period.until), period.entries);
  for (const auto& [kind, count] : period.kinds) {
    text += fmt::format("  {:>6}  {}\n", count, printable(kind));
  }
  text += "\nverdicts by result\n";
  for (const auto& [result, count] : period.results) {
    text += fmt::format("  {:>6}  {}\n", count, printable(result));
  }
  for (const Section& section : kSections) {
    text += list_text(section.title, period.*section.list);
  }
  return text;
}

Json text_json(const std::string& text) {
  return is_utf8(text) ? Json(text) : Json(printable(text));
}

std::string report_json(const log::Period& period, const log::Checkpoint& checkpoint) {
  const auto counts = [](const std::map<std::string, std::uint64_t>& map) {
    Json::Object object;
    for (const auto& [key, count] : map) object.emplace(printable(key), count);
    return Json(std::move(object));
  };
  Json::Object root{{"schema", 1},
                    {"log", checkpoint.origin},
                    {"size", checkpoint.tree.size},
                    {"root", to_base64(checkpoint.tree.root)},
                    {"from", text_json(period.from)},
                    {"until", text_json(period.until)},
                    {"entries", period.entries},
                    {"kinds", counts(period.kinds)},
                    {"results", counts(period.results)}};
  for (const Section& section : kSections) {
    Json::Array list;
    for (const log::Noted& one : period.*section.list) {
      list.emplace_back(Json::Object{{"index", one.index},
                                     {"at", text_json(one.at)},
                                     {"kind", text_json(one.kind)},
                                     {"subject", text_json(one.subject)},
                                     {"says", text_json(one.says)}});
    }
    root.emplace(section.key, std::move(list));
  }
  return Json(std::move(root)).pretty() + "\n";
}

LogRow row_of(std::uint64_t index, const log::Entry& entry) {
  return {.index = index,
          .at = entry.at,
          .kind = entry.kind,
          .says = says_of(entry),
          .subject = entry.subject,
          .sha256 = entry.sha256,
          .key_id = entry.key_id,
          .statement = entry.statement.pretty()};
}

Result<LogHead> head_of(const log::Folder& folder, const log::NoteKey& key) {
  LogHead head{.origin = key.name, .vkey = log::to_vkey(key)};
  head.note = TRY(folder.read_note());
  const log::Checkpoint checkpoint = TRY(log::open_checkpoint(head.note, key));
  head.size = checkpoint.tree.size;
  head.root = to_base64(checkpoint.tree.root);
  for (const log::Seen& seen : TRY(log::seen_by(folder, key))) {
    head.witnesses.push_back(fmt::format("{}, {} entries, at {}", seen.witness, seen.tree.size,
                                         to_rfc3339(seen.at)));
  }
  return head;
}

/// Pages as entries come, at most one of them in memory.
class Pages {
 public:
  Pages(LogHead head, std::string folder)
      : head_(std::move(head)), folder_(std::move(folder)) {}

  Result<void> add(std::uint64_t index, const std::string& bytes) {
    rows_.push_back(row_of(index, log::read_entry(bytes)));
    return rows_.size() == kPageRows ? write() : Result<void>();
  }
  Result<std::size_t> finish() {
    if (!rows_.empty()) TRY(write());
    TRY(write_file(folder_ + "/index.html", log_index_html(head_, pages_)));
    return pages_.size();
  }

 private:
  Result<void> write() {
    const std::uint64_t first = rows_.front().index, last = rows_.back().index;
    LogPage page{
        .first = first, .last = last, .from = rows_.front().at, .until = rows_.back().at};
    for (const LogRow& row : rows_) ++page.kinds[row.kind];
    const std::uint64_t next = last + 1 < head_.size ? last + 1 : last;
    TRY(write_file(folder_ + "/" + log_page_name(first),
                   log_page_html(head_, rows_, first - std::min(first, kPageRows), next)));
    pages_.push_back(std::move(page));
    rows_.clear();
    return {};
  }

  LogHead head_;
  std::string folder_;
  std::vector<LogRow> rows_{};
  std::vector<LogPage> pages_{};
};

}  // namespace

Result<ExitCode> run_log_report(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const log::Checkpoint checkpoint =
      TRY(log::open_checkpoint(TRY(folder.read_note()), TRY(pinned_key(options, folder))));
  const log::Period period =
      TRY(log::survey(folder, checkpoint.tree.size, options.from, options.until));
  TRY(write_answer(options.output, options.format == "json" ? report_json(period, checkpoint)
                                                            : report_text(period, checkpoint)));
  return ExitCode::passed;
}

Result<ExitCode> run_log_html(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  LogHead head = TRY(head_of(folder, TRY(pinned_key(options, folder))));
  const std::uint64_t size = head.size;
  TRY(make_folder(options.output));
  Pages pages(std::move(head), options.output);
  TRY(log::for_each_entry(folder, 0, size, [&](std::uint64_t index, const std::string& bytes) {
    return pages.add(index, bytes);
  }));
  const std::size_t count = TRY(pages.finish());
  if (!options.globals->quiet) {
    TRY(print(fmt::format("{} {} on {} {}: {}/index.html\n", size,
                          size == 1 ? "entry" : "entries", count, count == 1 ? "page" : "pages",
                          printable(options.output))));
  }
  return ExitCode::passed;
}

}  // namespace assay::cmd
