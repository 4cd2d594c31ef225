#include "scan/pickle.h"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bundle/stream.h"

namespace assay {
namespace {

constexpr std::size_t kRoom = std::size_t{1} << 20;  ///< things on the stack, or remembered

/// What stands on the stack: a text, or something we need not know.
struct Item {
  std::optional<std::string_view> text{};
};

/// The instructions with no effect but a value of `length` bytes behind them, and those
/// whose length stands in front of the value.
constexpr int kLine = -1, kNumber1 = -2, kNumber4 = -3, kNumber8 = -4;
struct Push {
  char code;
  int length;
  bool is_text;
};
constexpr Push kPushes[] = {
    {'F', kLine, false},       {'I', kLine, false},       {'J', 4, false},
    {'K', 1, false},           {'M', 2, false},           {'L', kLine, false},
    {'N', 0, false},           {'P', kLine, false},       {'S', kLine, true},
    {'T', kNumber4, true},     {'U', kNumber1, true},     {'V', kLine, true},
    {'X', kNumber4, true},     {'B', kNumber4, false},    {'C', kNumber1, false},
    {'G', 8, false},           {'\x8c', kNumber1, true},  {'\x8d', kNumber8, true},
    {'\x8e', kNumber8, false}, {'\x8a', kNumber1, false}, {'\x8b', kNumber4, false},
    {'\x88', 0, false},        {'\x89', 0, false},        {']', 0, false},
    {'}', 0, false},           {')', 0, false},           {'\x8f', 0, false},
    {'\x96', kNumber8, false}, {'\x97', 0, false}};

class Machine {
 public:
  Machine(Bytes content, const PickleVisitor& visitor) : rest_(content), visitor_(visitor) {}

  /// False at the end, or where it breaks.
  Result<bool> step() {
    const auto code = take(1);
    if (!code) return false;
    const char c = static_cast<char>((*code)[0]);
    for (const Push& push : kPushes) {
      if (push.code != c) continue;
      const auto value = value_of(push.length);
      if (!value) return false;
      push_item(push.is_text ? Item{.text = without_quotes(as_text(*value))} : Item{});
      return check_room();
    }
    return instruction(c);
  }

  std::size_t left() const { return rest_.size(); }

 private:
  std::optional<Bytes> take(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::optional<Bytes> line() {
    const std::size_t end = as_text(rest_).find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const Bytes found = *take(end);
    (void)take(1);
    return found;
  }

  std::optional<Bytes> value_of(int length) {
    if (length == kLine) return line();
    if (length >= 0) return take(static_cast<std::uint64_t>(length));
    const auto number = take(length == kNumber1 ? 1 : length == kNumber4 ? 4 : 8);
    return number ? take(as_number(*number)) : std::nullopt;
  }

  static std::uint64_t as_number(Bytes bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
      value = value << 8 | std::to_integer<unsigned>(bytes[i]);
    }
    return value;
  }

  static std::string_view without_quotes(std::string_view text) {
    const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
                        text.back() == text.front();
    return quoted ? text.substr(1, text.size() - 2) : text;
  }

  void push_item(Item item) { stack_.push_back(item); }
  Item pop() {
    if (stack_.empty()) return {};
    const Item item = stack_.back();
    stack_.pop_back();
    return item;
  }
  void pop_to_mark() {
    if (marks_.empty()) return stack_.clear();
    if (marks_.back() < stack_.size()) stack_.resize(marks_.back());
    marks_.pop_back();
  }

  Result<bool> check_room() const {
    if (stack_.size() <= kRoom && marks_.size() <= kRoom && memo_.size() <= kRoom) return true;
    return undecided("scan-incomplete", "a pickle that asks for too much room");
  }

  void remember(std::uint64_t place) {
    if (!stack_.empty() && stack_.back().text) {
      memo_[place] = *stack_.back().text;
    } else {
      memo_.erase(place);
    }
  }
  void recall(std::uint64_t place) {
    const auto found = memo_.find(place);
    push_item(found == memo_.end() ? Item{} : Item{.text = found->second});
  }

  void look_up(const Item& module, const Item& name) {
    if (module.text && name.text) {
      visitor_.looks_up(*module.text, *name.text);
    } else {
      visitor_.looks_up({}, {});
    }
    push_item({});
  }

