// Reason: a stable id for everything a verdict can give as its cause, with
// what it means and what to do. One table (reason.cc), read by judge, report
// and `assay explain`; nothing else decides whether a problem fails a bundle.

#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace assay {

/// What a reason does to a verdict. Zero, which is also the answer for an
/// unknown id, keeps it from being PASSED.
enum class Effect {
  indeterminate,  ///< could not be decided
  fails,          ///< evidence of badness
  note,           ///< worth knowing, decides nothing
  refuses,        ///< the gate will not use the verdict
};

struct Reason {
  std::string_view id{};  ///< "trailing-data"
  Effect effect = Effect::indeterminate;
  std::string_view meaning{};  ///< what it says about the bundle, a sentence or three
  std::string_view remedy{};   ///< what the reader does now
};

/// Every reason, sorted by id.
std::span<const Reason> reasons();

/// The reason of that id, or null.
const Reason* find_reason(std::string_view id);

/// The notes that reading a bundle can give, sorted. A policy may refuse them.
std::span<const std::string_view> bundle_notes();

/// "indeterminate", "fails", "note" or "refuses".
std::string_view to_string(Effect effect);
std::optional<Effect> effect_from(std::string_view text);

}  // namespace assay
