// Editing a vendor file as text, so that the owner's comments and order stay.
// What these write is loaded again before it is kept (pins.cc).

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trust/store.h"

namespace assay {

/// A vendor file without a key.
std::string new_vendor_text(const NewPin& pin, std::span<const std::string> match);

/// The `[[key]]` block of a pin; `file` is its place under keys/.
std::string key_block(const NewPin& pin, std::string_view file);

/// The text with another `match`; nothing if it is not one whole line.
std::optional<std::string> with_match(std::string_view text,
                                      std::span<const std::string> match);

/// The text without its `index`th `[[key]]` block; nothing if there are fewer.
std::optional<std::string> without_key(std::string_view text, std::size_t index);

}  // namespace assay
