#include "bundle/links.h"

#include <algorithm>
#include <ranges>

#include "bundle/names.h"

namespace assay {
namespace {

constexpr std::size_t kHops = 40;                     // Linux follows no more in one path
constexpr std::size_t kSteps = std::size_t{1} << 22;  // in all links of a container

using Map = std::unordered_map<std::string, std::string, TextHash, std::equal_to<>>;
enum class End { inside, outside, tangled };

/// One target followed. Parts yet to go stand in `todo`, the next one last.
class Trail {
 public:
  Trail(const Map& links, std::size_t& steps) : links_(links), steps_(steps) {}

  End follow(std::string_view name, std::string_view target) {
    at_ = name.substr(0, std::min(name.rfind('/'), name.size()));
    if (name.find('/') == std::string_view::npos) at_.clear();
    push(target);
    while (!todo_.empty()) {
      if (steps_ == 0) return End::tangled;
      --steps_;
      const std::string_view part = todo_.back();
      todo_.pop_back();
      if (part == ".." && at_.empty()) return End::outside;
      if (part == "..") {
        leave();
        continue;
      }
      if (!at_.empty()) at_ += '/';
      at_ += part;
      if (todo_.empty()) break;  // where a last link leads is that link's own matter
      const auto link = links_.find(at_);
      if (link == links_.end()) continue;
      // Absolute targets are allowed, and so is what lies behind one.
      if (++hops_ > kHops || link->second.starts_with('/')) break;
      leave();
      push(link->second);
    }
    return End::inside;
  }

 private:
  void leave() {
    const std::size_t slash = at_.rfind('/');
    at_.resize(slash == std::string::npos ? 0 : slash);
  }
  void push(std::string_view target) {
    const std::size_t first = todo_.size();
    while (!target.empty()) {
      const std::string_view part = next_part(target);
      if (!part.empty() && part != ".") todo_.push_back(part);
    }
    std::reverse(todo_.begin() + static_cast<std::ptrdiff_t>(first), todo_.end());
  }

  const Map& links_;
  std::size_t& steps_;
  std::size_t hops_ = 0;
  std::string at_{};
  std::vector<std::string_view> todo_{};
};

}  // namespace

void Links::add(std::string name, std::string target) {
  links_.insert_or_assign(std::move(name), std::move(target));
}

void Links::add_alias(std::string name, std::string_view link) {
  const auto found = links_.find(link);
  if (found != links_.end()) add(std::move(name), found->second);
}

bool Links::leads_through(std::string_view name) const {
  if (links_.empty()) return false;
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/', slash + 1)) {
    if (links_.contains(name.substr(0, slash))) return true;
  }
  return false;
}

std::vector<Remark> Links::escapes() const {
  std::vector<Remark> remarks;
  std::size_t steps = kSteps;
  for (const auto& [name, target] : links_) {
    // What leads out by its own words was told when it was met.
    if (target.starts_with('/') || target_fault(name, target)) continue;
    const End end = Trail(links_, steps).follow(name, target);
    if (end == End::inside) continue;
    const bool outside = end == End::outside;
    remarks.push_back(
        {name, malformed("unsafe-name", outside ? "through other links it leads above the root"
                                                : "the links are too tangled to follow")});
    if (!outside) break;
  }
  std::ranges::sort(remarks, {}, &Remark::name);
  return remarks;
}

}  // namespace assay
