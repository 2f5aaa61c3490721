#pragma once
// What a report is, and the table of contents of this folder.

#include <string>
#include <string_view>
#include <vector>

#include "core/outcome.hpp"
#include "reports/check_report.hpp"

namespace lockstep {

/// A way to tell an outcome. It is derived from record, trace and verdicts alone, and the same
/// outcome gives the same bytes.
struct Report {
  std::string_view name;       // "timeline"
  std::string_view summary;    // one line, for `lockstep list`
  std::string_view file_name;  // what it is called in an output folder
  std::string (*write)(const Outcome& outcome) = nullptr;
  bool on_request = false;  // written only where --export asks for it
  /// The same of many checks, such as a sweep's; null: it tells of one run alone.
  std::string (*write_checks)(const reports::CheckSuite& suite) = nullptr;
};

// The table of contents: one line per report, in the order in which `lockstep list` shows them.
#define LOCKSTEP_REPORTS(X) \
  X(text)                   \
  X(outcome_json)           \
  X(timeline)               \
  X(markdown)               \
  X(sarif)                  \
  X(junit)                  \
  X(perfetto)               \
  X(shiviz)                 \
  X(edn)                    \
  X(graphviz)

namespace reports {
#define LOCKSTEP_DECLARE(name) Report name();
LOCKSTEP_REPORTS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE
}  // namespace reports

const std::vector<Report>& all_reports();
/// Null when there is none of that name.
const Report* find_report(std::string_view name);

}  // namespace lockstep
