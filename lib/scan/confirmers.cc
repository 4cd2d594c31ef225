#include "scan/confirmers.h"

#include <yara.h>

#include <utility>

namespace assay {
namespace {

/// More choices than this and the oldest work is thrown away.
constexpr std::size_t kPartsMax = 64;

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

Result<Confirmer*> Confirmers::running(const std::vector<std::size_t>& places) {
  // Half of all rules are no quicker than all of them.
  if (places.size() * 2 > rules_->rules.size()) return running_all();
  auto found = parts_.find(places);
  if (found == parts_.end()) {
    if (parts_.size() == kPartsMax) parts_.clear();
    found = parts_.emplace(places, compile_part(places)).first;
  }
  if (found->second == nullptr) return running_all();
  return &*found->second->confirmer;
}

}  // namespace assay
