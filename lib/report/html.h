// The parts of the HTML report, one function a section; html.cc puts them together.
// Every text of a bundle goes in through xml_text(printable()), and no part needs a
// script, a style attribute or anything from elsewhere.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.h"
#include "report/issues.h"

namespace assay::html {

/// A whole page: nothing may be fetched, run, framed or sent, and the only style sheet is the
/// one below, by its digest. `title` is raw, `body` is markup.
std::string document(std::string_view title, const std::string& body);

/// The style sheet, which has the only colours and sizes of the page.
std::string_view style();

/// Raw bytes of a bundle, or our own printable words, as text of the page.
std::string name(std::string_view raw);
std::string words(std::string_view text);
/// A name in code type, which may break anywhere.
std::string code(std::string_view raw);

/// "1.5 MiB"
std::string size(std::uint64_t bytes);

/// `body` under a heading with an anchor; empty if the body is.
std::string section(std::string_view id, std::string_view title, const std::string& body);

std::string head(const Report& report);          ///< the stamp, and the answer in a sentence
std::string requirements(const Report& report);  ///< every one, with why
std::string findings(const std::vector<Issue>& all);
std::string problems(const std::vector<Issue>& all);
std::string signatures(const Report& report);
std::string waivers(const Report& report);       ///< those at hand, and what each did
std::string coverage(const Evidence& evidence);  ///< as pictures: what bytes and members are
std::string members(const Evidence& evidence);   ///< as a tree
std::string inputs(const Report& report);        ///< by what it was judged, by digest

}  // namespace assay::html
