#include "crypto/der.h"

#include <openssl/err.h>
#include <openssl/objects.h>

#include <array>

#include "base/c_handle.h"

namespace assay {
namespace {

constexpr std::size_t kMostLengthBytes = 4;

/// The length and the bytes it takes; nothing if it is indefinite, long-winded or too long.
std::optional<std::size_t> take_length(std::string_view& bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto first = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  if (first < 0x80) return first;
  const std::size_t count = first & 0x7fU;
  if (count == 0 || count > kMostLengthBytes || bytes.size() < count) return std::nullopt;
  std::size_t length = 0;
  for (const char c : bytes.substr(0, count)) {
    length = length << 8U | static_cast<unsigned char>(c);
  }
  const bool shortest = length >= 0x80 && bytes.front() != '\0';
  bytes.remove_prefix(count);
  return shortest ? std::optional(length) : std::nullopt;
}

}  // namespace

void forget_errors() {
  ERR_clear_error();
}

std::optional<DerValue> take_der(std::string_view& bytes) {
  constexpr unsigned kLongTag = 0x1f;
  if (bytes.empty()) return std::nullopt;
  const auto tag = static_cast<unsigned char>(bytes.front());
  std::string_view rest = bytes.substr(1);
  const auto length = take_length(rest);
  if ((tag & kLongTag) == kLongTag || !length || *length > rest.size()) return std::nullopt;
  const DerValue value{tag, rest.substr(0, *length),
                       bytes.substr(0, bytes.size() - rest.size() + *length)};
  bytes.remove_prefix(value.whole.size());
  return value;
}

std::optional<DerValue> take_der(std::string_view& bytes, unsigned char tag) {
  std::string_view rest = bytes;
  auto value = take_der(rest);
  if (!value || value->tag != tag) return std::nullopt;
  bytes = rest;
  return value;
}

std::optional<DerValue> only_der(std::string_view bytes, unsigned char tag) {
  auto value = take_der(bytes, tag);
  return bytes.empty() ? value : std::nullopt;
}

std::string der_value(unsigned char tag, std::string_view content) {
  std::string length;
  for (std::size_t rest = content.size(); rest != 0; rest >>= 8U) {
    length.insert(length.begin(), static_cast<char>(rest & 0xffU));
  }
  if (content.empty()) length = std::string(1, '\0');
  if (content.size() >= 0x80) {
    length.insert(length.begin(), static_cast<char>(0x80U | length.size()));
  }
  std::string value(1, static_cast<char>(tag));
  return value.append(length).append(content);
}

std::string dotted_object(std::string_view der) {
  const auto object = decoded<CHandle<ASN1_OBJECT, ASN1_OBJECT_free>>(d2i_ASN1_OBJECT, der);
  if (object == nullptr) return {};
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object.get(), 1);
  return size > 0 && size < static_cast<int>(text.size()) ? std::string(text.data())
                                                          : std::string();
}

}  // namespace assay
