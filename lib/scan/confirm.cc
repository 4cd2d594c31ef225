#include "scan/confirm.h"

#include <yara.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace assay {
namespace {

constexpr std::size_t kContextBytes = 32;

/// One scan under way. libyara's callback writes here and throws nothing.
struct Run {
  const CompiledRules& rules;
  const Member& member;
  Bytes content;
  std::vector<Finding> findings{};
  std::string trouble{};  ///< why the scan is no answer, or empty
};

Error incomplete(std::string detail) {
  return undecided("scan-incomplete", "scan engine: " + std::move(detail));
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);  // npos + 1 is the whole path
}

/// Where the first of the rule's strings matched; 0 for a rule that matched without one.
/// libyara 4.2 puts its matches at odd addresses.
__attribute__((no_sanitize("alignment"))) std::uint64_t first_match(YR_SCAN_CONTEXT* context,
                                                                    const YR_RULE* rule) {
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  const YR_STRING* string = nullptr;
  yr_rule_strings_foreach(rule, string) {
    const YR_MATCH* match = nullptr;
    yr_string_matches_foreach(context, string, match) {
      first = std::min(first, static_cast<std::uint64_t>(match->base + match->offset));
    }
  }
  return first == std::numeric_limits<std::uint64_t>::max() ? 0 : first;
}

/// Throws only bad_alloc, which on_message catches.
int note_match(Run& run, YR_SCAN_CONTEXT* context, const YR_RULE& rule) {
  const RuleMeta* meta = run.rules.meta(rule);
  if (meta == nullptr) {
    run.trouble = "a rule matched that is not of this set";
    return CALLBACK_ERROR;
  }
  run.findings.push_back(
      make_finding(*meta, run.member, run.content, first_match(context, &rule)));
  return CALLBACK_CONTINUE;
}

int refuse(Run& run, int message, void* data) {
  if (message == CALLBACK_MSG_TOO_MANY_MATCHES) {
    const auto* string = static_cast<const YR_STRING*>(data);
    const YR_RULE& rule = run.rules.rules->rules_table[string->rule_idx];
    run.trouble = std::string("a string of rule '") + rule.identifier + "' matched too often";
  } else {
    run.trouble = "unexpected message " + std::to_string(message);
  }
  return CALLBACK_ERROR;
}

/// Goes on only for the messages of an undisturbed scan; libyara's answer to
/// every other one would be "no match". An exception must not cross C frames.
int on_message(YR_SCAN_CONTEXT* context, int message, void* data, void* user) noexcept {
  Run& run = *static_cast<Run*>(user);
  try {
    switch (message) {
      case CALLBACK_MSG_RULE_MATCHING:
        return note_match(run, context, *static_cast<const YR_RULE*>(data));
      case CALLBACK_MSG_RULE_NOT_MATCHING:
      case CALLBACK_MSG_IMPORT_MODULE:  // those that may be were let in by RuleSet::compile
      case CALLBACK_MSG_MODULE_IMPORTED:
      case CALLBACK_MSG_SCAN_FINISHED: return CALLBACK_CONTINUE;
      default: return refuse(run, message, data);  // messages are ints, not an enum
    }
  } catch (...) {
    return CALLBACK_ERROR;
  }
}

std::string explain(int code) {
  switch (code) {
    case ERROR_SCAN_TIMEOUT: return "out of time";
    case ERROR_INSUFFICIENT_MEMORY: return "out of memory";
    default: return "error " + std::to_string(code);
  }
}

/// libyara takes C strings; a name must not be cut short where it has a NUL.
std::string without_nul(std::string_view raw) {
  std::string text(raw);
  std::ranges::replace(text, '\0', '?');
  return text;
}

}  // namespace

namespace {

/// With its dot, as the rules that ask for it want it; empty without one.
std::string extension_of(const std::string& filename) {
  const std::size_t dot = filename.rfind('.');
  return dot == std::string::npos ? std::string() : filename.substr(dot);
}

}  // namespace

Finding make_finding(const RuleMeta& meta, const Member& member, Bytes content,
                     std::uint64_t offset) {
  const Bytes rest = offset < content.size() ? content.subspan(offset) : Bytes{};
  return {.rule = meta.id,
          .name = meta.name,
          .severity = meta.severity,
          .category = meta.category,
          .family = meta.family,
          .member = member.path,
          .member_sha256 = member.sha256,
          .offset = offset,
          .context = std::string(as_text(rest.first(std::min(rest.size(), kContextBytes)))),
          .why = meta.why,
          .remedy = meta.remedy,
          .reference = meta.reference};
}

void sort_findings(std::vector<Finding>& findings) {
  std::ranges::sort(findings, [](const Finding& a, const Finding& b) {
    return std::tie(a.rule, a.offset) < std::tie(b.rule, b.offset);
  });
}

void destroy_scanner(YR_SCAN_CONTEXT* scanner) noexcept {
  yr_scanner_destroy(scanner);
}

Variables::Variables(const Member& member)
    : filename(without_nul(base_name(member.path))),
      filepath(without_nul(member.path)),
      filetype(without_nul(member.type)),
      extension(extension_of(filename)) {}

Result<Confirmer> Confirmer::create(const CompiledRules& rules, int timeout_seconds) {
  YR_SCANNER* raw = nullptr;
  const int code = yr_scanner_create(rules.rules.get(), &raw);
  if (code != ERROR_SUCCESS) return incomplete("cannot start: " + explain(code));
  Engine engine(raw);
  yr_scanner_set_timeout(raw, timeout_seconds);
  // A crash inside libyara must be a crash, not an error code it swallows.
  yr_scanner_set_flags(raw, SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
  return Confirmer(rules, std::move(engine));
}

Result<void> Confirmer::define(const Variables& variables) {
  const std::pair<const char*, const std::string*> all[] = {
      {"filename", &variables.filename},
      {"filepath", &variables.filepath},
      {"filetype", &variables.filetype},
      {"extension", &variables.extension}};
  for (const auto& [name, value] : all) {
    const int code = yr_scanner_define_string_variable(engine_.get(), name, value->c_str());
    if (code != ERROR_SUCCESS) return incomplete(explain(code));
  }
  return {};
}

Result<std::vector<Finding>> Confirmer::scan(const Member& member, const Variables& variables,
                                             Bytes content) {
  TRY(define(variables));
  Run run{*rules_, member, content};
  yr_scanner_set_callback(engine_.get(), on_message, &run);
  static constexpr std::uint8_t kNothing = 0;  // libyara wants an address even for no bytes
  const auto* data =
      content.empty() ? &kNothing : reinterpret_cast<const std::uint8_t*>(content.data());
  const int code = yr_scanner_scan_mem(engine_.get(), data, content.size());
  if (!run.trouble.empty()) return incomplete(run.trouble);
  if (code != ERROR_SUCCESS) return incomplete(explain(code));
  sort_findings(run.findings);
  return std::move(run.findings);
}

}  // namespace assay
