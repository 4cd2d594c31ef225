// vendors.d/<vendor>.toml as a Vendor; man/assay-trust.5 has the fields.

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "trust/store.h"

namespace assay {

/// Text of a file under keys/, by its path there.
using KeyReader = std::function<Result<std::string>(const std::string& file)>;

/// Strict; fails with config and points at the line. `id` is the file's name
/// without ".toml", `label` what messages call the file.
Result<Vendor> parse_vendor(std::string text, const std::string& label, const std::string& id,
                            const KeyReader& read_key, const TrustFormats& formats);

/// Letters, digits, '.', '_', '-', the first a letter or digit; 64 at most.
/// The form of vendor ids and key names, which become file names.
bool is_plain_name(std::string_view name);

}  // namespace assay
