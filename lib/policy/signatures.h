// Which signature records count for a bundle: shared by the requirements that
// rest on them.

#pragma once

#include <string>
#include <string_view>

#include "model/evidence.h"

namespace assay {

/// The one vendor that may sign this bundle, or empty if none or several may.
std::string_view only_vendor(const Evidence& evidence);

/// True if a pinned key of the one vendor signed this very bundle, or a list
/// that names it: verified, nothing said against it, and not for another file.
bool counts(const SignatureRecord& record, const Evidence& evidence);

/// "minisign key E7620F1842B4E81F 'acme-2026' of vendor acme", printable.
std::string describe(const SignatureRecord& record);

/// "counts: ..." or "does not count: SOURCE: why", for `assay policy explain`.
std::string see_record(const SignatureRecord& record, const Evidence& evidence);

}  // namespace assay
