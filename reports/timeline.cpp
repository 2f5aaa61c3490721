// The report "timeline": one self-contained page that shows a run and marks what went wrong.
#include <algorithm>

#include "reports/report.hpp"
#include "reports/text.hpp"
#include "reports/timeline_data.hpp"
#include "reports_embedded.hpp"

namespace lockstep::reports {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

struct Part {
  std::string_view place;  // "@DATA@"
  std::string text;
};

/// The template with each place filled. What is put in is not looked at again, so that no content
/// can name a place.
std::string filled(std::string_view page, const std::vector<Part>& parts) {
  std::string out;
  while (!page.empty()) {
    const auto part =
        std::ranges::find_if(parts, [&](const Part& one) { return page.starts_with(one.place); });
    if (part == parts.end()) {
      const std::size_t next = std::min(page.find('@', 1), page.size());
      out += page.substr(0, next);
      page.remove_prefix(next);
    } else {
      out += part->text;
      page.remove_prefix(part->place.size());
    }
  }
  return out;
}

std::string page_of(const Outcome& outcome) {
  std::string script;
  for (const std::string_view file :
       {embedded::model_js, embedded::view_js, embedded::paint_js, embedded::paint_more_js,
        embedded::words_js, embedded::main_js}) {
    script += file;
  }
  return filled(embedded::page_html, {{"@STYLE@", std::string(embedded::style_css)},
                                      {"@WORDS@", escaped(tell(outcome, {}))},
                                      {"@DATA@", timeline_data(outcome)},
                                      {"@SCRIPT@", script}});
}

}  // namespace

Report timeline() {
  return {.name = "timeline",
          .summary = "one page that shows the run and marks the violation, for a browser",
          .file_name = "timeline.html",
          .write = page_of};
}

}  // namespace lockstep::reports
