// The report as Markdown, shared by the format of that name and GitHub's step summary.

#pragma once

#include <string>

#include "model/verdict.h"

namespace assay {

/// CommonMark with GitHub's tables; long lists are cut, so that it stays below 1 MiB.
std::string markdown_report(const Report& report);

}  // namespace assay
