// What must hold of every codec.

#pragma once

#include <optional>
#include <span>
#include <string>

#include "bundle/decoder.h"
#include "bundle/testing.h"
#include "fuzz.h"
#include "pieces.h"

namespace assay::fuzz {

/// The whole content; nothing if it cannot be decoded to its end, or is over kMost.
inline std::optional<std::string> decode(const Codec& codec, std::string_view packed,
                                         std::size_t piece) {
  Limits limits;
  limits.decoder_memory = 16U << 20;
  Pieces from(packed, piece);
  const auto decoder = codec.open(from, limits);
  std::string content;
  std::string room(std::size_t{512} << 10, '\0');
  while (decoder && content.size() <= kMost) {
    const auto count = (*decoder)->fill(std::as_writable_bytes(std::span(room)));
    if (!count) break;
    if (*count == 0) {
      expect(from.ended(), "a decoder that succeeds has read its input to the end");
      return content;
    }
    content.append(room, 0, *count);
  }
  return std::nullopt;
}

/// Any bytes: what decodes is the same in pieces, and nothing may be added or missing.
inline void try_codec(const Codec& codec, std::string_view input) {
  (void)codec.matches(as_bytes(input.substr(0, 512)));
  const auto content = decode(codec, input, input.size() + 1);
  if (!content) return;
  expect(decode(codec, input, small_piece(input)) == content, "pieces change nothing");
  expect(!decode(codec, std::string(input) + '\1', kMost), "nothing may follow the end");
  expect(!decode(codec, input.substr(0, input.size() - 1), kMost), "nothing may be missing");
}

/// What was packed comes out again.
inline void try_packed(const Codec& codec, std::string_view content, std::string_view packed) {
  expect(codec.matches(as_bytes(packed.substr(0, 512))), "what was packed is recognised");
  const auto unpacked = decode(codec, packed, kMost);
  expect(unpacked && *unpacked == content, "what was packed comes out again");
}

/// A text packed by each of the commands.
inline std::vector<std::string> packed_by_each(const std::vector<std::string>& commands) {
  std::string content;
  for (int i = 0; i < 40; ++i) content += "line " + std::to_string(i * i) + "\n";
  std::vector<std::string> seeds;
  for (const std::string& command : commands) {
    seeds.push_back(testing::filtered(command, content));
    seeds.push_back(testing::filtered(command, "x"));
  }
  return seeds;
}

}  // namespace assay::fuzz
