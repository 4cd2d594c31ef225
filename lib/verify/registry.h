// Everything this program can open, check, demand and write. To add one, write
// its file and add its name to the list in registry.cc.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "bundle/format.h"
#include "policy/policy.h"
#include "report/emitter.h"
#include "trust/check.h"

namespace assay {

/// What the walk opens; of the containers on request those that are `requested`.
Formats bundle_formats(std::vector<std::string> requested = {});
/// The names of the containers that a policy may request.
std::vector<std::string> formats_on_request();
TrustFormats trust_formats();
std::span<const Requirement* const> requirements();
std::span<const Emitter* const> emitters();

}  // namespace assay