  bool look_up_lines() {
    const auto module = line();
    const auto name = module ? line() : std::nullopt;
    if (name) look_up({.text = as_text(*module)}, {.text = as_text(*name)});
    return name.has_value();
  }

  static std::uint64_t decimal(Bytes digits) {
    std::uint64_t value = 0;
    for (const char c : as_text(digits)) {
      if (c >= '0' && c <= '9') value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
  }

  /// Puts and gets: the place stands behind the instruction.
  bool with_place(std::optional<Bytes> bytes, bool is_line, bool put) {
    if (!bytes) return false;
    const std::uint64_t place = is_line ? decimal(*bytes) : as_number(*bytes);
    if (put) {
      remember(place);
      ++remembered_;
    } else {
      recall(place);
    }
    return true;
  }

  Result<bool> instruction(char c) {
    bool whole = true;
    switch (c) {
      case '.': return false;
      case '(': marks_.push_back(stack_.size()); break;
      case '0': (void)pop(); break;
      case '1': pop_to_mark(); break;
      case '2': push_item(stack_.empty() ? Item{} : stack_.back()); break;
      case 'c': whole = look_up_lines(); break;
      case 'i':
        pop_to_mark();
        whole = look_up_lines();
        visitor_.calls();
        break;
      case '\x93': {
        const Item name = pop(), module = pop();
        look_up(module, name);
        break;
      }
      case 'R':
      case '\x81':
        (void)pop();
        (void)pop();
        push_item({});
        visitor_.calls();
        break;
      case '\x92':
        for (int i = 0; i < 3; ++i) (void)pop();
        push_item({});
        visitor_.calls();
        break;
      case 'o':
        pop_to_mark();
        push_item({});
        visitor_.calls();
        break;
      case 'b':
        (void)pop();
        visitor_.calls();
        break;
      // A table outside the pickle says what is looked up.
      case '\x82':
        whole = take(1).has_value();
        look_up({}, {});
        break;
      case '\x83':
        whole = take(2).has_value();
        look_up({}, {});
        break;
      case '\x84':
        whole = take(4).has_value();
        look_up({}, {});
        break;
      case 'Q':
      case '\x98':
        (void)pop();
        push_item({});
        break;
      case 'a': (void)pop(); break;
      case 's':
        (void)pop();
        (void)pop();
        break;
      case 'e':
      case 'u':
      case '\x90': pop_to_mark(); break;
      case 't':
      case 'l':
      case 'd':
      case '\x91':
        pop_to_mark();
        push_item({});
        break;
      case '\x85':
        (void)pop();
        push_item({});
        break;
      case '\x86':
        (void)pop();
        (void)pop();
        push_item({});
        break;
      case '\x87':
        for (int i = 0; i < 3; ++i) (void)pop();
        push_item({});
        break;
      case 'p': whole = with_place(line(), true, true); break;
      case 'q': whole = with_place(take(1), false, true); break;
      case 'r': whole = with_place(take(4), false, true); break;
      case '\x94': remember(remembered_++); break;
      case 'g': whole = with_place(line(), true, false); break;
      case 'h': whole = with_place(take(1), false, false); break;
      case 'j': whole = with_place(take(4), false, false); break;
      case '\x80': whole = take(1).has_value(); break;
      case '\x95': whole = take(8).has_value(); break;
      default: return false;
    }
    if (!whole) return false;
    return check_room();
  }

  Bytes rest_;
  const PickleVisitor& visitor_;
  std::vector<Item> stack_{};
  std::vector<std::size_t> marks_{};
  std::unordered_map<std::uint64_t, std::string_view> memo_{};
  std::uint64_t remembered_ = 0;
};

}  // namespace

bool begins_pickle(Bytes content) {
  return content.size() > 3 && content[0] == std::byte{0x80} && content[1] >= std::byte{2} &&
         content[1] <= std::byte{5};
}

Result<std::size_t> run_pickle(Bytes content, const PickleVisitor& visitor) {
  Machine machine(content, visitor);
  while (TRY(machine.step())) {
  }
  return content.size() - machine.left();
}

}  // namespace assay
