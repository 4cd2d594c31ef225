#include "scan/rule_samples.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/bytes.h"
#include "base/file.h"
#include "bundle/format.h"
#include "scan/scanner.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSample = std::size_t{64} << 20;

Error config(std::string what) {
  return fail(Error::Kind::config, std::move(what),
              "samples stand in samples/ID/positive and samples/ID/near-miss");
}

/// What a path below samples/ says of the file.
struct Place {
  std::string id{};
  bool positive = false;
  std::string path{};  ///< what follows
};

Result<Place> place_of(const fs::path& relative, const RuleSet& rules) {
  std::vector<std::string> parts;
  for (const fs::path& part : relative) parts.push_back(part.string());
  const bool known = parts.size() >= 3 && (parts[1] == "positive" || parts[1] == "near-miss");
  if (!known) return config("'" + printable(relative.string()) + "' is no place for a sample");
  if (std::ranges::find(rules.rules(), parts[0], &RuleMeta::id) == rules.rules().end()) {
    return config("there is no rule '" + printable(parts[0]) + "'");
  }
  Place place{.id = parts[0], .positive = parts[1] == "positive"};
  for (std::size_t i = 2; i < parts.size(); ++i) place.path += (i > 2 ? "/" : "") + parts[i];
  return place;
}

Result<void> run_sample(Scanner& scanner, const fs::path& path, const Place& place,
                        SampleTally& tally) {
  const std::string content =
      TRY(read_file(path.string(), kMaxSample).context("reading a sample"));
  Member member;
  member.path = place.path;
  member.type = sniff_content(as_bytes(content)).type;
  const std::vector<Finding> found = TRY(scanner.scan(member, as_bytes(content)));
  const bool fires = std::ranges::find(found, place.id, &Finding::rule) != found.end();
  ++tally.samples;
  (place.positive ? tally.positive : tally.near_miss).insert(place.id);
  if (fires == place.positive) return {};
  tally.wrong.push_back(printable(path.string()) + ": " + place.id +
                        (fires ? " finds it" : " does not find it"));
  return {};
}

}  // namespace

Result<void> run_samples(const RuleSet& rules, const std::string& folder, SampleTally& tally) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return {};
  std::vector<fs::path> paths;
  fs::recursive_directory_iterator entry(folder, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    if (entry->is_regular_file(error)) paths.push_back(entry->path());
  }
  if (error) return config("cannot read '" + printable(folder) + "': " + error.message());
  std::ranges::sort(paths);
  Scanner scanner(rules);
  for (const fs::path& path : paths) {
    const Place place = TRY(place_of(path.lexically_relative(folder), rules));
    TRY(run_sample(scanner, path, place, tally));
  }
  return {};
}

std::vector<std::string> rules_without_samples(const RuleSet& rules, const SampleTally& tally) {
  const bool asks_shipped = std::ranges::any_of(rules.rules(), [&](const RuleMeta& rule) {
    return !rule.is_brought && tally.positive.contains(rule.id);
  });
  std::vector<std::string> lines;
  for (const RuleMeta& rule : rules.rules()) {
    if (!rule.is_brought && !asks_shipped) continue;
    if (!tally.positive.contains(rule.id)) lines.push_back(rule.id + ": no positive sample");
    if (!tally.near_miss.contains(rule.id)) lines.push_back(rule.id + ": no near-miss sample");
  }
  return lines;
}

}  // namespace assay
