// Escaping, one function a syntax. Each takes any bytes and gives printable
// ASCII that is text and nothing else where that syntax has text. Names that
// came from a bundle go through printable() first, which keeps apart what would
// look the same; what is no printable ASCII becomes \xNN here either way.

#pragma once

#include <string>
#include <string_view>

namespace assay {

/// \xNN for all but printable ASCII; unlike printable() it leaves backslashes be.
std::string visible(std::string_view text);

/// Character data and quoted attribute values of XML 1.0 (2.4) and HTML.
std::string xml_text(std::string_view text);

/// A GitHub workflow command's message: one line, and no second command in it.
std::string workflow_data(std::string_view text);
/// The value of a workflow command's property, `file=`...
std::string workflow_property(std::string_view text);

/// Inline text of CommonMark and GitHub's tables: what could be markup stands as a
/// numeric character reference, which never is (CommonMark 0.30, 6.2).
std::string markdown_text(std::string_view text);
/// The same as code, where neither links nor mentions are made.
std::string markdown_code(std::string_view text);

/// A label value of the Prometheus text format, without its quotes.
std::string prometheus_label(std::string_view text);

/// One segment of a relative URI reference (RFC 3986, 3.3); raw bytes in, never empty,
/// never a dot segment, never a scheme.
std::string uri_segment(std::string_view raw);

/// The value of a dotenv line as GitLab reads it: without quotes, spaces or variables.
std::string dotenv_value(std::string_view text);

/// At most `most` bytes, the end marked where something was cut off.
std::string shortened(std::string text, std::size_t most);

}  // namespace assay
