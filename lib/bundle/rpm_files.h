// The list of files in an rpm's header (rpm-format, "File info"): what the payload must
// hold.

#pragma once

#include <memory>

#include "bundle/file_list.h"
#include "bundle/rpm_header.h"

namespace assay {

/// An rpm without files has an empty list. Fails as corrupt-stream if the tags of the
/// list are not of one length, as ambiguous-type if a file is listed twice.
Result<std::shared_ptr<FileList>> read_rpm_files(const RpmHeader& header);

}  // namespace assay
