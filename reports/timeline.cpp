// The report "timeline": one self-contained page that shows a run and marks what went wrong.
#include "reports/html.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"
#include "reports/timeline_data.hpp"
#include "reports_embedded.hpp"

namespace lockstep::reports {
namespace {

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
