// Claims: what the members of one container say of themselves, judged in order: their
// names, the places they take from each other, where their links lead, what rights they
// ask for, and whether their kind fits the rest. No content is looked at here, and
// nothing is opened.
//
// Some names are everyday on one system and a trap on another: `File::Spec.3pm.gz` and
// `xt_dscp.h` beside `xt_DSCP.h` are in every Linux distribution. What is a trap
// everywhere fails everywhere; what is one on Windows or macOS only fails in zip, which
// is made for them, and elsewhere is a note at most (names.h).

#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bundle/file_list.h"
#include "bundle/links.h"

namespace assay {

class Claims {
 public:
  /// The members must be those of this list, if it is one.
  void expect(std::shared_ptr<FileList> list) { list_ = std::move(list); }
  /// The SHA-256 that the list demands of this member's content, or empty.
  std::string listed_sha256(const Entry& entry) const;

  /// What is wrong with the next member of a container of this type ("tar.gz"), seen
  /// beside those before it: unsafe-name, limit-name-bytes, duplicate-name,
  /// name-collision, case-collision, unsafe-type, unsafe-mode, setuid-member,
  /// ambiguous-type, size-mismatch.
  std::vector<Error> judge(const Entry& entry, std::string_view type, const Limits& limits);

  /// What can be said only when the last member was seen: links that lead out through
  /// others (unsafe-name), listed ones that did not come (ambiguous-type), and how many
  /// members anybody may change (world-writable) or have names that are a trap on Windows
  /// (windows-name).
  std::vector<Remark> finish() const;

 private:
  enum Kind : unsigned { folder = 1, file = 2, link = 4 };

  /// The names of one collision key, but for the one that is that key itself.
  struct Spot {
    unsigned kinds = 0;
    bool plain = true;  ///< all of ASCII: they differ by nothing but case
  };

  void judge_place(const std::string& name, Kind kind, bool for_windows,
                   std::vector<Error>& faults);
  void judge_folders(std::string_view name, bool for_windows, std::vector<Error>& faults);
  void judge_spelling(std::string_view name, Kind kind, bool for_windows,
                      std::vector<Error>& faults);
  void judge_link(const Entry& entry, const std::string& name, const Limits& limits,
                  std::vector<Error>& faults);
  void judge_rights(const Entry& entry, std::vector<Error>& faults);

  std::unordered_map<std::string, Kind, TextHash, std::equal_to<>> names_{};  ///< folded
  std::unordered_map<std::string, Spot> spots_{};  ///< few: most names are their own key
  Links links_{};
  bool is_read_in_place_ = false;
  std::uint64_t writable_ = 0;
  std::string first_writable_{};
  std::uint64_t for_linux_ = 0;  ///< names that are a trap on Windows
  std::string first_for_linux_{};
  std::shared_ptr<FileList> list_{};
};

}  // namespace assay
