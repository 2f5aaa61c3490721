// The report "timeline": one self-contained page that shows a run and marks what went wrong.
#include <utility>

#include "formats/gzip.hpp"
#include "reports/html.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"
#include "reports/timeline_data.hpp"
#include "reports_embedded.hpp"

namespace lockstep::reports {
namespace {

// Below this a page stays readable by people and by other programs.
constexpr std::size_t largest_plain_data = std::size_t{256} << 10;

std::string page_of(const Outcome& outcome) {
  std::string script;
  for (const std::string_view file :
       {embedded::data_js, embedded::model_js, embedded::events_js, embedded::view_js,
        embedded::select_js, embedded::filter_js, embedded::keys_js, embedded::paint_js,
        embedded::paint_rows_js, embedded::paint_over_js, embedded::paint_frame_js,
        embedded::pointer_js, embedded::words_js, embedded::panels_js, embedded::beside_js,
        embedded::main_js}) {
    script += file;
  }
  std::string data = timeline_data(outcome);
  const bool large = data.size() > largest_plain_data;
  if (large) data = base64(gzipped(data));
  return filled(embedded::page_html,
                {{"@BEGIN@", page_begin("Lockstep timeline", PageMay::run_scripts)},
                 {"@STYLE@", std::string(embedded::style_css)},
                 {"@WORDS@", escaped(tell(outcome, {}))},
                 {"@PACKED@", large ? " data-packed=\"gzip\"" : ""},
                 {"@DATA@", std::move(data)},
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
