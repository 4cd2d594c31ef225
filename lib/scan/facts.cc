#include "scan/facts.h"

#include <algorithm>

namespace assay {

void Facts::add(std::string fact) {
  if (!has(fact)) lines_.push_back(std::move(fact));
}

bool Facts::has(std::string_view fact) const {
  return std::ranges::find(lines_, fact) != lines_.end();
}

View Facts::view(std::string type, std::uint64_t offset) const {
  View view{.how = "structure", .type = std::move(type), .offset = offset, .is_facts = true};
  for (const std::string& line : lines_) (view.owned += line) += '\n';
  return view;
}

std::string seen_in(std::string_view facts, std::span<const std::string_view> strings) {
  std::string seen;
  while (!facts.empty()) {
    const std::size_t end = facts.find('\n') + 1;  // every line has one
    const std::string_view line = facts.substr(0, end);
    facts.remove_prefix(line.size());
    const bool counts = std::ranges::any_of(strings, [&](std::string_view string) {
      return line.find(string) != std::string_view::npos;
    });
    if (!counts) continue;
    seen += seen.empty() ? " Seen: " : ", ";
    seen += printable(line.substr(0, line.size() - 1));
  }
  return seen.empty() ? seen : seen + ".";
}

bool Names::has(std::string_view name) const {
  if (name.empty() || name.size() >= 64) return false;
  const std::uint64_t lengths = lengths_[static_cast<unsigned char>(name[0])];
  if ((lengths >> name.size() & 1U) == 0) return false;
  return std::ranges::find(names_, name) != names_.end();
}

}  // namespace assay
