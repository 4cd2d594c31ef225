// What the tests of the gate share: rules as text, what libyara alone says of
// them, and what the gate says.

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scan/confirm.h"
#include "scan/gate.h"
#include "scan/scanner.h"

namespace assay {

using Names = std::set<std::string>;

/// A rule whose id is its name.
inline std::string named_rule(const std::string& name, const std::string& body,
                              const std::string& before = "") {
  return before + "rule " + name + " { meta: id=\"" + name +
         "\" severity=\"high\" class=\"c\" family=\"f\" why=\"w\" remedy=\"r\" "
         "reference=\"x\" " +
         body + " }\n";
}

inline RuleSet rule_set(const std::string& text) {
  Result<RuleSet> set = RuleSet::compile(
      {{"a.yar", text},
       {"pack.toml", "schema = \"assay-rules/1\"\nname = \"test\"\nserial = 1\n"}});
  if (!set) FAIL(to_text(set.error()));
  return std::move(set).take();
}

/// The same rules with and without the gate.
struct BothWays {
  explicit BothWays(const RuleSet& set)
      : rules(set),
        watch(*set.state().gate),
        scanner(set),
        plain(Confirmer::create(set.state().compiled, 60).take()) {
    REQUIRE(set.state().gate->start());
  }

  Names candidates(const Member& member, std::string_view content) {
    const Variables variables(member);
    Names names;
    for (const Candidate& candidate : watch.candidates({.filename = variables.filename,
                                      .filepath = variables.filepath,
                                      .filetype = variables.filetype,
                                      .content = as_bytes(content)})) {
      names.insert(rules.state().compiled.metas[candidate.place]->id);
    }
    return names;
  }

  /// What libyara finds; checks that the gate lets it through and that the
  /// Scanner finds the same.
  Names matches(const Member& member, std::string_view content) {
    const Result<std::vector<Finding>> all =
        plain.scan(member, Variables(member), as_bytes(content));
    const Result<std::vector<Finding>> gated = scanner.scan_as_it_is(member, as_bytes(content));
    REQUIRE(all);
    REQUIRE(gated);
    CHECK(all->size() == gated->size());
    const auto same = [](const Finding& a, const Finding& b) {
      return a.rule == b.rule && a.offset == b.offset && a.context == b.context;
    };
    CHECK(std::ranges::equal(*all, *gated, same));
    Names names;
    for (const Finding& it : *all) names.insert(it.rule);
    const Names passed = candidates(member, content);
    CHECK(std::ranges::includes(passed, names));
    return names;
  }

  const RuleSet& rules;
  Gate::Watch watch;
  Scanner scanner;
  Confirmer plain;
};

inline Member member_at(std::string path, std::string type = "data") {
  Member member;
  member.path = std::move(path);
  member.type = std::move(type);
  return member;
}

}  // namespace assay
