// DER (X.690): values as OpenSSL's decoders read them, all of it or nothing, and the plain
// frame of tags and lengths around them.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Empties OpenSSL's error queue of this thread.
void forget_errors();

/// All of the bytes as one object, or null: what is behind it would be nobody's. `decode`
/// is one of OpenSSL's d2i functions.
template <class Handle, class Decode>
Handle decoded(Decode decode, std::string_view der) {
  const auto* const begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* at = begin;
  Handle object(decode(nullptr, &at, static_cast<long>(der.size())));
  forget_errors();
  if (at != begin + der.size()) object.reset();
  return object;
}

/// Tags (X.690 section 8.1.2) that are asked for by name.
namespace der {
inline constexpr unsigned char kInteger = 0x02;
inline constexpr unsigned char kOctets = 0x04;
inline constexpr unsigned char kNull = 0x05;
inline constexpr unsigned char kObject = 0x06;
inline constexpr unsigned char kSequence = 0x30;
inline constexpr unsigned char kSet = 0x31;
inline constexpr unsigned char kTagged0 = 0xa0;  ///< [0], constructed
inline constexpr unsigned char kTagged1 = 0xa1;
}  // namespace der

/// One value; views of the bytes it was taken from.
struct DerValue {
  unsigned char tag = 0;
  std::string_view content{};
  std::string_view whole{};  ///< with tag and length
};

/// Takes the first value off the bytes. Nothing, and the bytes as they were, unless it has a
/// one-byte tag and a definite length in its shortest form, and is all there.
std::optional<DerValue> take_der(std::string_view& bytes);
/// The same, and only if it has that tag.
std::optional<DerValue> take_der(std::string_view& bytes, unsigned char tag);
/// All of the bytes as one value of that tag.
std::optional<DerValue> only_der(std::string_view bytes, unsigned char tag);

/// The content with a tag and its length in front.
std::string der_value(unsigned char tag, std::string_view content);

/// An object identifier's numbers with dots, from all of its DER; empty if it is none.
std::string dotted_object(std::string_view der);

}  // namespace assay
