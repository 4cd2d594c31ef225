// What the fuzz targets share. A target is one file: what it is given first,
// and what must hold for any bytes. libFuzzer calls it in a fuzz build,
// seeds.cc in every other.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace assay::fuzz {

/// The inputs that change starts from, made anew each time. Every target has its own.
std::vector<std::string> seeds();

/// What main() of the program does before its first input.
void prepare();

/// Ends the process as a crash does, unless the property holds.
inline void expect(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "this does not hold: %s\n", property);
  std::abort();
}

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace assay::fuzz
