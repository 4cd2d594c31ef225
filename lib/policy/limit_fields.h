// The keys of a policy's [limits], for who reads them and who shows them.

#pragma once

#include <cstdint>
#include <string_view>

#include "model/limits.h"

namespace assay {

struct LimitField {
  std::string_view key;
  std::uint64_t Limits::*field;
};
inline constexpr LimitField kLimitFields[] = {{"bundle_bytes", &Limits::bundle_bytes},
                                              {"total_bytes", &Limits::total_bytes},
                                              {"member_bytes", &Limits::member_bytes},
                                              {"scan_bytes", &Limits::scan_bytes},
                                              {"members", &Limits::members},
                                              {"depth", &Limits::depth},
                                              {"ratio", &Limits::ratio},
                                              {"name_bytes", &Limits::name_bytes},
                                              {"decoder_memory", &Limits::decoder_memory},
                                              {"seconds", &Limits::seconds}};

}  // namespace assay
