// DER as OpenSSL's decoders read it, all of it or nothing.

#pragma once

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

}  // namespace assay
