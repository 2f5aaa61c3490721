// The reports by name.
#include "reports/report.hpp"

namespace lockstep {

const std::vector<Report>& all_reports() {
  static const std::vector<Report> all = {
#define LOCKSTEP_CALL(name) reports::name(),
      LOCKSTEP_REPORTS(LOCKSTEP_CALL)
#undef LOCKSTEP_CALL
  };
  return all;
}

const Report* find_report(std::string_view name) {
  for (const Report& report : all_reports()) {
    if (report.name == name) return &report;
  }
  return nullptr;
}

}  // namespace lockstep
