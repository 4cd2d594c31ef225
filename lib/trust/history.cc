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

std::string line_of(const SeenVersion& entry, std::string_view previous) {
  return Json(Json::Object{{"at", to_rfc3339(entry.at)},
                           {"previous", std::string(previous)},
                           {"product", entry.product},
                           {"vendor", entry.vendor},
                           {"version", entry.version}})
      .canonical();
}

/// The entry of a line that continues one of that digest, spelled exactly as we do.
std::optional<SeenVersion> entry_of(std::string_view line, std::string_view previous) {
  const auto json = Json::parse(line);
  if (!json) return std::nullopt;
  SeenVersion entry{.vendor = json->text_or_empty("vendor"),
                    .product = json->text_or_empty("product"),
                    .version = json->text_or_empty("version")};
  const auto at = from_rfc3339(json->text_or_empty("at"));
  if (!at) return std::nullopt;
  entry.at = *at;
  return line_of(entry, previous) == line ? std::optional(entry) : std::nullopt;
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
  std::vector<SeenVersion> versions;
  for (const SeenVersion& entry : entries_) {
    if (entry.vendor == vendor && entry.product == product) versions.push_back(entry);
  }
  return versions;
}

History History::before(Time moment) const {
  History earlier;
  std::ranges::copy_if(entries_, std::back_inserter(earlier.entries_),
                       [&](const SeenVersion& entry) { return entry.at < moment; });
  return earlier;
}

std::optional<Time> History::latest() const {
  const auto latest = std::ranges::max_element(entries_, {}, &SeenVersion::at);
  return latest == entries_.end() ? std::nullopt : std::optional(latest->at);
}

Result<void> append_history(const std::string& path, const SeenVersion& entry) {
  const std::string folder = fs::path(path).parent_path().string();
  TRY(make_folder(folder));
  const Fd lock = TRY(lock_folder(folder));
  const History history = TRY(History::load(path));
  const std::vector<SeenVersion> known = history.versions_of(entry.vendor, entry.product);
  if (std::ranges::find(known, entry.version, &SeenVersion::version) != known.end()) return {};
  std::string text = TRY(read_history(path));
  text += line_of(entry, digest_of(last_line(text))) + "\n";
  return write_file(path, text);
}

}  // namespace assay
