// Everything this program can open, check, demand and write. To add one, write
// its file and add its name to the list in registry.cc.

#pragma once

#include <span>

#include "bundle/format.h"
#include "policy/policy.h"
#include "report/emitter.h"
#include "trust/check.h"

namespace assay {

Formats bundle_formats();
TrustFormats trust_formats();
std::span<const Requirement* const> requirements();
std::span<const Emitter* const> emitters();

}  // namespace assay
