#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

/// Builds a Json from nlohmann's events; answers false to stop at the first fault.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}

  Json take() { return std::move(root_); }
  const std::string& fault() const { return fault_; }

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override {
    if (value < -kMaxInteger) return stop("a number is too small");
    return add(Json(std::int64_t{value}));
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(kMaxInteger))
      return stop("a number is too large");
    return add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    return stop("a number is no integer");
  }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return stop("binary data"); }
  bool start_object(std::size_t /*count*/) override { return open(Json(Json::Object{})); }
  bool start_array(std::size_t /*count*/) override { return open(Json(Json::Array{})); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (open_.back()->find(name) != nullptr) {
      return stop("the key '" + printable(name) + "' stands there twice");
    }
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& /*error*/) override {
    return stop(fmt::format("it is no JSON from byte {} on", position));
  }

 private:
  /// Puts a value where the events stand; returns its place.
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json::Array* array = open_.back()->array();
    if (array != nullptr) return &array->emplace_back(std::move(value));
    Json::Object* object = open_.back()->object();
    if (object == nullptr) return &root_;  // never: only containers are opened
    return &object->emplace(std::move(key_), std::move(value)).first->second;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() == max_depth_) return stop("it is nested too deep");
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool stop(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
    return false;
  }

  std::size_t max_depth_;
  Json root_;
  std::vector<Json*> open_;  // a container is only appended to while it is last here
  std::string key_;
  std::string fault_;
};

/// True for what stands in a JSON string as it is, in both forms.
bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/// RFC 8785 section 3.2.2.2, or with everything but printable ASCII escaped.
void add_quoted(std::string& to, const std::string& text, bool ascii) {
  using nlohmann::json;
  if (std::ranges::all_of(text, is_plain)) {
    to.append(1, '"').append(text).append(1, '"');
  } else {
    to += json(text).dump(-1, ' ', ascii, json::error_handler_t::replace);
  }
}

/// One writer for both forms; `indent` 0 is the canonical one.
class Writer {
 public:
  Writer(bool ascii, std::size_t indent) : ascii_(ascii), indent_(indent) {}

  std::string write(const Json& root) {
    push(root);
    while (!frames_.empty()) step();
    return std::move(text_);
  }

 private:
  /// A container half written; one of the two is set.
  struct Frame {
    const Json::Object* object = nullptr;
    const Json::Array* array = nullptr;
    std::size_t next = 0;
    Json::Object::const_iterator member{};
  };

  using Array = Json::Array;

  void push(const Json& value) {
    if (const Json::Object* object = value.object()) {
      text_ += '{';
      frames_.push_back({.object = object, .member = object->begin()});
    } else if (const Array* array = value.array()) {
      text_ += '[';
      frames_.push_back({.array = array});
    } else if (const std::string* string = value.string()) {
      add_quoted(text_, *string, ascii_);
    } else if (const std::int64_t* integer = value.integer()) {
      text_ += fmt::to_string(*integer);
    } else if (const bool* boolean = value.boolean()) {
      text_ += *boolean ? "true" : "false";
    } else {
      text_ += "null";
    }
  }

  void step() {
    Frame& frame = frames_.back();
    const std::size_t size = frame.object != nullptr  ? frame.object->size()
                             : frame.array != nullptr ? frame.array->size()
                                                      : 0;
    if (frame.next == size) {
      const char close = frame.object != nullptr ? '}' : ']';
      frames_.pop_back();
      if (size != 0) new_line();
      text_ += close;
      return;
    }
    if (frame.next++ != 0) text_ += ',';
    new_line();
    if (frame.object == nullptr) {
      push((*frame.array)[frame.next - 1]);
      return;
    }
    const auto member = frame.member++;
    add_quoted(text_, member->first, ascii_);
    text_ += indent_ != 0 ? ": " : ":";
    push(member->second);
  }

  void new_line() {
    if (indent_ != 0) text_ += '\n' + std::string(frames_.size() * indent_, ' ');
  }

  bool ascii_;
  std::size_t indent_;
  std::string text_;
  std::vector<Frame> frames_;
};

}  // namespace

Result<Json> Json::parse(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.max_bytes) {
    return malformed("bad-json", fmt::format("it is longer than {} bytes", limits.max_bytes));
  }
  if (text.starts_with("\xef\xbb\xbf")) return malformed("bad-json", "it begins with a BOM");
  // No JSON text holds one, and to the library it is the end, whatever follows.
  if (text.find('\0') != text.npos) return malformed("bad-json", "it holds a NUL byte");
  Builder builder(limits.max_depth);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return malformed("bad-json", builder.fault());
  }
  return builder.take();
}

std::string Json::canonical() const {
  return Writer(false, 0).write(*this);
}
std::string Json::pretty() const {
  return Writer(true, 2).write(*this);
}

Json::Json(const Json&) = default;
Json& Json::operator=(const Json&) = default;

const Json* Json::find(std::string_view key) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = members->find(key);
  return found == members->end() ? nullptr : &found->second;
}

std::string Json::text_or_empty(std::string_view key) const {
  const Json* value = find(key);
  const std::string* text = value == nullptr ? nullptr : value->string();
  return text == nullptr ? std::string() : *text;
}

Json json_name(std::string_view raw) {
  if (is_utf8(raw)) return Json(raw);
  std::string percent;
  for (const char c : raw) {
    const auto value = static_cast<unsigned char>(c);
    percent += value < 0x21 || value > 0x7e || c == '%' ? fmt::format("%{:02x}", value)
                                                        : std::string(1, c);
  }
  return Json(
      Json::Object{{"percent", Json(percent)}, {"raw", Json(to_base64(as_bytes(raw)))}});
}

}  // namespace assay
