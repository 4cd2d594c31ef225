#include "scan/confirmers.h"

#include <yara.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace assay {
namespace {

/// More parts than this and the oldest work is thrown away.
constexpr std::size_t kPartsMax = 32;
/// A scan takes the longer the more rules there are: one part of all would cost more than a
/// few that are compiled once.
constexpr std::size_t kGrownTo = 96;

/// The text of the rules at `places`, file by file; libyara keeps that order.
std::vector<RuleFile> text_of(const RuleSet::State& rules,
                              const std::vector<std::size_t>& places) {
  std::vector<RuleFile> files;
  for (const std::size_t place : places) {
    const std::string& file = rules.listed[place].file;
    if (files.empty() || files.back().name != file) {
      // What is slow was accepted or refused when all was compiled.
      files.push_back({.name = file, .text = rules.gate->imports(file), .tolerant = true});
    }
    files.back().text += rules.gate->text(place) + '\n';
  }
  return files;
}

}  // namespace

Result<Confirmer*> Confirmers::running_all() {
  if (!all_) all_ = TRY(Confirmer::create(*TRY(rules_->running()), timeout_seconds_));
  return &*all_;
}

std::unique_ptr<Confirmers::Part> Confirmers::compile_part(
    const std::vector<std::size_t>& places) const {
  const auto whole = rules_->gate->with_named(places);
  if (!whole) return nullptr;
  auto compiled = compile_files(text_of(*rules_, *whole));
  if (!compiled) return nullptr;
  auto part = std::make_unique<Part>();
  part->places = places;
  part->compiled.rules = std::move(*compiled);
  std::size_t at = 0;
  const YR_RULE* rule = nullptr;
  yr_rules_foreach(part->compiled.rules.get(), rule) {
    if (at == whole->size()) return nullptr;
    const std::size_t place = (*whole)[at++];
    const RuleName& name = rules_->listed[place];
    if (name.file != rule->ns->name || name.name != rule->identifier) return nullptr;
    part->compiled.metas.push_back(rules_->compiled.metas[place]);
  }
  if (at != whole->size()) return nullptr;
  auto confirmer = Confirmer::create(part->compiled, timeout_seconds_);
  if (!confirmer) return nullptr;
  part->confirmer = std::move(*confirmer);
  return part;
}

Confirmers::Part* Confirmers::find(const std::vector<std::size_t>& places) const {
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    if (std::ranges::includes((*part)->places, places)) return part->get();
  }
  return nullptr;
}

Confirmers::Part* Confirmers::add(const std::vector<std::size_t>& places) {
  if (hopeless_.contains(places)) return nullptr;
  std::vector<std::size_t> wanted = places;
  if (!parts_.empty()) {
    wanted.clear();
    std::ranges::set_union(parts_.back()->places, places, std::back_inserter(wanted));
  }
  const bool grows = wanted.size() > places.size() && wanted.size() <= kGrownTo;
  std::unique_ptr<Part> part = compile_part(grows ? wanted : places);
  if (part == nullptr && grows) part = compile_part(places);
  if (part == nullptr) {
    hopeless_.insert(places);
    return nullptr;
  }
  std::erase_if(parts_, [&](const auto& old) {
    return std::ranges::includes(part->places, old->places);
  });
  if (parts_.size() == kPartsMax) parts_.erase(parts_.begin());
  parts_.push_back(std::move(part));
  return parts_.back().get();
}

Result<std::vector<Finding>> Confirmers::scan(const std::vector<std::size_t>& places,
                                              const Member& member, const Variables& variables,
                                              Bytes content) {
  // Half of all rules are no quicker than all of them.
  const bool is_most = places.size() * 2 > rules_->rules.size();
  Part* part = is_most ? nullptr : find(places);
  if (part == nullptr && !is_most) part = add(places);
  if (part == nullptr) return TRY(running_all())->scan(member, variables, content);
  auto found = part->confirmer->scan(member, variables, content);
  if (found || part->places == places) return found;
  // It may be a rule that failed which only the members before this one asked for.
  const std::unique_ptr<Part> exact = compile_part(places);
  return exact == nullptr ? std::move(found)
                          : exact->confirmer->scan(member, variables, content);
}

}  // namespace assay
