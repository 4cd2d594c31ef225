// Pickle: Python's object streams (pickletools.py of CPython 3.12, protocols 0 to 5), run
// without doing anything: which names of modules a load would look up, and whether it
// would call what it finds.

#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace assay {

/// True if the bytes begin as a pickle of protocol 2 or later does.
bool begins_pickle(Bytes content);

struct PickleVisitor {
  /// A name a load looks up; both are empty when they cannot be told.
  std::function<void(std::string_view module, std::string_view name)> looks_up{};
  /// A load calls something, or hands it a state of its own.
  std::function<void()> calls{};
};

/// Runs one pickle at the head and returns its length, whole or up to where it breaks: a
/// load runs that far too. Fails as `undecided` when it asks for more room than any does.
Result<std::size_t> run_pickle(Bytes content, const PickleVisitor& visitor);

}  // namespace assay
