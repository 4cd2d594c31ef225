// A log as pages for a browser: no script, nothing fetched, opened from disk. They show what
// entries claim and prove nothing; each says how to check it.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace assay {

/// One entry, raw.
struct LogRow {
  std::uint64_t index = 0;
  std::string at{}, kind{}, says{}, subject{}, sha256{}, key_id{};
  std::string statement{};  ///< of its envelope, for people
};

/// The log, the same on every page.
struct LogHead {
  std::string origin{}, vkey{};
  std::uint64_t size = 0;
  std::string root{};  ///< base64
  std::string note{};  ///< the checkpoint as signed
  /// Who saw it: name, time and how many entries.
  std::vector<std::string> witnesses{};
};

/// One page of entries.
struct LogPage {
  std::uint64_t first = 0, last = 0;
  std::string from{}, until{};  ///< times of those two
  std::map<std::string, std::uint64_t> kinds{};
};

/// "entries-000000.html" for the page that begins with this entry.
std::string log_page_name(std::uint64_t first);

/// index.html, and one of the pages it leads to.
std::string log_index_html(const LogHead& head, const std::vector<LogPage>& pages);
std::string log_page_html(const LogHead& head, const std::vector<LogRow>& rows,
                          std::uint64_t previous, std::uint64_t next);

}  // namespace assay
