#include "scan/hidden_text.h"

#include <hs.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <tuple>

#include "scan/inspector.h"
#include "scan/literal_search.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kWordMax = 24;

/// A word as the two streams show it. Made when this is compiled, so that the program
/// does not hold the words themselves.
struct Word {
  std::array<char, kWordMax> by_xor{}, by_add{};
  std::size_t size = 0;  ///< of both
  char first = 0;        ///< the word's own first byte
};

consteval Word word(std::string_view text) {
  Word made;
  made.first = text[0];
  made.size = std::min(text.size() - 1, kWordMax);
  for (std::size_t i = 0; i < made.size; ++i) {
    made.by_xor[i] = static_cast<char>(text[i] ^ text[i + 1]);
    made.by_add[i] = static_cast<char>(text[i + 1] - text[i]);
  }
  return made;
}

// The first kQuick are looked for in everything.
constexpr Word kWords[] = {word("\x7f"
                                "ELF\x02\x01"sv),
                           word("This program cannot be run"sv),
                           word("#!/bin/sh\n"sv),
                           word("stratum+tcp://"sv),
                           word("cryptonight"sv),
                           word("VirtualAlloc"sv),
                           word("/etc/ld.so.preload"sv),
                           word("mining.subscribe"sv),
                           word("\x7f"
                                "ELF\x01\x01"sv),
                           word("#!/bin/bash"sv),
                           word("#!/usr/bin/env "sv),
                           word("stratum+ssl://"sv),
                           word("donate-level"sv),
                           word("mining.authorize"sv),
                           word("\"rig-id\""sv),
                           word("\"hw-aes\""sv),
                           word("/etc/cron.d/"sv),
                           word("systemctl enable"sv),
                           word("WriteProcessMemory"sv),
                           word("CreateRemoteThread"sv),
                           word("NtUnmapViewOfSection"sv),
                           word("ReflectiveLoader"sv),
                           word("-MpPreference"sv),
                           word("sys_call_table"sv),
                           word("kallsyms_lookup_name"sv),
                           word("GetProcAddress"sv),
                           word("LoadLibraryA"sv),
                           word("memfd_create"sv),
                           word("WinRing0_1"sv),
                           word("amsiInitFailed"sv),
                           word("DownloadString"sv),
                           word("MpPreference -"sv),
                           word("mppreference -"sv),
                           word("CoinHive.Anonymous"sv),
                           word("coinhive.min.js"sv),
                           word("\"user\": \""sv),
                           word("ExecStart="sv),
                           word("\"scripts\": "sv),
                           word("@reboot root"sv),
                           word("\xe8\0\0\0\0\x59\x49\x89\xc8"sv),
                           word("\x59\x55\x48\x89\xe5\x48\x83\xe4\xf0"sv),
                           word("import ctypes"sv),
                           word("subprocess."sv),
                           word("cinit-stealth"sv),
                           word("IoCreateDevice"sv),
                           word("bpf_probe_write"sv)};
constexpr std::size_t kCount = std::size(kWords);
constexpr std::size_t kQuick = 8;
constexpr std::size_t kElf = 0, kDos = 1, kElf32 = 8;

constexpr bool is_head(std::size_t word) {
  return word == kElf || word == kDos || word == kElf32;
}

constexpr std::size_t kPiece = 32768;
constexpr std::size_t kLargestAdded = 4 << 20;

/// Sixteen bytes at once, as every processor we run on can.
using Row = std::uint8_t __attribute__((vector_size(16)));

Row load(const std::byte* at) {
  Row row{};
  std::memcpy(&row, at, sizeof row);
  return row;
}

/// out[i] for all i with two bytes to make it of: `in` has one more than is made.
template <bool kAdd>
void differences(Bytes in, char* out) {
  const std::size_t count = in.size() - 1;
  std::size_t i = 0;
  for (; i + sizeof(Row) <= count; i += sizeof(Row)) {
    const Row a = load(in.data() + i), b = load(in.data() + i + 1);
    const Row made = kAdd ? b - a : a ^ b;
    std::memcpy(out + i, &made, sizeof made);
  }
  for (; i < count; ++i) {
    const auto a = std::to_integer<unsigned>(in[i]), b = std::to_integer<unsigned>(in[i + 1]);
    out[i] = static_cast<char>(kAdd ? b - a : a ^ b);
  }
}

/// One search under way.
struct Run {
  Bytes content;
  bool added;
  std::uint64_t base = 0;  ///< of the piece at hand
  std::vector<HiddenWord> found{};
  std::array<bool, 256> seen{};  ///< keys
  std::size_t heads = 0;         ///< that stand openly
  bool failed = false;           ///< the engine gave up
};

