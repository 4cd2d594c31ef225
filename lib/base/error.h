// An Error says why something could not be done; a Result<T> is a T or that
// Error. Nothing in lib/ throws across a room or ends the process.

#pragma once

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

/// Error: what went wrong, where the reader was, and what he can do about it.
///
/// The kind decides one thing only: how the command ends. `malformed` and
/// `undecided` never end it; they are turned into a Problem of the bundle.
struct Error {
  enum class Kind {
    internal,    ///< our own fault                                  exit 70
    usage,       ///< the command line                               exit 2
    config,      ///< policy, trust store, gate file or key          exit 2
    io,          ///< a file could not be read as it stands          exit 3
    durability,  ///< an output could not be made durable            exit 5
    unusable,    ///< gate: this verdict cannot be used              exit 4
    malformed,   ///< bytes of the bundle contradict their format    Problem
    undecided,   ///< limit, unsupported, encrypted, engine failure  Problem
  };

  Kind kind = Kind::internal;
  std::string code{};                  ///< reason id (model/reason.h), or empty
  std::string what{};                  ///< "cannot open 'a.zip': Permission denied"
  std::vector<std::string> context{};  ///< innermost first: "reading policy 'p.toml'"
  std::string hint{};                  ///< one line for the reader, or empty
};

/// Result: a T, or the Error that kept us from it. Dropping one is a warning.
template <class T>
class [[nodiscard]] Result {
 public:
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  Result() requires std::is_void_v<T>
  = default;
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  template <std::convertible_to<Value> U>
  requires(!std::same_as<std::remove_cvref_t<U>, Error>)
      Result(U&& value)  // NOLINT(bugprone-forwarding-reference-overload)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  explicit operator bool() const { return state_.index() == 0; }

  Value& operator*() & { return std::get<0>(state_); }
  const Value& operator*() const& { return std::get<0>(state_); }
  Value* operator->() { return &std::get<0>(state_); }
  const Value* operator->() const { return &std::get<0>(state_); }
  Value take() && { return std::get<0>(std::move(state_)); }

  Error& error() { return std::get<1>(state_); }
  const Error& error() const { return std::get<1>(state_); }

  /// Adds what was being done, for the `while:` lines of the message.
  Result context(std::string doing) && {
    if (!*this) error().context.push_back(std::move(doing));
    return std::move(*this);
  }

 private:
  std::variant<Value, Error> state_;
};

inline Error fail(Error::Kind kind, std::string what, std::string hint = {}) {
  return {.kind = kind, .what = std::move(what), .hint = std::move(hint)};
}

/// The bundle contradicts its own format; `code` is a reason id.
inline Error malformed(std::string code, std::string what) {
  return {.kind = Error::Kind::malformed, .code = std::move(code), .what = std::move(what)};
}

/// The bundle could not be judged here; `code` is a reason id.
inline Error undecided(std::string code, std::string what) {
  return {.kind = Error::Kind::undecided, .code = std::move(code), .what = std::move(what)};
}

/// `what: <strerror(number)>` of kind io; call before errno can change.
Error io_error(std::string what, int number);

/// The message as the reader sees it, with his program's name in front:
///   assay: error: …
///   assay: while: …
///   assay: hint: …
std::string to_text(const Error& error);

}  // namespace assay

#define ASSAY_CONCAT_(a, b) a##b
#define ASSAY_CONCAT(a, b) ASSAY_CONCAT_(a, b)
#define ASSAY_TRY_(name, ...)                  \
  __extension__({                              \
    auto name = (__VA_ARGS__);                 \
    if (!name) return std::move(name.error()); \
    std::move(name).take();                    \
  })

/// The value of a Result, or return its Error from the enclosing function. Not behind
/// another member in one braced list: g++ 12 then leaks what that member holds, for it
/// takes down a half-built aggregate only when something is thrown.
#define TRY(...) ASSAY_TRY_(ASSAY_CONCAT(try_, __COUNTER__), __VA_ARGS__)
