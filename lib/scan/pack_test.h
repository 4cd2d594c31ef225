// What the tests of the shipped rules share: inert samples that carry
// indicators, put together from halves so that no source file carries them.

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "bundle/format.h"
#include "scan/scanner.h"

namespace assay {

inline constexpr char kExec = 2;    // e_type of a program
inline constexpr char kShared = 3;  // of a shared object
inline constexpr char kObject = 1;  // of a kernel module

inline std::string join(std::initializer_list<std::string_view> texts, char between) {
  std::string all;
  for (const std::string_view text : texts) (all += between) += text;
  return all + between;
}

/// An ELF header that says what it is and nothing that could run.
inline std::string elf(std::string_view body, char type = kExec, unsigned char machine = 62) {
  std::string header(64, '\0');
  header.replace(0, 6,
                 "\x7f"
                 "ELF\x02\x01");
  header[16] = type;
  header[18] = static_cast<char>(machine);
  return header.append(body);
}

inline std::string pe(std::string_view body) {
  std::string header(64, '\0');
  header.replace(0, 2, "MZ");
  header += "This program cannot be run in DOS mode.\r\r\n$";
  return header.append(body);
}

inline std::string wide(std::string_view text) {
  std::string out;
  for (const char c : text) (out += c) += '\0';
  return out;
}

inline std::string bytes(std::string_view hex) {
  const std::vector<std::byte> raw = from_hex(hex).value();
  return std::string(as_text(raw));
}

inline std::string text_of(std::string_view a, std::string_view b) {
  return std::string(a).append(b);
}

inline const RuleSet& pack() {
  static const RuleSet rules = RuleSet::compile(built_in_rules().take()).take();
  return rules;
}

/// With ASSAY_SAMPLES=FOLDER every sample is left there as `assay rules test` wants it,
/// for that and for tests/eval.
inline void keep_sample(std::string_view id, std::string_view kind, std::string_view path,
                        std::string_view content) {
  static std::size_t count = 0;
  const char* const folder = std::getenv("ASSAY_SAMPLES");
  if (folder == nullptr) return;
  const std::filesystem::path file =
      std::filesystem::path(folder) / "samples" / id / kind / std::to_string(++count) / path;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

/// The rules this test case saw firing: what is quiet in it is their near miss.
inline std::set<std::string>& fired_here() {
  static std::string test;
  static std::set<std::string> ids;
  const std::string now = doctest::getContextOptions()->currentTest->m_name;
  if (now != test) ids.clear();
  test = now;
  return ids;
}

inline std::vector<Finding> scan(std::string_view path, std::string_view content) {
  Scanner scanner{pack()};
  Member member;
  member.path = path;
  member.type = sniff_content(as_bytes(content)).type;
  return scanner.scan(member, as_bytes(content)).take();
}

inline bool fires(std::string_view id, std::string_view path, std::string_view content) {
  const std::vector<Finding> found = scan(path, content);
  const bool fires = std::ranges::find(found, id, &Finding::rule) != found.end();
  keep_sample(id, fires ? "positive" : "near-miss", path, content);
  if (fires) fired_here().insert(std::string(id));
  return fires;
}

inline bool is_quiet(std::string_view path, std::string_view content) {
  const std::vector<Finding> found = scan(path, content);
  for (const std::string& id : fired_here()) {
    if (std::ranges::find(found, id, &Finding::rule) == found.end()) {
      keep_sample(id, "near-miss", path, content);
    }
  }
  for (const Finding& it : found) {
    if (it.severity != Severity::info) {
      MESSAGE(it.rule);
      return false;
    }
  }
  return true;
}

// Two of RandomX's constants, and words of the pool protocol.
inline const std::string kConstants = bytes("fca1f5598a970a81") + bytes("46d8c238df9970a7");
inline const std::string kScheme = text_of("stratum", "+tcp://");
inline const std::string kDonate = text_of("donate-", "level");
inline const std::string kWords = join({kScheme, kDonate, text_of("keep", "alived")}, '\0');
inline const std::string kWallet =
    "4" + std::string(
              "8edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsa"
              "SWJ4fhdUyZijBGUicoD");

inline const std::string kInject =
    join({text_of("VirtualAlloc", "Ex"), text_of("WriteProcess", "Memory"),
          text_of("CreateRemote", "Thread")},
         '\0');

}  // namespace assay