void note(Run& run, std::size_t number, std::uint64_t end) {
  const std::uint64_t at = run.base + end - kWords[number].size;
  if (at >= run.content.size()) return;
  const auto here = std::to_integer<unsigned>(run.content[at]);
  const auto first = static_cast<unsigned>(static_cast<unsigned char>(kWords[number].first));
  const auto key = static_cast<std::uint8_t>(run.added ? here - first : here ^ first);
  const bool is_inner_head = key == 0 && !run.added && is_head(number) && at >= 512;
  if (key == 0 ? !is_inner_head : run.seen[key]) return;
  // What stands openly was scanned with the member; a key is looked behind once.
  if (key == 0 && ++run.heads > HiddenText::kHeadsMax) return;
  if (key != 0) run.seen[key] = true;
  run.found.push_back({.added = run.added, .key = key, .offset = at, .word = number});
}

int on_word(unsigned number, unsigned long long, unsigned long long end, unsigned,
            void* user) noexcept {
  try {
    note(*static_cast<Run*>(user), number, end);
  } catch (...) {
    return 1;
  }
  return 0;
}

}  // namespace

/// Three databases, built when more went by than a plain search is quick for.
struct HiddenText::State {
  enum : std::size_t { kXored, kAdded, kQuickly };

  static constexpr std::uint64_t kWorthBuilding = 1 << 20;
  static constexpr std::uint64_t kWorthReading = 1 << 16;  ///< what was prepared

  std::mutex building{};
  std::atomic<bool> built = false;
  std::atomic<std::uint64_t> passed = 0;
  PreparedParts prepared{};
  std::uint64_t worth = kWorthBuilding;  ///< bytes
  std::array<LiteralDatabase, 3> databases{};

  static std::vector<SoughtLiteral> sought(std::size_t which) {
    const bool added = which == kAdded;
    std::vector<SoughtLiteral> words;
    for (unsigned i = 0; i < (which == kQuickly ? kQuick : kCount); ++i) {
      const auto& bytes = added ? kWords[i].by_add : kWords[i].by_xor;
      words.push_back({.bytes = {bytes.data(), kWords[i].size}, .number = i});
    }
    return words;
  }

  bool build() {
    const std::lock_guard lock(building);
    if (built) return true;
    for (std::size_t which = 0; which < databases.size(); ++which) {
      databases[which] = literal_database(sought(which), prepared);
      if (!databases[which]) return false;
    }
    built = true;
    return true;
  }

  /// What one search needs of its own; kept for the next.
  struct Desk {
    std::vector<char> stream = std::vector<char>(kPiece);
    std::array<LiteralSearch::Scratch, 3> scratches{};
  };

  std::vector<std::unique_ptr<Desk>> desks{};

  std::unique_ptr<Desk> take_desk(bool fast) {
    std::unique_ptr<Desk> desk;
    {
      const std::lock_guard lock(building);
      if (!desks.empty()) {
        desk = std::move(desks.back());
        desks.pop_back();
      }
    }
    if (desk == nullptr) desk = std::make_unique<Desk>();
    for (std::size_t i = 0; fast && i < databases.size(); ++i) {
      if (desk->scratches[i]) continue;
      hs_scratch_t* raw = nullptr;
      if (hs_alloc_scratch(databases[i].get(), &raw) != HS_SUCCESS) throw std::bad_alloc();
      desk->scratches[i].reset(raw);
    }
    return desk;
  }

  void give_back(std::unique_ptr<Desk> desk) {
    const std::lock_guard lock(building);
    desks.push_back(std::move(desk));
  }

  static void search_plainly(std::string_view stream, std::size_t count, Run& run) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& bytes = run.added ? kWords[i].by_add : kWords[i].by_xor;
      const std::string_view wanted(bytes.data(), kWords[i].size);
      for (std::size_t at = stream.find(wanted); at != std::string_view::npos;
           at = stream.find(wanted, at + 1)) {
        note(run, i, at + wanted.size());
      }
    }
  }
};

HiddenText::HiddenText(PreparedParts prepared) : state_(std::make_unique<State>()) {
  if (is_prepared(State::sought(State::kXored), prepared)) {
    state_->prepared = prepared;
    state_->worth = State::kWorthReading;
  }
}
HiddenText::~HiddenText() = default;

std::string HiddenText::prepare() {
  std::string all;
  for (std::size_t which = 0; which < 3; ++which) {
    all += prepare_database(State::sought(which));
  }
  return all;
}

