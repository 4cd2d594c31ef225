// PEM, the textual form of RFC 7468, read strictly.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// True if the text begins as a PEM file of one of these labels does.
bool is_pem(std::string_view text, std::span<const std::string_view> labels);

/// The DER of every block, each under one of `labels`. Nothing if the text holds none,
/// or anything else: a word before, between or behind them, or a loose base64 bit.
std::optional<std::vector<std::string>> pem_blocks(std::string_view text,
                                                   std::span<const std::string_view> labels);

/// The DER of a text that is one such block, or of bytes that are no PEM at all; nothing if
/// it is PEM of another kind.
std::optional<std::string> der_of(std::string_view bytes,
                                  std::span<const std::string_view> labels);

}  // namespace assay
