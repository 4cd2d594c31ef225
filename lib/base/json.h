// Json: the JSON values assay signs and reads. Integers only, keys sorted; one
// value has one canonical text.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace assay {

/// What a JSON text may not exceed before it is refused.
struct JsonLimits {
  std::size_t max_bytes = std::size_t{1} << 20;
  std::size_t max_depth = 32;
};

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  Json() = default;  ///< null
  // A tree by value: copying recurses, as deep as parse() lets it be.
  Json(const Json&);
  Json& operator=(const Json&);
  Json(Json&&) noexcept = default;
  Json& operator=(Json&&) noexcept = default;
  ~Json() = default;
  Json(bool value) : value_(value) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Json(I value) : value_(static_cast<std::int64_t>(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  /// Strict: RFC 8259 in valid UTF-8, no duplicate key, no number but an
  /// integer within +-(2^53-1), nothing after the value. Fails as `malformed`
  /// with code "bad-json".
  static Result<Json> parse(std::string_view text, JsonLimits limits = {});

  /// The value's one text by RFC 8785 (JCS). Strings must be valid UTF-8.
  std::string canonical() const;
  /// For people: two-space indent, everything but printable ASCII escaped.
  std::string pretty() const;

  /// Null unless the value has that type.
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  Array* array() { return std::get_if<Array>(&value_); }
  Object* object() { return std::get_if<Object>(&value_); }

  /// The member of an object, or null if this is no object or has no such key.
  const Json* find(std::string_view key) const;
  /// The string under `key`, or empty: for text shown, never for a decision.
  std::string text_or_empty(std::string_view key) const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> value_;
};

/// A member name as JSON: the string itself if it is UTF-8, else
/// {"percent": "...%ff", "raw": base64}; never lossy.
Json json_name(std::string_view raw);

}  // namespace assay