Result<std::vector<HiddenWord>> HiddenText::find(Bytes content, bool thorough) const {
  std::vector<HiddenWord> found;
  if (content.size() < kWordMax) return found;
  const bool fast =
      state_->built || ((state_->passed += content.size()) >= state_->worth && state_->build());
  std::unique_ptr<State::Desk> desk = state_->take_desk(fast);
  for (const bool added : {false, true}) {
    // Adding a key is rare; a second search of all that is large would cost everybody.
    if (added && (!thorough || content.size() > kLargestAdded)) break;
    const std::size_t which = added      ? State::kAdded
                              : thorough ? State::kXored
                                         : State::kQuickly;
    Run run{.content = content, .added = added};
    std::vector<char>& stream = desk->stream;
    for (std::size_t at = 0; at + 1 < content.size(); at += kPiece - kWordMax) {
      const Bytes piece = content.subspan(at, std::min(kPiece + 1, content.size() - at));
      added ? differences<true>(piece, stream.data())
            : differences<false>(piece, stream.data());
      run.base = at;
      const std::size_t size = piece.size() - 1;
      if (fast) {
        run.failed |=
            hs_scan(state_->databases[which].get(), stream.data(), static_cast<unsigned>(size),
                    0, desk->scratches[which].get(), on_word, &run) != HS_SUCCESS;
      } else {
        State::search_plainly({stream.data(), size}, thorough ? kCount : kQuick, run);
      }
    }
    if (run.failed) return undecided("scan-incomplete", "the search for hidden text failed");
    found.insert(found.end(), run.found.begin(), run.found.end());
  }
  state_->give_back(std::move(desk));
  // Pieces overlap, and which word is first depends on nothing but the content.
  std::ranges::sort(found, {}, [](const HiddenWord& w) {
    return std::tuple(w.added, w.offset, w.key, w.word);
  });
  const auto same = [](const HiddenWord& a, const HiddenWord& b) {
    return a.added == b.added && a.offset == b.offset && a.key == b.key;
  };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

std::string without_key(Bytes content, const HiddenWord& word) {
  std::string out(as_text(content));
  for (char& c : out) {
    c = static_cast<char>(word.added ? c - word.key : c ^ word.key);
  }
  return out;
}

namespace {

/// How far from a word the rest of what is hidden is looked for.
constexpr std::uint64_t kBefore = 16 << 20, kBehind = 48 << 20;

/// Where the program begins that `word` is in the head of, in the plain `text`.
std::size_t head_of(std::string_view text, std::size_t word_at, std::size_t word) {
  if (word == kElf || word == kElf32) return word_at;
  if (word != kDos) return 0;
  const std::size_t begin = text.rfind("MZ", word_at);
  return begin == std::string_view::npos || word_at - begin > 512 ? word_at : begin;
}

/// Under a key a file is no type we know, or, under a few, still text.
bool may_be_under_key(const Member& member, Bytes content) {
  constexpr std::size_t kLargestText = 65536;
  return member.type == "data" || (member.type == "text" && content.size() <= kLargestText);
}

Result<void> inspect(const InspectorTools& tools, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type == "elf" && content.size() > kLargestElf) return {};
  const bool thorough = may_be_under_key(member, content);
  for (const HiddenWord& word : TRY(tools.hidden.find(content, thorough))) {
    if (views.size() >= kViewsMax) {
      if (word.key == 0) continue;
      return undecided("scan-incomplete", "more is hidden in it than is looked at");
    }
    const std::uint64_t begin = word.offset > kBefore ? word.offset - kBefore : 0;
    const Bytes part = content.subspan(
        begin, std::min<std::uint64_t>(content.size() - begin, kBefore + kBehind));
    if (word.key == 0) {
      const std::size_t head = head_of(as_text(part), word.offset - begin, word.word);
      const Bytes inner = part.subspan(head);
      views.push_back({.how = "a program inside another file",
                       .type = type_of_hidden(inner),
                       .offset = begin + head,
                       .borrowed = inner});
      continue;
    }
    std::string plain = without_key(part, word);
    std::size_t head = 0;
    if (is_head(word.word)) head = head_of(plain, word.offset - begin, word.word);
    plain.erase(0, head);
    View view{.how = std::string("bytes to which a key is ") + (word.added ? "added" : "XORed"),
              .offset = word.offset};
    view.type = type_of_hidden(as_bytes(plain));
    view.owned = std::move(plain);
    views.push_back(std::move(view));
  }
  return {};
}

}  // namespace

extern const Inspector hidden_text_inspector;
constinit const Inspector hidden_text_inspector = {"hidden text", inspect};

}  // namespace assay
