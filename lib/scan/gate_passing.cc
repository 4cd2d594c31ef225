#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "scan/gate_state.h"

namespace assay {
namespace {

/// Small enough to stay near the processor from the search to the closer look.
constexpr std::size_t kWindow = std::size_t{256} << 10;
/// What rules read by place is in the head of a file.
constexpr std::size_t kHead = std::size_t{64} << 10;

constexpr std::uint64_t kNowhere = static_cast<std::uint64_t>(-1);

/// Where a plain string stands first.
struct Place {
  std::uint64_t offset = kNowhere;
  std::array<char, Gate::Passing::kContext> context{};
  std::size_t context_size = 0;

  bool is_known() const { return offset != kNowhere; }
};

}  // namespace

struct Gate::Passing::State {
  State(const Gate::State& of, LiteralSearch::Scratch own, std::size_t overlap_bytes)
      : gate(of),
        inquiry(of),
        scratch(std::move(own)),
        overlap(overlap_bytes),
        buffer(overlap_bytes + kWindow),
        seen(of.search.size()),
        window_seen(of.search.size()),
        places(of.plains.size()) {}

  const Gate::State& gate;
  GateInquiry inquiry;
  LiteralSearch::Scratch scratch;
  const std::size_t overlap;  ///< what one window has of the one before it
  std::vector<std::byte> buffer;
  std::size_t filled = 0;
  std::uint64_t base = 0;  ///< where the buffer begins in the member
  std::vector<std::byte> head{};
  std::vector<std::uint8_t> seen;         ///< of each literal, anywhere
  std::vector<std::uint8_t> window_seen;  ///< of each literal, in the window
  std::vector<Place> places;              ///< of each plain string
  bool failed = false;

  Bytes window() const { return Bytes(buffer).first(filled); }

  /// Only where all of its context is at hand, unless nothing follows: the next window
  /// shows it again.
  void look_for(std::uint32_t plain, bool last) {
    const std::string& wanted = gate.plains[plain];
    const std::string_view text = as_text(window());
    const void* const found = ::memmem(text.data(), text.size(), wanted.data(), wanted.size());
    if (found == nullptr) return;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    if (!last && at + std::max(wanted.size(), kContext) > text.size()) return;
    Place& place = places[plain];
    place.offset = base + at;
    place.context_size = text.substr(at).copy(place.context.data(), kContext);
  }

  void look(bool last) {
    failed |= !gate.search.find(window(), scratch.get(), window_seen);
    for (std::size_t literal = 0; literal < window_seen.size(); ++literal) {
      if (window_seen[literal] == 0) continue;
      seen[literal] = 1;
      for (const std::uint32_t plain : gate.plains_of[literal]) {
        if (!places[plain].is_known()) look_for(plain, last);
      }
    }
  }

  void slide() {
    const std::size_t gone = filled - overlap;
    std::memmove(buffer.data(), buffer.data() + gone, overlap);
    filled = overlap;
    base += gone;
  }

  /// As Watch looks closer, by what was seen on the way.
  std::optional<std::uint64_t> look_closer(const GateRule& rule,
                                           std::vector<Presence>& presence) const {
    std::uint64_t first = kNowhere;
    bool all_known = true;
    for (std::size_t i = 0; i < presence.size(); ++i) {
      if (presence[i] == Presence::absent) continue;
      const std::uint32_t plain = rule.strings[i].number;
      all_known &= plain != GateString::kUnwatched;
      if (plain == GateString::kUnwatched) continue;
      presence[i] = places[plain].is_known() ? Presence::certain : Presence::absent;
      first = std::min(first, places[plain].offset);
    }
    if (!all_known) return std::nullopt;
    return first == kNowhere ? 0 : first;
  }

  std::string context_at(std::uint64_t offset) const {
    const auto place = std::ranges::find(places, offset, &Place::offset);
    if (place != places.end()) return {place->context.data(), place->context_size};
    return std::string(as_text(Bytes(head).first(std::min(head.size(), kContext))));
  }
};

Gate::Passing::Passing(std::unique_ptr<State> state) : state_(std::move(state)) {}
Gate::Passing::~Passing() = default;

std::unique_ptr<Gate::Passing> Gate::Passing::create(const Gate& gate, std::uint64_t bytes) {
  Gate::State& state = *gate.state_;
  if (!state.always.empty() || !state.is_working(bytes)) return nullptr;
  LiteralSearch::Scratch scratch = state.search.make_scratch();
  if (!scratch) return nullptr;
  std::size_t longest = 0;
  for (const std::string& plain : state.plains) longest = std::max(longest, plain.size());
  if (longest > kWindow) return nullptr;
  const std::size_t overlap = longest + kContext + kLongestLiteral;
  return std::unique_ptr<Passing>(
      new Passing(std::make_unique<State>(state, std::move(scratch), overlap)));
}

void Gate::Passing::piece(Bytes bytes) {
  State& state = *state_;
  if (state.head.size() < kHead) {
    const Bytes more = bytes.first(std::min(bytes.size(), kHead - state.head.size()));
    state.head.insert(state.head.end(), more.begin(), more.end());
  }
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), state.buffer.size() - state.filled);
    std::memcpy(state.buffer.data() + state.filled, bytes.data(), count);
    state.filled += count;
    bytes = bytes.subspan(count);
    if (state.filled < state.buffer.size()) return;
    state.look(false);
    state.slide();
  }
}

std::optional<std::vector<Gate::Passing::Match>> Gate::Passing::finish(
    const MemberFacts& member) {
  State& state = *state_;
  state.look(true);
  if (state.failed) return std::nullopt;
  MemberFacts facts = member;
  facts.content = state.head;
  facts.unseen = state.base + state.filled - state.head.size();
  std::vector<Candidate> candidates;
  state.inquiry.ask(
      facts, state.seen,
      [&](const GateRule& rule, std::vector<Presence>& presence) {
        return state.look_closer(rule, presence);
      },
      candidates);
  std::vector<Match> matches;
  for (const Candidate& candidate : candidates) {
    if (!candidate.first) return std::nullopt;
    matches.push_back({.place = candidate.place,
                       .offset = *candidate.first,
                       .context = state.context_at(*candidate.first)});
  }
  return matches;
}

}  // namespace assay
