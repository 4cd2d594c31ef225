#include "trust/require.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/bytes.h"
#include "base/glob.h"

namespace assay {
namespace {

constexpr std::size_t kMaxDepth = 4;
constexpr std::size_t kMaxItems = 64;

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '.' || c == '_' || c == '-' || c == '*' || c == '?';
}

/// Reads from left to right; what is left stands in text_.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Require> whole() {
    Require require = TRY(expression(0));
    skip_blanks();
    if (!text_.empty()) return wrong("there is something after the last ']'");
    return require;
  }

 private:
  /// N of [ITEM, ITEM...]
  Result<Require> expression(std::size_t depth) {
    if (depth == kMaxDepth) return wrong("groups stand too deep in one another");
    Require require{.need = TRY(number())};
    if (word() != "of") return wrong("'of' belongs after the number");
    if (!take('[')) return wrong("'[' belongs after 'of'");
    do {
      TRY(item(depth, require));
    } while (take(','));
    if (!take(']')) return wrong("a ',' or ']' is missing");
    return require;
  }

  Result<void> item(std::size_t depth, Require& require) {
    if (++items_ > kMaxItems) return wrong("it names too much");
    skip_blanks();
    if (begins_group()) {
      require.groups.push_back(TRY(expression(depth + 1)));
      return {};
    }
    const std::string_view name = word();
    if (name.empty()) return wrong("a key's name is missing");
    Named named{.glob = std::string(name)};
    if (Parser ahead = *this; ahead.word() == "as") {
      *this = ahead;
      named.role = word();
      if (named.role.empty() || named.role.find_first_of("*?") != std::string::npos) {
        return wrong("a role, such as 'origin', belongs after 'as'");
      }
    }
    require.names.push_back(std::move(named));
    return {};
  }

  /// A number and "of": a key may be called 7.
  bool begins_group() {
    Parser ahead = *this;
    const std::string_view first = ahead.word();
    return !first.empty() &&
           std::ranges::all_of(first, [](char c) { return c >= '0' && c <= '9'; }) &&
           ahead.word() == "of";
  }

  Result<std::size_t> number() {
    skip_blanks();
    std::size_t value = 0;
    const std::string_view digits = word();
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value);
    if (digits.empty() || read.ec != std::errc() || read.ptr != end) {
      return wrong("it begins with a number: \"1 of [...]\"");
    }
    if (value == 0) return wrong("0 of them is no demand");
    return value;
  }

  std::string_view word() {
    skip_blanks();
    const auto end = std::ranges::find_if_not(text_, is_name_byte);
    const std::string_view taken =
        text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(taken.size());
    return taken;
  }

  bool take(char c) {
    skip_blanks();
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  void skip_blanks() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }

  Error wrong(std::string_view what) const {
    const std::string place =
        text_.empty() ? std::string(" (at its end)")
                      : fmt::format(" (before '{}')", printable(text_.substr(0, 16)));
    return fail(Error::Kind::config, std::string(what) + place,
                "write it like \"2 of [acme-release-*, acme-psirt]\"");
  }

  std::string_view text_;
  std::size_t items_ = 0;
};

/// Only OpenPGP keys sign inside a deb, where roles are.
bool could_sign_so(const Named& named, const TrustedKey& key) {
  return glob_matches(named.glob, key.name) && (named.role.empty() || key.format == "openpgp");
}

bool has_voice(const Named& named, const Voice& signer) {
  return could_sign_so(named, *signer.key) &&
         (named.role.empty() || !signer.role || *signer.role == named.role);
}

/// The operators of those signers a list names.
std::set<std::string> operators_named(const std::vector<Named>& names,
                                      std::span<const Voice> signers) {
  std::set<std::string> operators;
  for (const Voice& signer : signers) {
    const bool named =
        std::ranges::any_of(names, [&](const Named& name) { return has_voice(name, signer); });
    if (named) operators.insert(signer.key->operator_name);
  }
  return operators;
}

std::string to_string(const Named& named) {
  return named.role.empty() ? named.glob : named.glob + " as " + named.role;
}

Tally count(const Require& require, std::span<const Voice> signers,
            const std::set<std::string>& spent) {
  Tally tally{.need = require.need, .operators = spent};
  for (const std::string& voice : operators_named(require.names, signers)) {
    if (tally.operators.insert(voice).second) ++tally.have;
  }
  for (const Require& group : require.groups) {
    Tally inner = count(group, signers, tally.operators);
    if (!inner.met()) continue;
    ++tally.have;
    tally.operators = std::move(inner.operators);
  }
  return tally;
}

/// Every name of the expression, wherever it stands.
void collect_names(const Require& require, std::vector<Named>& names) {
  names.insert(names.end(), require.names.begin(), require.names.end());
  for (const Require& group : require.groups) collect_names(group, names);
}

/// Some group that can never be met, though the others might do without it.
bool every_group_meetable(const Require& require, std::span<const Voice> signers) {
  return count(require, signers, {}).met() &&
         std::ranges::all_of(require.groups, [&](const Require& group) {
           return every_group_meetable(group, signers);
         });
}

}  // namespace

Result<Require> parse_require(std::string_view text) {
  return Parser(text).whole();
}

std::string to_string(const Require& require) {
  std::string items;
  for (const Named& name : require.names) {
    items += (items.empty() ? "" : ", ") + to_string(name);
  }
  for (const Require& group : require.groups) {
    items += (items.empty() ? "" : ", ") + to_string(group);
  }
  return fmt::format("{} of [{}]", require.need, items);
}

std::string why_unmeetable(const Require& require, std::span<const TrustedKey> keys) {
  std::vector<Named> names;
  collect_names(require, names);
  for (const Named& name : names) {
    const bool known = std::ranges::any_of(
        keys, [&](const TrustedKey& key) { return could_sign_so(name, key); });
    if (known) continue;
    return fmt::format("no {}key of the vendor is called '{}'",
                       name.role.empty() ? "" : "openpgp ", name.glob);
  }
  for (const TrustedKey& key : keys) {
    const auto times = std::ranges::count_if(
        names, [&](const Named& name) { return glob_matches(name.glob, key.name); });
    if (times > 1) return fmt::format("it names the key '{}' in two places", key.name);
  }
  std::vector<Voice> all;
  for (const TrustedKey& key : keys) all.push_back({&key, std::nullopt});
  if (every_group_meetable(require, all)) return {};
  return "it demands more than the operators of these keys can give";
}

Tally count_voices(const Require& require, std::span<const Voice> signers) {
  return count(require, signers, {});
}

}  // namespace assay
