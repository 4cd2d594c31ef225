#include "scan/rule_table.h"

namespace assay {
namespace {

/// Fields end with a NUL, which libyara's C strings cannot hold.
void put(std::string& text, std::string_view field) {
  text += field;
  text += '\0';
}

class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  bool any() const { return !rest_.empty() && whole_; }
  bool whole() const { return whole_; }
  std::string take() {
    const std::size_t end = rest_.find('\0');
    whole_ &= end != std::string_view::npos;
    if (!whole_) return {};
    std::string field(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return field;
  }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

}  // namespace

std::string write_rule_table(const std::vector<ListedRule>& rules) {
  std::string text;
  for (const auto& [name, meta] : rules) {
    put(text, name.file);
    put(text, name.name);
    put(text, std::string(name.is_private ? "p" : "") + (name.is_global ? "g" : ""));
    if (name.is_private) continue;
    put(text, meta.id);
    put(text, to_string(meta.severity));
    for (const std::string* field :
         {&meta.category, &meta.family, &meta.why, &meta.remedy, &meta.reference}) {
      put(text, *field);
    }
  }
  return text;
}

std::optional<std::vector<ListedRule>> read_rule_table(std::string_view text) {
  std::vector<ListedRule> rules;
  Fields fields(text);
  while (fields.any()) {
    ListedRule rule;
    rule.name.file = fields.take();
    rule.name.name = fields.take();
    const std::string kind = fields.take();
    rule.name.is_private = kind.find('p') != std::string::npos;
    rule.name.is_global = kind.find('g') != std::string::npos;
    if (!rule.name.is_private) {
      rule.meta.name = rule.name.name;
      rule.meta.id = fields.take();
      const auto severity = severity_from(fields.take());
      if (!severity) return std::nullopt;
      rule.meta.severity = *severity;
      for (std::string* field : {&rule.meta.category, &rule.meta.family, &rule.meta.why,
                                 &rule.meta.remedy, &rule.meta.reference}) {
        *field = fields.take();
      }
    }
    rules.push_back(std::move(rule));
  }
  if (!fields.whole() || rules.empty()) return std::nullopt;
  return rules;
}

}  // namespace assay
