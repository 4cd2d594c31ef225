#include "trust/history.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/json.h"
#include "crypto/digest.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

template <class T>
std::vector<T> all_of(std::span<const Lesson> lessons) {
  std::vector<T> found;
  for (const Lesson& lesson : lessons) {
    if (const T* one = std::get_if<T>(&lesson)) found.push_back(*one);
  }
  return found;
}

Json::Object fields_of(const SeenVersion& seen) {
  return {{"product", seen.product}, {"vendor", seen.vendor}, {"version", seen.version}};
}
Json::Object fields_of(const SeenIndex& seen) {
  return {{"date", to_rfc3339(seen.date)},
          {"product", seen.product},
          {"repository", seen.repository},
          {"vendor", seen.vendor}};
}
Json::Object fields_of(const SeenKey& seen) {
  return {{"key", seen.key}, {"vendor", seen.vendor}};
}

Time time_of(const Lesson& lesson) {
  return std::visit([](const auto& one) { return one.at; }, lesson);
}

std::string line_of(const Lesson& lesson, std::string_view previous) {
  Json::Object line = std::visit([](const auto& one) { return fields_of(one); }, lesson);
  line.emplace("at", to_rfc3339(time_of(lesson)));
  line.emplace("previous", std::string(previous));
  return Json(std::move(line)).canonical();
}

/// The lesson that a line's fields are of; how it is spelled is asked elsewhere.
Lesson lesson_in(const Json& json, Time at) {
  const std::string vendor = json.text_or_empty("vendor");
  const std::string product = json.text_or_empty("product");
  if (json.find("key") != nullptr) return SeenKey{vendor, json.text_or_empty("key"), at};
  if (json.find("repository") == nullptr) {
    return SeenVersion{vendor, product, json.text_or_empty("version"), at};
  }
  const auto date = from_rfc3339(json.text_or_empty("date"));
  return SeenIndex{vendor, product, json.text_or_empty("repository"), date.value_or(Time{}),
                   at};
}

/// The entry of a line that continues one of that digest, spelled exactly as we do.
std::optional<Lesson> entry_of(std::string_view line, std::string_view previous) {
  const auto json = Json::parse(line);
  if (!json) return std::nullopt;
  const auto at = from_rfc3339(json->text_or_empty("at"));
  if (!at) return std::nullopt;
  Lesson lesson = lesson_in(*json, *at);
  return line_of(lesson, previous) == line ? std::optional(std::move(lesson)) : std::nullopt;
}

std::string digest_of(std::string_view line) {
  return line.empty() ? std::string() : sha256_hex(as_bytes(line));
}

std::string_view last_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t start = text.rfind('\n');
  return start == text.npos ? text : text.substr(start + 1);
}

Result<std::string> read_history(const std::string& path) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return std::string();
  TRY(check_not_writable_by_others(path));
  auto text = read_file(path, kMaxBytes);
  if (!text) text.error().kind = Error::Kind::config;
  return text;
}

Error durability(Error error) {
  error.kind = Error::Kind::durability;
  return error;
}

/// Holds off everybody else who would append, as long as it lives.
Result<Fd> lock_folder(const std::string& folder) {
  Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return durability(io_error("cannot open '" + printable(folder) + "'", errno));
  if (::flock(fd.get(), LOCK_EX) != 0) {
    return durability(io_error("cannot lock '" + printable(folder) + "'", errno));
  }
  return fd;
}

}  // namespace

Result<History> History::load(const std::string& path) {
  const std::string text = TRY(read_history(path));
  History history;
  std::string_view rest = text;
  std::string previous;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    auto entry = end == rest.npos ? std::nullopt : entry_of(line, previous);
    if (!entry) {
      return fail(Error::Kind::config,
                  fmt::format("'{}' was changed: line {} does not continue the lines above it",
                              printable(path), history.entries_.size() + 1),
                  "put back a copy of it; without it, older versions would be taken again");
    }
    history.entries_.push_back(std::move(*entry));
    previous = digest_of(line);
    rest.remove_prefix(end + 1);
  }
  return history;
}

std::vector<SeenVersion> History::versions_of(std::string_view vendor,
                                              std::string_view product) const {
  std::vector<SeenVersion> versions = all_of<SeenVersion>(entries_);
  std::erase_if(versions, [&](const SeenVersion& one) {
    return one.vendor != vendor || one.product != product;
  });
  return versions;
}

History History::before(Time moment) const {
  History earlier;
  std::ranges::copy_if(entries_, std::back_inserter(earlier.entries_),
                       [&](const Lesson& lesson) { return time_of(lesson) < moment; });
  return earlier;
}

std::optional<Time> History::index_date(std::string_view vendor, std::string_view product,
                                        std::string_view repository) const {
  std::optional<Time> latest;
  for (const SeenIndex& one : all_of<SeenIndex>(entries_)) {
    const bool same =
        one.vendor == vendor && one.product == product && one.repository == repository;
    if (same && (!latest || *latest < one.date)) latest = one.date;
  }
  return latest;
}

std::optional<Time> History::first_seen(std::string_view key) const {
  const std::vector<SeenKey> keys = all_of<SeenKey>(entries_);
  const auto first = std::ranges::find(keys, key, &SeenKey::key);
  return first == keys.end() ? std::nullopt : std::optional(first->at);
}

std::vector<SeenKey> History::keys_of(std::string_view vendor) const {
  std::vector<SeenKey> keys = all_of<SeenKey>(entries_);
  std::erase_if(keys, [&](const SeenKey& one) { return one.vendor != vendor; });
  return keys;
}

std::optional<Time> History::latest() const {
  const auto latest = std::ranges::max_element(entries_, {}, time_of);
  return latest == entries_.end() ? std::nullopt : std::optional(time_of(*latest));
}

bool History::knows(const Lesson& lesson) const {
  if (const auto* seen = std::get_if<SeenVersion>(&lesson)) {
    const std::vector<SeenVersion> known = versions_of(seen->vendor, seen->product);
    return std::ranges::find(known, seen->version, &SeenVersion::version) != known.end();
  }
  if (const auto* seen = std::get_if<SeenIndex>(&lesson)) {
    const auto date = index_date(seen->vendor, seen->product, seen->repository);
    return date && *date >= seen->date;
  }
  return first_seen(std::get<SeenKey>(lesson).key).has_value();
}

Result<void> append_history(const std::string& path, std::span<const Lesson> lessons) {
  const std::string folder = fs::path(path).parent_path().string();
  TRY(make_folder(folder));
  const Fd lock = TRY(lock_folder(folder));
  const History history = TRY(History::load(path));
  std::string text = TRY(read_history(path));
  const std::size_t before = text.size();
  for (const Lesson& lesson : lessons) {
    if (history.knows(lesson)) continue;
    text += line_of(lesson, digest_of(last_line(text))) + "\n";
  }
  return text.size() == before ? Result<void>() : write_file(path, text);
}

}  // namespace assay
