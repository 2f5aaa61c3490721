// The report "edn": the history as Jepsen writes it, for Knossos and other checkers.
#include "formats/history_edn.hpp"
#include "reports/report.hpp"

namespace lockstep::reports {

Report edn() {
  return {.name = "edn",
          .summary = "the history as EDN, for Jepsen's checkers",
          .file_name = "history.edn",
          .write = [](const Outcome& out) { return write_history_edn(out.record.history); },
          .on_request = true};
}

}  // namespace lockstep::reports
